//! To-many includes: one further statement for all near rows, in batches of their keys.

use super::attach::Attach;
use super::index::{Groups, Index, Key, with_key, with_key_of};
use super::one::exists;
use crate::db::{Call, Handle};
use crate::driver::{BoxFuture, Cells, Flow, RowSink};
use crate::error::{Error, Mismatch, Result};
use crate::query::{Keys, Plan};
use crate::schema::{ColumnDef, DataType, Table};
use crate::sql::tree::{self, Children, Tree};
use crate::sql::{Dialect, Expr, Link, Rows};
use crate::types;
use crate::value::Value;

/// The value of a column of a key in the form that this program writes it in.
pub(super) type Normal = fn(usize, Value<'_>, &ColumnDef) -> Result<Value<'static>>;

/// The far rows of an association, and under which conditions they are that.
#[derive(Debug)]
pub(super) struct Far {
    pub(super) link: Link,
    pub(super) normal: Normal,
    pub(super) rows: Rows,
    /// Conditions on the join table.
    pub(super) through: Vec<Expr>,
    /// Whether near rows without any are not wanted.
    pub(super) required: bool,
}

impl Far {
    /// The value of a key's column as it came from the database, in our form.
    fn normal(&self, n: usize, value: Value<'_>) -> Result<Value<'static>> {
        let position = self.link.near[n];
        match self.link.source.primary_key.iter().position(|key| *key == position) {
            Some(part) => (self.normal)(part, value, &self.link.source.columns[position]),
            None => Ok(value.into_owned()),
        }
    }

    /// The group of a far row whose key stands in these cells.
    fn group_of_cells(
        &self,
        index: &Index<'_>,
        cells: &mut dyn Cells,
        at: usize,
        before: Option<u32>,
    ) -> Result<u32> {
        if let Some(group) = index.group_of_number(cells.integer(at), before) {
            return Ok(group);
        }
        let write = |n, to: &mut _| *to = self.normal(n, cells.take(at + n));
        with_key(self.link.near.len(), write, |key| self.group(index, key, before))
    }

    /// The group of the last far row that was read, whose key is this integer, if it is one.
    fn group_of_last(
        &self,
        index: &Index<'_>,
        number: Option<i128>,
        rows: &dyn Keys,
        before: Option<u32>,
    ) -> Result<u32> {
        match index.group_of_number(number, before) {
            Some(group) => Ok(group),
            None => with_key_of(rows, self.link.far, rows.count() - 1, |key| self.group(index, key, before)),
        }
    }

    fn group(&self, index: &Index<'_>, key: Option<Key<'_>>, before: Option<u32>) -> Result<u32> {
        let key = key.unwrap_or(Key(&[Value::Null]));
        index.group(key, before).ok_or_else(|| self.stranger(key))
    }

    /// That there is a far row, where that is wanted.
    fn narrow(&self, filter: &mut Vec<Expr>, plan: impl FnOnce(&mut Vec<Expr>)) {
        if self.required {
            let mut conditions = self.rows.filter.clone();
            plan(&mut conditions);
            filter.push(exists(self.link, conditions, self.through.clone()));
        }
    }

    /// How many near rows one statement takes.
    fn batch(&self, dialect: &dyn Dialect) -> usize {
        if self.rows.is_paged() {
            return dialect.capabilities().max_limited_parents;
        }
        match &self.link.through {
            Some(through) => dialect.max_parents(&mut through.near_columns()),
            None => dialect.max_parents(&mut self.link.far_columns()),
        }
    }

    #[cold]
    fn stranger(&self, Key(key): Key<'_>) -> Error {
        let column = match self.link.through {
            Some(through) => &through.table.columns[through.near[0]],
            None => &self.link.target.columns[self.link.far[0]],
        };
        let wanted = format!("the key of a row of {:?} that was asked for", self.link.source.name);
        let found = match key {
            [only] => only.class(),
            _ => "a composite key",
        };
        Error::Decode(Mismatch::new(wanted, format!("{found} of another")).at(column.table, column.name))
    }
}

/// Where a column of the far row stands among the cells.
fn position(tree: &Tree, column: usize) -> Option<usize> {
    let name = tree.table.columns[column].name;
    tree.outputs.iter().position(|output| output.node == 0 && output.column.name == name)
}

/// The conditions on the rows at a node.
fn filter_of(tree: &mut Tree, node: usize) -> &mut Vec<Expr> {
    match node.checked_sub(1) {
        None => &mut tree.rows.filter,
        Some(join) => &mut tree.joins[join].filter,
    }
}

/// The far rows of each near row.
pub(super) struct Loader<O> {
    far: Far,
    plan: Box<dyn Plan<O>>,
    groups: Groups,
    lists: Vec<Vec<O>>,
    /// The group of each far row, where `lists` is filled in the end.
    members: Vec<u32>,
    /// The place of each of them among the others, where they did not come in the order of their keys.
    ranks: Vec<u64>,
}

impl<O> Loader<O> {
    pub(super) fn new(far: Far, plan: Box<dyn Plan<O>>) -> Self {
        Self {
            far,
            plan,
            groups: Groups::default(),
            lists: Vec::new(),
            members: Vec::new(),
            ranks: Vec::new(),
        }
    }
}

impl<O: Clone + Send + Sync + 'static> Loader<O> {
    async fn fetch(&mut self, handle: Handle<'_>, near: &dyn Keys) -> Result<()> {
        let Self { far, plan, groups, lists, members, ranks } = self;
        let (index, of_row) = Index::new(near, far.link.near)?;
        *groups = of_row;
        lists.resize_with(groups.count, Vec::new);
        let direct = !plan.loads();
        // A whole record has the key in it, unless it is in the join table.
        let appended = far.link.through.is_some() || !plan.is_whole();
        // The server need not sort what is mostly in the order of the key: it reads by that, or by an index of which it is the last part.
        let mut order = match far.link.target.integer_key() {
            Some(key) if !appended && far.rows.is_unordered() && (plan.sorts() || !direct) => {
                Some(Order::new(far.link.target, key, groups.count))
            }
            _ => None,
        };
        let batch = far.batch(handle.dialect());
        let mut from = 0;
        while from < groups.count {
            let to = groups.count.min(from + batch);
            let mut tree = Tree::new(far.link.target, far.rows.clone());
            plan.ask(&mut tree, 0);
            let outputs = tree.outputs.len();
            let through_outputs = far.link.through.map_or(0, |through| through.table.columns.len());
            plan.place_join_row(outputs);
            let with_join_row = plan.wants_join_row();
            let keys_at = outputs + if with_join_row { through_outputs } else { 0 };
            let keys_at = appended.then_some(keys_at);
            let number_at = match *far.link.far {
                [far] if index.is_of_numbers() && !appended => position(&tree, far),
                _ => None,
            };
            let order_at = order.as_ref().and_then(|order| position(&tree, order.column));
            let statement = tree::children(
                handle.dialect(),
                Children {
                    tree,
                    link: far.link,
                    through_filter: far.through.clone(),
                    through_outputs: if with_join_row { (0..through_outputs).collect() } else { Vec::new() },
                    keys: appended,
                    unordered: order.is_some(),
                    parents: index.values(from..to)?,
                },
            )?;
            let mut lists = Lists { lists: &mut *lists, run: Vec::new(), group: 0, grew: false };
            let mut sink = Members {
                far: &*far,
                index: &index,
                plan: &mut **plan,
                keys_at,
                number_at,
                order_at,
                lists: direct.then_some(&mut lists),
                members: &mut *members,
                last: None,
                order: order.as_mut(),
            };
            let statement_call = Call::rendered(Some(far.link.target), &statement);
            handle.run(&statement_call, &mut sink).await?;
            lists.end_run();
            if lists.grew {
                lists.lists.iter_mut().for_each(Vec::shrink_to_fit);
            }
            from = to;
        }
        if let Some(order) = order.filter(|order| order.is_broken) {
            if direct {
                lists.iter_mut().for_each(|list| plan.sort(list));
            } else {
                *ranks = order.ranks;
            }
        }
        if self.plan.loads() {
            self.plan.load(handle).await?;
        }
        Ok(())
    }

    /// Gives the far rows to their groups, where they had to be complete first.
    fn distribute(&mut self) -> Result<()> {
        let records = self.plan.finish()?;
        let members = std::mem::take(&mut self.members);
        let mut sizes = vec![0_usize; self.lists.len()];
        for &group in &members {
            sizes[group as usize] += 1;
        }
        for (list, size) in self.lists.iter_mut().zip(sizes) {
            list.reserve_exact(size);
        }
        let rows = records.into_iter().zip(members);
        let ranks = std::mem::take(&mut self.ranks);
        if ranks.is_empty() {
            rows.for_each(|(record, group)| self.lists[group as usize].push(record));
        } else {
            let mut rows: Vec<_> = ranks.into_iter().zip(rows).collect();
            rows.sort_by_key(|(rank, _)| *rank);
            rows.into_iter().for_each(|(_, (record, group))| self.lists[group as usize].push(record));
        }
        Ok(())
    }
}

impl<O: Clone + Send + Sync + 'static> Attach<Vec<O>> for Loader<O> {
    fn near(&self) -> &[usize] {
        self.far.link.near
    }

    fn ask(&mut self, tree: &mut Tree, node: usize) {
        self.narrow(filter_of(tree, node));
    }

    fn narrow(&self, filter: &mut Vec<Expr>) {
        self.far.narrow(filter, |conditions| self.plan.narrow(conditions));
    }

    fn loads(&self) -> bool {
        true
    }

    fn load<'a>(&'a mut self, handle: Handle<'a>, near: &'a dyn Keys) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.fetch(handle, near))
    }

    fn finish(&mut self) -> Result<Vec<Vec<O>>> {
        self.distribute()?;
        let lists = std::mem::take(&mut self.lists);
        Ok(self.groups.hand_out(lists))
    }
}

