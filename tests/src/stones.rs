//! A session of a bit of everything, which a server can be made to answer again, or with nonsense.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use orm_core::prelude::*;
use orm_core::query::IntoDraft;

use crate::Outcome;
use crate::fake::Script;
use crate::proxy::Proxy;

/// A row with a value of each kind that the protocol writes in its own way.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Stone {
    /// Made by the database.
    pub id: u64,
    /// A text.
    pub name: String,
    /// A number, or none.
    pub weight: Option<f64>,
    /// A time.
    pub found_at: DateTime<Utc>,
}

/// A stone that is not stored yet.
pub fn stone(n: u8) -> impl IntoDraft<Stone, Along = ()> {
    let weight = (n > 3).then(|| f64::from(n));
    Stone::build().name("granite").weight(weight).found_at(DateTime::UNIX_EPOCH)
}

/// A bit of everything, all of it the same at every time. What it saw.
///
/// # Errors
/// Where it cannot connect; those of its parts are in what it saw.
pub async fn session(url: &str) -> Result<Vec<String>, Error> {
    let deadline = Duration::from_secs(1);
    let options = DbOptions::new(url).max_connections(1).connect_timeout(deadline).acquire_timeout(deadline);
    let db = options.statement_timeout(deadline).connect().await?;
    let mut seen = Vec::new();
    // Each part by itself, so that the first error does not keep the others from theirs.
    seen.push(format!("{:?}", Stone::find_by_id(&db, 2).await));
    seen.push(format!("{:?}", Stone::find().order_by(Stone::ID).stream(&db).try_collect::<Vec<_>>().await));
    seen.push(format!(
        "{:?}",
        db.query_as::<(u64, String)>("SELECT id, name FROM stones WHERE id < ?", (3,)).await
    ));
    seen.push(format!("{:?}", Stone::bulk_create(&db, (1..=3).map(stone)).await));
    seen.push(format!("{:?}", Stone::bulk_create(&db, [stone(4)]).await));
    let work = db.transaction(async |tx| {
        let changed = Stone::find().filter(Stone::ID.eq(1)).update(tx, Stone::NAME.set("flint")).await?;
        Stone::find().filter(Stone::ID.eq(1)).update(tx, Stone::NAME.set("granite")).await?;
        Ok((changed, Stone::find().count(tx).await?))
    });
    seen.push(format!("{:?}", work.await));
    seen.push(format!("{:?}", db.authenticate().await));
    seen.push(format!("{:?}", db.execute("SELECT nothing FROM stones", ()).await));
    db.close().await?;
    Ok(seen)
}

/// The server's side of an undisturbed session, and what the session saw.
///
/// # Errors
/// Where something fails in it.
pub async fn record(db: &Db, url: &str) -> Outcome<(Script, Vec<String>)> {
    Stone::sync(db).await?;
    let at = DateTime::UNIX_EPOCH;
    let rows =
        (0..20).map(|n| Stone::build().name("granite").weight((n > 3).then(|| f64::from(n))).found_at(at));
    Stone::bulk_create(db, rows).await?;
    let proxy = Proxy::recording(url).await?;
    let seen = session(proxy.url()).await?;
    let conversations = proxy.conversations();
    match conversations.as_slice() {
        [only] => Ok((Script::of(only), seen)),
        all => Err(format!("{} connections", all.len()).into()),
    }
}
