//! What stands for a record that is to be linked.

use super::keys::{Columns, Row, distinct, name_unknown, values};
use crate::db::Handle;
use crate::error::Result;
use crate::model::{IntoKey, Model};

/// Marks what is a record.
#[doc(hidden)]
#[derive(Debug)]
pub struct ByRecord;

/// Marks what is a record that changes along.
#[doc(hidden)]
#[derive(Debug)]
pub struct ByMut;

/// Marks what is a key.
#[doc(hidden)]
#[derive(Debug)]
pub struct ByKey;

/// What stands for a record of the model `M`: `&record`, `&mut record`, or whatever may stand for its primary key, `K`.
///
/// The fields of a `&mut record` follow what was written, once all of it was. `By` is found by the compiler.
///
/// ```
/// # use orm_core::prelude::*;
/// # #[derive(Model, Debug, Clone, PartialEq)]
/// # #[model(has_many(tasks: Task))]
/// # struct User { id: u64, name: String }
/// # #[derive(Model, Debug, Clone, PartialEq)]
/// # struct Task { id: u64, title: String, #[model(belongs_to = User)] user_id: Option<u64> }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm_core::Result<()> {
/// # if cfg!(not(feature = "sqlite")) { return Ok(()) }
/// # let db = Db::connect("sqlite::memory:").await?;
/// # db.sync(&[User::TABLE, Task::TABLE]).await?;
/// let user = User::build().name("John").save(&db).await?;
/// let mut task = Task::build().title("memo").save(&db).await?;
/// user.add_task(&db, &task).await?;
/// user.add_task(&db, task.id).await?;
/// user.add_task(&db, &mut task).await?;
/// assert_eq!(task.user_id, Some(user.id));
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not stand for a `{M}`",
    label = "expected a record, `&{M}`, or its key"
)]
pub trait Reference<M, K, By> {
    /// The values of these columns of the record, as far as they are known.
    #[doc(hidden)]
    fn given<'r>(self, columns: &'static [usize]) -> Result<Given<'r, M>>
    where
        Self: 'r,
        M: 'r;
}

/// A record that was given.
#[doc(hidden)]
#[derive(Debug)]
pub struct Given<'r, M> {
    /// The values of the columns that were asked for; those of the primary key where nothing else is known.
    pub(super) row: Row,
    /// The record, where it changes along.
    pub(super) record: Option<&'r mut M>,
    /// Whether the columns must be read by the primary key first.
    unresolved: bool,
}

#[diagnostic::do_not_recommend]
impl<M: Model, K> Reference<M, K, ByRecord> for &M {
    fn given<'r>(self, columns: &'static [usize]) -> Result<Given<'r, M>>
    where
        Self: 'r,
    {
        Ok(Given { row: values(self, columns)?, record: None, unresolved: false })
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, K> Reference<M, K, ByMut> for &mut M {
    fn given<'r>(self, columns: &'static [usize]) -> Result<Given<'r, M>>
    where
        Self: 'r,
    {
        Ok(Given { row: values(self, columns)?, record: Some(self), unresolved: false })
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, K, V: IntoKey<K>> Reference<M, K, ByKey> for V {
    fn given<'r>(self, columns: &'static [usize]) -> Result<Given<'r, M>>
    where
        Self: 'r,
    {
        let unresolved = columns != M::TABLE.primary_key;
        Ok(Given { row: self.into_key(M::TABLE)?, record: None, unresolved })
    }
}

/// Records that were given.
pub(super) struct List<'r, M>(pub(super) Vec<Given<'r, M>>);

impl<'r, M: Model> List<'r, M> {
    pub(super) fn new<K, By, R: Reference<M, K, By> + 'r>(
        list: impl IntoIterator<Item = R>,
        columns: &'static [usize],
    ) -> Result<Self> {
        list.into_iter().map(|reference| reference.given(columns)).collect::<Result<_>>().map(Self)
    }

    /// The same, named by their primary key.
    pub(super) fn by_key<K, By, R: Reference<M, K, By> + 'r>(
        list: impl IntoIterator<Item = R>,
    ) -> Result<Self> {
        Self::new(list, M::TABLE.primary_key)
    }

    /// Each once.
    pub(super) fn rows(&self) -> Vec<Row> {
        distinct(self.0.iter().map(|given| given.row.clone()).collect())
    }

    /// Reads the columns of those that were given by their primary key, where these are others.
    pub(super) async fn resolve(&mut self, handle: Handle<'_>, columns: &'static [usize]) -> Result<()> {
        let primary_key = Columns::key::<M>();
        let wanted: Vec<Row> =
            self.0.iter().filter(|given| given.unresolved).map(|given| given.row.clone()).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let wanted = distinct(wanted);
        let both = primary_key.with::<M>(columns);
        let rows = both.read_among(handle, &primary_key, &wanted, Vec::new()).await?;
        let width = M::TABLE.primary_key.len();
        for given in self.0.iter_mut().filter(|given| given.unresolved) {
            match rows.iter().find(|row| super::keys::same(&row[..width], &given.row)) {
                Some(row) => given.row = row[width..].to_vec(),
                None => return Err(name_unknown::<M>(handle, &primary_key, &wanted).await),
            }
            given.unresolved = false;
        }
        Ok(())
    }
}