/// Reads far rows and finds out whose they are.
struct Members<'s, 'k, O> {
    far: &'s Far,
    index: &'s Index<'k>,
    plan: &'s mut dyn Plan<O>,
    keys_at: Option<usize>,
    /// Where the key stands among the cells of a whole record, if it is one integer.
    number_at: Option<usize>,
    /// Where the column stands that `order` looks at.
    order_at: Option<usize>,
    /// Where the rows go at once. Where they are not complete yet, only their groups are noted.
    lists: Option<&'s mut Lists<'k, O>>,
    members: &'s mut Vec<u32>,
    /// The group of the row before.
    last: Option<u32>,
    /// Where the server was not asked to sort.
    order: Option<&'s mut Order>,
}

/// Whether the far rows of each near row come in the order of their keys.
struct Order {
    /// The key's column.
    column: usize,
    /// The least integer that it may have, which is of rank 0.
    least: i128,
    /// The place of the last row of each group.
    last: Vec<u64>,
    /// The places of all rows among each other, where they are handed out in the end.
    ranks: Vec<u64>,
    is_broken: bool,
}

impl Order {
    fn new(table: &Table, column: usize, groups: usize) -> Self {
        let signed = matches!(table.columns[column].data_type, DataType::Integer { signed: true, .. });
        let least = if signed { i64::MIN.into() } else { 0 };
        Self { column, least, last: vec![0; groups], ranks: Vec::new(), is_broken: false }
    }

