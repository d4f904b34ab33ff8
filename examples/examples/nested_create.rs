//! Saves records together with what belongs to them, to any depth: one transaction, one INSERT a level.
//! `cargo run --example nested_create`; the statements are printed.

use orm_core::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(table = "created_albums", has_many(tracks: Track), many_to_many(genres: Genre, through = "created_album_genres"))]
struct Album {
    id: u64,
    title: String,
}

#[derive(Model, Debug, Clone)]
#[model(table = "created_tracks", has_many(takes: Take))]
struct Track {
    id: u64,
    title: String,
    #[model(belongs_to = Album)]
    album_id: u64,
}

#[derive(Model, Debug, Clone)]
#[model(table = "created_takes")]
struct Take {
    id: u64,
    seconds: u32,
    #[model(belongs_to = Track)]
    track_id: u64,
}

#[derive(Model, Debug, Clone)]
#[model(table = "created_genres")]
struct Genre {
    id: u64,
    name: String,
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let db = examples::connect_logged().await?;
    db.sync_force(&[Album::TABLE, Track::TABLE, Take::TABLE, Genre::TABLE]).await?;

    println!("-- an album with its tracks, and those with their takes");
    let track = |title: &str, takes: &[u32]| {
        let takes: Vec<_> = takes.iter().map(|&seconds| Take::build().seconds(seconds)).collect();
        Track::build().title(title).with_takes(takes)
    };
    let (album, tracks, genres) = Album::build()
        .title("Kind of Blue")
        .with_tracks([track("So What", &[562, 540]), track("Blue in Green", &[337])])
        .with_genres([Genre::build().name("modal jazz")])
        .save(&db)
        .await?;
    println!("{}: {}", album.title, genres[0].name);
    for (track, takes) in &tracks {
        println!("  {} of album {}: {} take(s)", track.title, track.album_id, takes.len());
    }

    println!("-- a take with its track, and that with its album");
    let album = Album::build().title("Blue Train");
    let (take, (track, album)) = Take::build()
        .seconds(643)
        .with_track(Track::build().title("Blue Train").with_album(album))
        .save(&db)
        .await?;
    println!("take {} of track {} of album {}", take.id, track.id, album.id);

    println!("-- one more for an album that is there");
    let more = Track::build().title("Lazy Bird").with_takes([Take::build().seconds(427)]);
    let (track, takes) = album.create_track(&db, more).await?;
    println!(
        "{} has {} take(s); the album has {} tracks",
        track.title,
        takes.len(),
        album.count_tracks(&db).await?
    );
    db.close().await
}
