//! Rows of a join table: what a many_to_many links and un-links.

use std::marker::PhantomData;

use super::keys::{CHUNK, Columns, Row, equal, must_be_complete, named, without};
use super::reference::List;
use crate::db::{Call, CallStatement, Handle, Transaction};
use crate::driver::NoRows;
use crate::error::{Error, Result};
use crate::model::{Assignment, Blanks, Draft, Expr, LinkDraft, Model};
use crate::query::{IntoDraft, Query, Record, insert_record};
use crate::schema::Managed;
use crate::sql::{Expr as Node, Link, Rows, Test, Through, check, fixed, select};

/// What the rows of a join table are: a model, or `()` where they have none.
pub trait JoinRow: Send + Sync + 'static {
    /// The values of a new row that has nothing but its two keys, and defaults.
    #[doc(hidden)]
    fn pair(through: &Through, near: &Row, far: &Row) -> Result<Row>;
}

impl JoinRow for () {
    fn pair(through: &Through, near: &Row, far: &Row) -> Result<Row> {
        // It has no other columns.
        let columns = through.near.iter().chain(through.far);
        let mut values: Vec<_> = columns.zip(near.iter().chain(far)).collect();
        values.sort_by_key(|(column, _)| **column);
        Ok(values.into_iter().map(|(_, value)| value.clone()).collect())
    }
}

#[diagnostic::do_not_recommend]
impl<J: Model> JoinRow for J {
    fn pair(through: &Through, near: &Row, far: &Row) -> Result<Row> {
        let (record, _) = of_pair(Draft::<J>::new(), through, near, far)?;
        fixed::inserted(J::TABLE, false).map(|(n, _)| Ok(record.value(n)?.into_owned())).collect()
    }
}

/// The row of a pair, and whether its id is its own.
fn of_pair<J: Model>(mut draft: Draft<J>, through: &Through, near: &Row, far: &Row) -> Result<(J, bool)> {
    draft.fill_all(through.near, near)?;
    draft.fill_all(through.far, far)?;
    draft.into_record(Blanks::of::<J>())
}

/// Holds where a row of the join table needs nothing but its two keys, whose fields hash to `NEAR` and `FAR`.
///
/// The lifetime is there so that it is asked where the accessor is called, and not where it is declared.
#[diagnostic::on_unimplemented(
    message = "a row of `{Self}` has required fields besides its two keys",
    label = "nothing says what is in them",
    note = "link with the accessor whose name ends with `_with`, which takes a draft of the row"
)]
pub trait PlainPair<'a, const NEAR: u64, const FAR: u64> {}

impl PlainPair<'_, 0, 0> for () {}

#[diagnostic::do_not_recommend]
impl<J, const NEAR: u64, const FAR: u64> PlainPair<'_, NEAR, FAR> for J where
    J: Model<Blank: LinkDraft<J, NEAR, Linked: LinkDraft<J, FAR, Linked: IntoDraft<J>>>>
{
}

/// The rows of the join table of one record.
pub(super) struct Pairs<T> {
    link: Link,
    through: Through,
    /// Its key in them.
    owner: Row,
    model: PhantomData<fn() -> T>,
}

impl<T: Model> Pairs<T> {
    pub(super) fn of<M: Model>(record: &M, link: Link) -> Result<Self> {
        let through = link.through.ok_or_else(|| Error::Unsupported("no join table".into()))?;
        let owner = super::keys::values(record, link.near)?;
        must_be_complete(link.source, &owner)?;
        Ok(Self { link, through, owner, model: PhantomData })
    }

    /// That a row of the join table is one of them.
    fn condition(&self) -> Vec<Node> {
        equal(self.through.table, self.through.near, &self.owner)
    }

    /// The columns of the join table that hold keys of the other side.
    fn far(&self) -> Columns {
        Columns::of::<T>(self.through.table, self.through.far, self.link.far)
    }

    /// That a record of the other side is in them.
    pub(super) fn linked(&self) -> Vec<Node> {
        let link = Link {
            source: T::TABLE,
            target: self.through.table,
            near: self.link.far,
            far: self.through.far,
            through: None,
        };
        vec![Node::Related { link, test: Test::Any, filter: self.condition(), through: Vec::new() }]
    }