    /// Looks at the key of the last row that was read, which is asked of its record where it is not known, and gives its rank.
    fn see(&mut self, group: u32, key: Option<i128>, rows: &dyn Keys) -> u64 {
        let number = key.or_else(|| {
            let mut key = Ok(Value::Null);
            rows.key(rows.count() - 1, self.column, &mut key);
            key.ok()?.as_integer()
        });
        let now = number.and_then(|number| u64::try_from(number - self.least).ok()).unwrap_or(0);
        let before = std::mem::replace(&mut self.last[group as usize], now);
        self.is_broken |= before > now;
        now
    }
}

impl<O: Send> RowSink for Members<'_, '_, O> {
    fn row(&mut self, cells: &mut dyn Cells) -> Result<Flow> {
        // Integers are looked at before they are read: afterwards they would have to be asked of the record.
        let number = self.number_at.and_then(|at| cells.integer(at));
        let key = self.order_at.and_then(|at| cells.integer(at));
        self.plan.row(cells)?;
        let group = match self.keys_at {
            Some(at) => self.far.group_of_cells(self.index, cells, at, self.last)?,
            None => self.far.group_of_last(self.index, number, self.plan, self.last)?,
        };
        self.last = Some(group);
        if let Some(order) = &mut self.order {
            let rank = order.see(group, key, self.plan);
            if self.lists.is_none() {
                order.ranks.push(rank);
            }
        }
        match &mut self.lists {
            Some(lists) => {
                if let Some(record) = self.plan.take_last()? {
                    lists.push(group, record);
                }
            }
            None => self.members.push(group),
        }
        Ok(Flow::Continue)
    }
}

