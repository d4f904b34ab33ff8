//! Drafts that are saved together with drafts of associated records.

use super::bulk::{self, Rows};
use super::insert::insert_with;
use crate::db::{Executor, Handle, Transaction};
use crate::driver::{BoxFuture, Pending};
use crate::error::{Error, Result};
use crate::model::{Building, Draft, FieldSet, Model};

/// What is saved as a record of the model `M`: a complete draft, with what its `with_..` methods were given.
///
/// ```
/// # use orm_core::prelude::*;
/// # #[derive(Model, Debug, Clone, PartialEq)]
/// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm_core::Result<()> {
/// # if cfg!(not(feature = "sqlite")) { return Ok(()) }
/// # let db = Db::connect("sqlite::memory:").await?;
/// # Book::sync(&db).await?;
/// use orm_core::query::IntoDraft;
///
/// async fn add(db: &Db, books: Vec<impl IntoDraft<Book>>) -> orm_core::Result<usize> {
///     Ok(Book::bulk_create(db, books).await?.len())
/// }
/// assert_eq!(add(&db, vec![Book::build().title("Emma")]).await?, 1);
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a draft of `{M}`",
    label = "expected `{M}::build()` and its setters"
)]
pub trait IntoDraft<M>: DraftParts<M, Missing: FieldSet> {}

#[diagnostic::do_not_recommend]
impl<M, D: DraftParts<M, Missing: FieldSet>> IntoDraft<M> for D {}

/// A draft of the model `M` that may lack required fields. Where one must not, what it lacks is asked to be [`FieldSet`]: that names the
/// field alone in the error, where a draft that is not an [`IntoDraft`] would be named too, and all that is one.
///
/// [`FieldSet`]: crate::model::FieldSet
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a draft of `{M}`",
    label = "expected `{M}::build()` and its setters"
)]
pub trait DraftParts<M>: Send + 'static {
    /// What is saved along: `()` for a draft alone.
    type Along: Nested<M>;

    /// The first required field that has not been set, or [`Set`](crate::model::Set).
    type Missing;

    /// The values, and what is saved along.
    fn into_draft(self) -> (Draft<M>, Self::Along)
    where
        M: Model;
}

/// What becomes of a draft `D` of the model `M`: the record, or a tuple of it and what was saved along, as an include would give it.
pub type Saved<M, D> = <<D as DraftParts<M>>::Along as Nested<M>>::Output;