    fn query(&self) -> Query<T> {
        self.linked().into_iter().fold(T::find(), |query, condition| query.filter(Expr::from_node(condition)))
    }

    pub(super) async fn count(&self, handle: Handle<'_>) -> Result<u64> {
        on!(handle, |db| self.query().count(db)).await
    }

    /// The keys of these records, as the join table holds them.
    async fn keys(&self, handle: Handle<'_>, mut list: List<'_, T>) -> Result<Vec<Row>> {
        list.resolve(handle, self.link.far).await?;
        let keys = list.rows();
        keys.iter().try_for_each(|key| must_be_complete(T::TABLE, key))?;
        Ok(keys)
    }

    /// Whether all of these are linked.
    pub(super) async fn has(&self, handle: Handle<'_>, list: List<'_, T>) -> Result<bool> {
        let keys = self.keys(handle, list).await?;
        let far = self.far();
        let found = far.read_among(handle, &far, &keys, self.condition()).await?;
        Ok(without(&keys, &found).is_empty())
    }

    /// Links these, as far as they are not.
    pub(super) async fn add<J: JoinRow>(&self, handle: Handle<'_>, list: List<'_, T>) -> Result<()> {
        let coming = self.keys(handle, list).await?;
        self.change::<J>(handle, &[], &coming).await.map(drop)
    }

    /// Links these, and no others.
    pub(super) async fn set<J: JoinRow>(&self, handle: Handle<'_>, list: List<'_, T>) -> Result<()> {
        let wanted = self.keys(handle, list).await?;
        let present = self.far().read(handle, self.condition()).await?;
        let (leaving, coming) = (without(&present, &wanted), without(&wanted, &present));
        self.change::<J>(handle, &leaving, &coming).await.map(drop)
    }

    /// Un-links these, and says how many were linked.
    pub(super) async fn remove<J: JoinRow>(&self, handle: Handle<'_>, list: List<'_, T>) -> Result<u64> {
        let leaving = self.keys(handle, list).await?;
        self.change::<J>(handle, &leaving, &[]).await
    }

    /// Un-links all, and says how many there were.
    pub(super) async fn clear(&self, handle: Handle<'_>) -> Result<u64> {
        self.delete(handle, self.condition()).await
    }

    /// Links one by a row of the application's own. Where it is linked already, its row gets what the draft says.
    pub(super) async fn add_with<J: Model>(
        &self,
        handle: Handle<'_>,
        list: List<'_, T>,
        draft: Draft<J>,
    ) -> Result<()> {
        let keys = self.keys(handle, list).await?;
        let Some(key) = keys.first() else { return Ok(()) };
        let (mut row, with_id) = of_pair(draft, &self.through, &self.owner, key)?;
        match insert_record(handle, &mut row, with_id).await {
            Err(error @ Error::UniqueViolation(_)) => {
                let mut filter = self.condition();
                filter.append(&mut self.far().among(&keys));
                match self.overwrite(handle, filter, &row).await? {
                    // It is another column that must be unique.
                    0 => Err(error),
                    _ => Ok(()),
                }
            }
            outcome => self.named(handle, outcome, &keys).await,
        }
    }

    /// Gives the row of a pair the values of another.
    async fn overwrite<J: Model>(&self, handle: Handle<'_>, filter: Vec<Node>, row: &J) -> Result<u64> {
        let kept = |n: usize| {
            J::TABLE.is_key(n)
                || self.through.near.contains(&n)
                || self.through.far.contains(&n)
                || J::TABLE.columns[n].managed == Some(Managed::CreatedAt)
        };
        let columns = (0..J::TABLE.columns.len()).filter(|n| !kept(*n));
        let changes: Vec<Assignment<J>> =
            columns.map(|n| Assignment::set(n, row.value(n).map(crate::value::Value::into_owned))).collect();
        let query =
            filter.into_iter().fold(J::find(), |query, condition| query.filter(Expr::from_node(condition)));
        if changes.is_empty() {
            return on!(handle, |db| query.count(db)).await;
        }
        on!(handle, |db| query.update(db, changes)).await
    }

