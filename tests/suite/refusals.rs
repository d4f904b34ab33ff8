//! Values that a column type of the user's own refuses when they are sent.

use orm_core::error::Mismatch;
use orm_core::prelude::*;
use orm_core::schema::{ColumnDef, DataType};
use orm_core::types::{ColumnType, Converted, Nullable, Scalar, family};
use orm_core::value::Value;
use tests::{Fixture, Outcome};

use crate::{cases, check_eq, check_matches};

cases![
    what_is_refused_is_not_sent,
    a_refusal_in_a_later_chunk_leaves_nothing,
    a_transaction_goes_on_after_a_refusal,
    a_panic_while_values_are_made_stays_one,
];

/// Has luck, but for 13; nobody survives -666.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Luck(i64);

impl ColumnType for Luck {
    type Family = family::Signed;
    const DATA_TYPE: DataType = i64::DATA_TYPE;

    fn encode(&self, column: &ColumnDef) -> Converted<Value<'_>> {
        assert!(self.0 != -666, "the end of the world");
        if self.0 == 13 { Err(Mismatch::new("luck", "none")) } else { self.0.encode(column) }
    }

    fn decode(value: Value<'_>) -> Converted<Self> {
        i64::decode(value).map(Self)
    }

    /// Nothing is known before it is sent.
    fn settle(&mut self, _column: &ColumnDef) -> Converted<()> {
        Ok(())
    }
}

impl Scalar for Luck {}

impl Nullable for Luck {
    type Plain = Self;
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Ticket {
    id: u64,
    luck: Luck,
}

fn drafts(all: impl IntoIterator<Item = i64>) -> impl Iterator<Item = TicketDraft<orm_core::model::Set>> {
    all.into_iter().map(|luck| Ticket::build().luck(Luck(luck)))
}

fn is_luck(error: &Error) -> bool {
    matches!(error, Error::Encode(mismatch) if mismatch.to_string().contains("luck"))
}

async fn what_is_refused_is_not_sent(fixture: &Fixture) -> Outcome {
    let db = &fixture.options().max_connections(1).connect().await?;
    Ticket::sync(db).await?;
    let mut ticket = Ticket::build().luck(Luck(1)).save(db).await?;
    check_matches!(Ticket::build().luck(Luck(13)).save(db).await, Err(error) if is_luck(&error));
    check_matches!(Ticket::bulk_create(db, drafts([2, 13, 3])).await, Err(error) if is_luck(&error));
    check_matches!(Ticket::bulk_insert(drafts([2, 13, 3])).exec(db).await, Err(error) if is_luck(&error));
    ticket.luck = Luck(13);
    check_matches!(Ticket::bulk_update(db, [&mut ticket], Ticket::LUCK).await, Err(error) if is_luck(&error));
    check_matches!(ticket.save(db).await, Err(error) if is_luck(&error));
    check_eq!(Ticket::find().all(db).await?, [Ticket { id: ticket.id, luck: Luck(1) }]);
    // The connection is as good as before, and is still the same.
    check_eq!(db.pool_metrics().connects, 1);
    db.close().await?;
    Ok(())
}

async fn a_refusal_in_a_later_chunk_leaves_nothing(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Ticket::sync(db).await?;
    let all = || drafts((100..2_600).chain([13]));
    check_matches!(Ticket::bulk_create(db, all()).await, Err(error) if is_luck(&error));
    check_matches!(Ticket::bulk_insert(all()).exec(db).await, Err(error) if is_luck(&error));
    check_eq!(Ticket::find().count(db).await?, 0);
    let mut tickets = Ticket::bulk_create(db, drafts(100..400)).await?;
    tickets.iter_mut().for_each(|ticket| ticket.luck.0 += 1_000);
    tickets[299].luck = Luck(13);
    check_matches!(Ticket::bulk_update(db, &mut tickets, Ticket::LUCK).await, Err(error) if is_luck(&error));
    check_eq!(Ticket::find().filter(Ticket::LUCK.ge(Luck(1_000))).count(db).await?, 0);
    Ok(())
}

async fn a_transaction_goes_on_after_a_refusal(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Ticket::sync(db).await?;
    let tx = db.begin().await?;
    Ticket::build().luck(Luck(1)).save(&tx).await?;
    check_matches!(Ticket::build().luck(Luck(13)).save(&tx).await, Err(error) if is_luck(&error));
    check_matches!(Ticket::bulk_create(&tx, drafts([2, 13])).await, Err(error) if is_luck(&error));
    Ticket::build().luck(Luck(3)).save(&tx).await?;
    tx.commit().await?;
    check_eq!(Ticket::find().count(db).await?, 2);
    Ok(())
}

async fn a_panic_while_values_are_made_stays_one(fixture: &Fixture) -> Outcome {
    let db = &fixture.options().max_connections(1).connect().await?;
    Ticket::sync(db).await?;
    let other = db.clone();
    let single = tokio::spawn(async move { Ticket::build().luck(Luck(-666)).save(&other).await });
    check_matches!(single.await, Err(error) if error.is_panic());
    let other = db.clone();
    let many = tokio::spawn(async move { Ticket::bulk_create(&other, drafts([1, -666])).await });
    check_matches!(many.await, Err(error) if error.is_panic());
    // Its place came free, and nothing is stored.
    check_eq!(Ticket::find().count(db).await?, 0);
    Ticket::build().luck(Luck(7)).save(db).await?;
    db.close().await?;
    Ok(())
}