/// What is saved along with a draft of the model `M`: nothing, or what its `with_..` methods were given, one after the other.
#[doc(hidden)]
pub trait Nested<M>: Sized + Send + 'static {
    /// What becomes of the draft.
    type Output: Send + Sync + 'static;

    /// What is left of it once what the draft belongs to is saved.
    type Half: Send + 'static;

    /// What becomes of this.
    type Saved: Send + 'static;

    /// Drafts of the model, each with this along. A type of this trait, so that it can be named where it is not known yet whether there
    /// is a model.
    type Drafts: Send + 'static;

    /// Gathers drafts.
    fn collect(list: impl Iterator<Item = (Draft<M>, Self)>) -> Self::Drafts
    where
        M: Model;

    /// The drafts again.
    fn entries(drafts: Self::Drafts) -> Vec<(Draft<M>, Self)>
    where
        M: Model;

    /// Saves a draft and this: all in one transaction.
    fn save<'a>(draft: Draft<M>, along: Self, handle: Handle<'a>) -> BoxFuture<'a, Result<Self::Output>>
    where
        M: Model,
    {
        let all = Self::save_all(std::iter::once((draft, along)), handle);
        // One draft becomes one record.
        Box::pin(async move { all.await?.pop().ok_or(Error::RecordNotFound { table: M::TABLE.name }) })
    }

    /// Saves many drafts, each with one of these: all in one transaction.
    fn save_all<'a>(
        level: impl Iterator<Item = (Draft<M>, Self)>,
        handle: Handle<'a>,
    ) -> BoxFuture<'a, Result<Vec<Self::Output>>>
    where
        M: Model,
    {
        let level: Vec<_> = level.collect();
        Box::pin(async move {
            let work = async |tx: &Transaction| save_level(level, Handle::Transaction(tx)).await;
            let (records, saved) = handle.atomically(work).await?;
            Ok(Self::outputs(records, saved))
        })
    }

    /// Saves what the drafts are to belong to, each at its own position, and fills their foreign keys.
    fn before<'a>(
        level: Vec<Self>,
        drafts: &'a mut [Draft<M>],
        handle: Handle<'a>,
    ) -> BoxFuture<'a, Result<Vec<Self::Half>>>
    where
        M: Model;

    /// Saves what is to belong to these records.
    fn after<'a>(
        level: Vec<Self::Half>,
        records: &'a [M],
        handle: Handle<'a>,
    ) -> BoxFuture<'a, Result<Vec<Self::Saved>>>
    where
        M: Model;

    /// Puts a record and what was saved along together.
    fn output(record: M, saved: Self::Saved) -> Self::Output;

    /// The same for many.
    fn outputs(records: Vec<M>, saved: Vec<Self::Saved>) -> Vec<Self::Output> {
        records.into_iter().zip(saved).map(|(record, saved)| Self::output(record, saved)).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model> Nested<M> for () {
    type Output = M;
    type Half = ();
    type Saved = ();
    type Drafts = Vec<(Draft<M>, ())>;

    fn collect(list: impl Iterator<Item = (Draft<M>, ())>) -> Self::Drafts {
        list.collect()
    }

    fn entries(drafts: Self::Drafts) -> Vec<(Draft<M>, ())> {
        drafts
    }

    /// One INSERT.
    fn save<'a>(draft: Draft<M>, (): (), handle: Handle<'a>) -> BoxFuture<'a, Result<M>> {
        Box::pin(insert_with(handle, draft))
    }

    fn save_all<'a>(
        level: impl Iterator<Item = (Draft<M>, ())>,
        handle: Handle<'a>,
    ) -> BoxFuture<'a, Result<Vec<M>>> {
        let rows = Rows::gather(level.map(|(draft, ())| draft));
        Box::pin(async move { bulk::bulk_create(handle, rows?).await })
    }

    fn before<'a>(
        level: Vec<()>,
        _drafts: &'a mut [Draft<M>],
        _handle: Handle<'a>,
    ) -> BoxFuture<'a, Result<Vec<()>>> {
        Box::pin(async { Ok(level) })
    }

    fn after<'a>(level: Vec<()>, _records: &'a [M], _handle: Handle<'a>) -> BoxFuture<'a, Result<Vec<()>>> {
        Box::pin(async { Ok(level) })
    }

    fn output(record: M, (): ()) -> M {
        record
    }

    fn outputs(records: Vec<M>, _saved: Vec<()>) -> Vec<M> {
        records
    }
}

/// Records, and what was saved along with each.
pub(crate) type Level<M, A> = (Vec<M>, Vec<<A as Nested<M>>::Saved>);

/// Saves drafts and what goes along with each, in as many bulk inserts as there are levels. The caller sees to it that all of it is
/// in one transaction.
pub(crate) fn save_level<'a, M: Model, A: Nested<M>>(
    level: impl IntoIterator<Item = (Draft<M>, A)>,
    handle: Handle<'a>,
) -> BoxFuture<'a, Result<Level<M, A>>> {
    let (mut drafts, along): (Vec<_>, Vec<_>) = level.into_iter().unzip();
    Box::pin(async move {
        if drafts.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        let along = A::before(along, &mut drafts, handle).await?;
        let records = bulk::bulk_create(handle, Rows::gather(drafts.into_iter())?).await?;
        let saved = A::after(along, &records, handle).await?;
        Ok((records, saved))
    })
}

/// Saves a draft: what the `save` of a draft calls.
///
/// A boxed future, since a bound that is not met would be reported twice by an `async fn`.
///
/// # Errors
/// [`Error::Encode`] where a value does not fit its column; whatever the database says. Then nothing is stored.
#[doc(hidden)]
pub fn save<'db, M: Model, Marks, A: Nested<M>, E: Executor + ?Sized>(
    building: Building<M, Marks, A>,
    db: &'db E,
) -> Pending<'db, A::Output> {
    let (draft, along) = building.split();
    A::save(draft, along, db.handle()).into()
}
