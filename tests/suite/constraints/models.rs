//! The constraints of models: what the attributes of their associations come to in the database.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use super::{definitions, indexes, keys, tables};
use crate::{cases, check, check_eq, check_matches};

cases![
    defaults_and_words,
    indexes_serve_their_constraints,
    several_columns,
    rings_of_models,
    join_tables_of_models,
];

#[derive(Model, Debug, Clone)]
struct Author {
    id: u64,
    #[model(unique, case_sensitive, size = 20)]
    pen_name: String,
    #[model(belongs_to = Self, as = mentor)]
    mentor_id: Option<u64>,
}

#[derive(Model, Debug, Clone)]
struct Novel {
    id: u64,
    #[model(belongs_to = Author)]
    author_id: u64,
    #[model(belongs_to = Author, as = editor)]
    editor_id: Option<u64>,
    #[model(belongs_to = Author, as = signed, target_key = pen_name, on_delete = cascade, on_update = no_action, size = 20)]
    signature: Option<String>,
}

/// At most one of an author.
#[derive(Model, Debug, Clone)]
struct Portrait {
    #[model(primary_key, auto_increment = false, belongs_to = Author, on_delete = cascade)]
    author_id: u64,
    #[model(belongs_to = Novel, unique)]
    novel_id: Option<u64>,
}

async fn defaults_and_words(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    db.sync(&[Portrait::TABLE, Novel::TABLE, Author::TABLE]).await?;
    check_eq!(keys(fixture, "authors").await?, ["mentor_id -> authors.id, SET NULL, NO ACTION"]);
    check_eq!(
        keys(fixture, "novels").await?,
        [
            "author_id -> authors.id, NO ACTION, CASCADE",
            "editor_id -> authors.id, SET NULL, CASCADE",
            "signature -> authors.pen_name, CASCADE, NO ACTION",
        ]
    );
    let ada = Author::build().pen_name("ada").save(db).await?;
    let bob = Author::build().pen_name("bob").mentor_id(ada.id).save(db).await?;
    let carl = Author::build().pen_name("carl").save(db).await?;
    let novel = Novel::build().author_id(ada.id).editor_id(bob.id).save(db).await?;
    let signed = Novel::build().author_id(ada.id).signature("carl").save(db).await?;
    check_matches!(ada.clone().destroy(db).await, Err(Error::ForeignKeyViolation(_)));
    bob.destroy(db).await?;
    carl.destroy(db).await?;
    let left = Novel::find().all(db).await?;
    check_eq!(left.iter().map(|novel| (novel.id, novel.editor_id)).collect::<Vec<_>>(), [(novel.id, None)]);
    check!(Novel::find_by_id(db, signed.id).await?.is_none());
    let orphan = Novel::build().author_id(99_u64).save(db).await;
    let named = if fixture.is_sqlite() { None } else { Some("novels_author_id_fkey") };
    check_matches!(orphan, Err(Error::ForeignKeyViolation(rule)) if rule.constraint.as_deref() == named);
    Ok(())
}

async fn indexes_serve_their_constraints(fixture: &Fixture) -> Outcome {
    let list = [Author::TABLE, Novel::TABLE, Portrait::TABLE];
    fixture.db.sync(&list).await?;
    check_eq!(indexes(fixture, "authors").await?, ["authors_mentor_id_idx", "authors_pen_name_idx"]);
    check_eq!(
        indexes(fixture, "novels").await?,
        ["novels_author_id_idx", "novels_editor_id_idx", "novels_signature_idx"]
    );
    // The key serves the one, the unique index the other.
    check_eq!(indexes(fixture, "portraits").await?, ["portraits_novel_id_idx"]);
    let before = definitions(fixture, &list).await?;
    fixture.db.sync(&list).await?;
    check_eq!(definitions(fixture, &list).await?, before);
    Ok(())
}

#[derive(Model, Debug, Clone)]
struct Batch {
    #[model(primary_key)]
    plant: u64,
    #[model(primary_key)]
    number: u32,
}

#[derive(Model, Debug, Clone)]
#[model(belongs_to(batch: Batch, foreign_key = (plant, batch_no)))]
struct Sample {
    id: u64,
    batch_no: Option<u32>,
    plant: Option<u64>,
}