    /// Un-links and links, all or nothing, and says how many were un-linked.
    async fn change<J: JoinRow>(&self, handle: Handle<'_>, leaving: &[Row], coming: &[Row]) -> Result<u64> {
        let one_statement = match (leaving.len(), coming.len()) {
            (0, 0) => return Ok(0),
            (0, coming) => coming <= self.most(handle) && self.pair_is_all(),
            (leaving, 0) => leaving <= CHUNK,
            _ => false,
        };
        let outcome = if one_statement {
            self.send::<J>(handle, leaving, coming).await
        } else {
            let work =
                async |tx: &Transaction| self.send::<J>(Handle::Transaction(tx), leaving, coming).await;
            handle.atomically(work).await
        };
        self.named(handle, outcome, coming).await
    }

    /// Names the keys that no record has, where that is what the database means.
    async fn named<O>(&self, handle: Handle<'_>, outcome: Result<O>, keys: &[Row]) -> Result<O> {
        match outcome {
            Err(error @ Error::ForeignKeyViolation(_)) => {
                Err(named::<T>(handle, self.link.far, keys, error).await)
            }
            outcome => outcome,
        }
    }

    async fn send<J: JoinRow>(&self, handle: Handle<'_>, leaving: &[Row], coming: &[Row]) -> Result<u64> {
        let far = self.far();
        let mut removed = 0;
        for chunk in leaving.chunks(CHUNK) {
            let mut filter = self.condition();
            filter.append(&mut far.among(chunk));
            removed += self.delete(handle, filter).await?;
        }
        let missing;
        let coming = if self.pair_is_all() || coming.is_empty() {
            coming
        } else {
            let present = far.read_among(handle, &far, coming, self.condition()).await?;
            missing = without(coming, &present);
            &missing
        };
        let pairs: Vec<_> = coming.iter().map(|key| (self.owner.clone(), key.clone())).collect();
        link_all::<J>(handle, &self.through, &pairs).await?;
        Ok(removed)
    }

    /// Whether the pair is all that must be unique, so that a duplicate is one of the pair.
    fn pair_is_all(&self) -> bool {
        let Through { table, near, far } = self.through;
        let others = |columns: &[usize]| {
            columns.len() != near.len() + far.len()
                || !columns.iter().all(|column| near.contains(column) || far.contains(column))
        };
        !table.indexes.iter().any(|index| index.unique && others(index.columns))
            && (table.auto_increment().is_some() || !others(table.primary_key))
    }

    /// The most rows of one INSERT.
    fn most(&self, handle: Handle<'_>) -> usize {
        most(handle, &self.through)
    }

    async fn delete(&self, handle: Handle<'_>, filter: Vec<Node>) -> Result<u64> {
        let table = self.through.table;
        let statement = select::delete(handle.dialect(), table, Rows { filter, ..Rows::default() })?;
        let call = Call::rendered(Some(table), &statement);
        Ok(handle.run(&call, &mut NoRows).await?.affected)
    }
}

fn most(handle: Handle<'_>, through: &Through) -> usize {
    let width = through.table.columns.len().max(1);
    (handle.dialect().capabilities().max_params / width).clamp(1, CHUNK)
}

/// Inserts the rows of these pairs, as far as they are not there.
pub(crate) async fn link_all<J: JoinRow>(
    handle: Handle<'_>,
    through: &Through,
    pairs: &[(Row, Row)],
) -> Result<()> {
    let table = through.table;
    let unique: Vec<usize> = through.near.iter().chain(through.far).copied().collect();
    for chunk in pairs.chunks(most(handle, through)) {
        let mut params = Vec::with_capacity(chunk.len() * table.columns.len());
        for (near, far) in chunk {
            let row = J::pair(through, near, far)?;
            for (value, (_, column)) in row.iter().zip(fixed::inserted(table, false)) {
                check(handle.dialect(), column, value)?;
            }
            params.extend(row);
        }
        let sql = fixed::insert_missing(handle.dialect(), table, chunk.len(), &unique);
        let call = Call { table: Some(table), statement: CallStatement::Dynamic(&sql), params: &params };
        handle.run(&call, &mut NoRows).await?;
    }
    Ok(())
}
