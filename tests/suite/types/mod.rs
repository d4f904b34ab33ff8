//! Column types: what is stored comes back, on every database, up to the edges; what cannot be stored is refused before it is sent.

pub(crate) mod edges;
pub(crate) mod own;
pub(crate) mod random;
pub(crate) mod refused;
pub(crate) mod sums;

/// A behaviour of one type: a model with a column of it and one of an `Option` of it, and values that must survive.
macro_rules! survives {
    ($(#[$attribute:meta])* $case:ident, $model:ident, [$($type:tt)*], $values:expr) => {
        #[derive(Model, Debug, Clone, PartialEq)]
        struct $model {
            id: u64,
            $(#[$attribute])*
            value: $($type)*,
            $(#[$attribute])*
            maybe: Option<$($type)*>,
        }

        async fn $case(fixture: &Fixture) -> Outcome {
            let db = &fixture.db;
            $model::sync(db).await?;
            let values: Vec<$($type)*> = Vec::from($values);
            for value in &values {
                let saved = $model::build().value(value).maybe(value).save(db).await?;
                check!(saved.value == *value && saved.maybe.as_ref() == Some(value));
                check!($model::find_by_id(db, saved.id).await? == Some(saved.clone()));
                let found = $model::find().filter($model::VALUE.eq(value)).all(db).await?;
                check!(found.contains(&saved));
                let found = $model::find().filter($model::MAYBE.eq(Some(value))).all(db).await?;
                check!(found.contains(&saved));
            }
            let drafts = values.iter().map(|value| $model::build().value(value));
            let mut empty = $model::bulk_create(db, drafts).await?;
            let read = $model::find().filter($model::MAYBE.is_null()).order_by($model::ID).all(db).await?;
            check!(read == empty);
            for (record, value) in empty.iter_mut().zip(values.iter().rev()) {
                check!(record.maybe.is_none());
                record.update(db, $model::MAYBE.set(value)).await?;
                record.value = value.clone();
                record.save(db).await?;
                let read = $model::find_by_id(db, record.id).await?.ok_or("gone")?;
                check!(read == *record && read.maybe.as_ref() == Some(value));
                record.update(db, $model::MAYBE.set_null()).await?;
                check!($model::find_by_id(db, record.id).await?.ok_or("gone")?.maybe.is_none());
            }
            // All at once: with NULL in the first and every other, with one in the others, with nothing but NULL.
            let mut all = $model::find().order_by($model::ID).all(db).await?;
            for round in 0..4 {
                for (n, record) in all.iter_mut().enumerate() {
                    let value = &values[(n + round) % values.len()];
                    record.value = value.clone();
                    record.maybe = (round < 3 && (n + round) % 2 == 1).then(|| value.clone());
                }
                $model::bulk_update(db, &mut all, ($model::VALUE, $model::MAYBE)).await?;
                check!($model::find().order_by($model::ID).all(db).await? == all);
            }
            Ok(())
        }
    };
}
use survives;