/// Lists that grow by runs: the far rows of one near row mostly come one after the other, so that a list gets the room that it needs at once.
struct Lists<'s, O> {
    lists: &'s mut Vec<Vec<O>>,
    run: Vec<O>,
    group: u32,
    /// Whether a list has grown by more than one run, so that it may have room to spare.
    grew: bool,
}

impl<O> Lists<'_, O> {
    fn push(&mut self, group: u32, record: O) {
        if group != self.group {
            self.end_run();
            self.group = group;
        }
        self.run.push(record);
    }

    fn end_run(&mut self) {
        if !self.run.is_empty() {
            let list = &mut self.lists[self.group as usize];
            // One that grows by several runs may grow by many.
            if list.is_empty() {
                list.reserve_exact(self.run.len());
            } else {
                self.grew = true;
            }
            list.append(&mut self.run);
        }
    }
}

/// How many far rows each near row has.
pub(super) struct Counter {
    far: Far,
    groups: Groups,
    counts: Vec<u64>,
}

impl Counter {
    pub(super) fn new(far: Far) -> Self {
        Self { far, groups: Groups::default(), counts: Vec::new() }
    }

    async fn fetch(&mut self, handle: Handle<'_>, near: &dyn Keys) -> Result<()> {
        let Self { far, groups, counts } = self;
        let (index, of_row) = Index::new(near, far.link.near)?;
        *groups = of_row;
        *counts = vec![0; groups.count];
        let batch = far.batch(handle.dialect());
        let mut from = 0;
        while from < groups.count {
            let to = groups.count.min(from + batch);
            let parents = index.values(from..to)?;
            let statement = tree::count_children(
                handle.dialect(),
                far.link,
                far.rows.filter.clone(),
                far.through.clone(),
                parents,
            )?;
            let call = Call::rendered(Some(far.link.target), &statement);
            let mut sink = Counts { far: &*far, index: &index, counts: &mut *counts };
            handle.run(&call, &mut sink).await?;
            from = to;
        }
        Ok(())
    }
}

struct Counts<'s, 'k> {
    far: &'s Far,
    index: &'s Index<'k>,
    counts: &'s mut Vec<u64>,
}

impl RowSink for Counts<'_, '_> {
    fn row(&mut self, cells: &mut dyn Cells) -> Result<Flow> {
        const COUNT: ColumnDef =
            ColumnDef::new("", "count", "count", DataType::Integer { bits: 64, signed: false }, false);
        let width = self.far.link.near.len();
        let group = self.far.group_of_cells(self.index, cells, 0, None)?;
        self.counts[group as usize] = types::decode(cells.take(width), &COUNT)?;
        Ok(Flow::Continue)
    }
}

impl Attach<u64> for Counter {
    fn near(&self) -> &[usize] {
        self.far.link.near
    }

    fn ask(&mut self, tree: &mut Tree, node: usize) {
        self.narrow(filter_of(tree, node));
    }

    fn narrow(&self, filter: &mut Vec<Expr>) {
        self.far.narrow(filter, |_| ());
    }

    fn loads(&self) -> bool {
        true
    }

    fn load<'a>(&'a mut self, handle: Handle<'a>, near: &'a dyn Keys) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.fetch(handle, near))
    }

    fn finish(&mut self) -> Result<Vec<u64>> {
        let counts = std::mem::take(&mut self.counts);
        Ok(self.groups.hand_out(counts))
    }
}