async fn several_columns(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    db.sync(&[Sample::TABLE, Batch::TABLE]).await?;
    check_eq!(
        keys(fixture, "samples").await?,
        ["batch_no -> batches.number, SET NULL, CASCADE", "plant -> batches.plant, SET NULL, CASCADE"]
    );
    let batch = Batch::build().plant(1_u64).number(2_u32).save(db).await?;
    let sample = Sample::build().plant(1_u64).batch_no(2_u32).save(db).await?;
    let swapped = Sample::build().plant(2_u64).batch_no(1_u32).save(db).await;
    check_matches!(swapped, Err(Error::ForeignKeyViolation(_)));
    batch.destroy(db).await?;
    let sample = Sample::find_by_id(db, sample.id).await?.ok_or("the sample")?;
    check_eq!((sample.plant, sample.batch_no), (None, None));
    Ok(())
}

#[derive(Model, Debug, Clone)]
struct Team {
    id: u64,
    #[model(belongs_to = Player)]
    captain_id: Option<u64>,
}

#[derive(Model, Debug, Clone)]
struct Player {
    id: u64,
    #[model(belongs_to = Team)]
    team_id: u64,
}

async fn rings_of_models(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    check_matches!(Team::sync(db).await, Err(Error::TableMissing { table: "teams", missing }) if *missing == ["players"]);
    for list in [[Team::TABLE, Player::TABLE], [Player::TABLE, Team::TABLE]] {
        db.sync(&list).await?;
        let before = definitions(fixture, &list).await?;
        db.sync(&list).await?;
        check_eq!(definitions(fixture, &list).await?, before);
        let mut team = Team::build().save(db).await?;
        let player = Player::build().team_id(team.id).save(db).await?;
        team.update(db, Team::CAPTAIN_ID.set(player.id)).await?;
        for alone in [Team::sync_force(db).await, Player::drop_table(db).await, Team::truncate(db).await] {
            check_matches!(alone, Err(Error::TableReferenced { .. }));
        }
        check_eq!((Team::find().count(db).await?, Player::find().count(db).await?), (1, 1));
        db.sync_force(&list).await?;
        check_eq!((Team::find().count(db).await?, Player::find().count(db).await?), (0, 0));
        check_eq!(
            definitions(fixture, &list).await?.iter().flatten().count(),
            before.iter().flatten().count()
        );
    }
    Ok(())
}

#[derive(Model, Debug, Clone)]
#[model(many_to_many(genres: Genre, through = "film_genres"))]
#[model(many_to_many(sequels: Film, through = "film_sequels", other_key = "sequel_id"))]
struct Film {
    id: u64,
}

#[derive(Model, Debug, Clone)]
#[model(many_to_many(films: Film, through = "film_genres"))]
struct Genre {
    #[model(primary_key, size = 30)]
    name: String,
}

async fn join_tables_of_models(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    // Both ends of the one are this very table.
    Film::sync(db).await?;
    check_eq!(tables(fixture).await?, ["film_sequels", "films"]);
    Genre::sync(db).await?;
    check_eq!(tables(fixture).await?, ["film_genres", "film_sequels", "films", "genres"]);
    check_eq!(
        keys(fixture, "film_genres").await?,
        ["film_id -> films.id, CASCADE, CASCADE", "genre_id -> genres.name, CASCADE, CASCADE"]
    );
    check_eq!(
        keys(fixture, "film_sequels").await?,
        ["film_id -> films.id, CASCADE, CASCADE", "sequel_id -> films.id, CASCADE, CASCADE"]
    );
    let sql = ["film_genres", "film_sequels"];
    let mut before = Vec::new();
    for table in sql {
        before.push(super::definition(fixture, table).await?);
    }
    for again in
        [Film::sync(db).await, Genre::sync(db).await, db.sync_force(&[Genre::TABLE, Film::TABLE]).await]
    {
        again?;
    }
    for (table, before) in sql.iter().zip(before) {
        check_eq!(super::definition(fixture, table).await?, before);
    }
    check_matches!(
        Film::drop_table(db).await,
        Err(Error::TableReferenced { referrers, .. }) if *referrers == ["film_genres", "film_sequels"]
    );
    check_matches!(
        Genre::drop_table(db).await,
        Err(Error::TableReferenced { referrers, .. }) if *referrers == ["film_genres"]
    );
    Ok(())
}
