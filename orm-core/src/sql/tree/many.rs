//! The rows at the far end of an association, for many rows at its near end.

use super::{Nodes, Tree, limited};
use crate::error::Result;
use crate::schema::ColumnDef;
use crate::sql::{Dialect, Expr, Link, OrderTerm, Place, Rendered, Writer};
use crate::value::Value;

/// The far rows of many near rows.
///
/// The cells are the tree's outputs, then those of the join table, then (if `keys`) the columns by which a row finds its
/// parent. The rows of one parent come in their order; those of several may come mixed.
#[derive(Debug, Clone)]
pub struct Children {
    /// The far rows, with what is joined to them. Limit and offset are for each parent.
    pub tree: Tree,
    /// The association. Its target is the tree's table.
    pub link: Link,
    /// Which rows of the join table.
    pub through_filter: Vec<Expr>,
    /// Positions of columns of the join table to be read.
    pub through_outputs: Vec<usize>,
    /// Whether the columns are read that hold the near key: those of the join table, or of the far row.
    pub keys: bool,
    /// Whether the caller sees to the order, so that the server need not sort. Where there is a limit it has to.
    pub unordered: bool,
    /// The near keys, in the order of [`Link::near`]; each once. Those with a NULL in them have no far rows, and are not sent.
    pub parents: Vec<Vec<Value<'static>>>,
}

/// Which parents a SELECT is about.
pub(super) enum Group {
    /// Those of these keys.
    Among(Vec<Vec<Value<'static>>>),
    /// The one in this place of an outer SELECT.
    Of(Place),
}

/// A column to order by, of this place.
pub(super) type Sort = (Place, OrderTerm);

/// The tables of one SELECT, with their places.
pub(super) struct Tables {
    pub(super) nodes: Nodes,
    /// Of the far rows.
    pub(super) root: Place,
    /// Of the columns that hold the near key: the join table, or the far rows.
    pub(super) pair: Place,
}

impl Tables {
    pub(super) fn new(writer: &mut Writer<'_>, children: &Children, several: bool) -> Self {
        let mut nodes = Nodes::new(children.tree.joins.clone(), false);
        let several = several
            || !nodes.is_empty()
            || children.link.through.is_some()
            || children.tree.rows.has_subquery()
            || children.through_filter.iter().any(Expr::has_subquery);
        let root = if several { writer.enter(children.tree.table) } else { Place::Only };
        let pair = if children.link.through.is_some() { writer.alias() } else { root };
        nodes.give_places(writer, root);
        Self { nodes, root, pair }
    }
}

impl Children {
    /// The columns by which a row finds its parent.
    pub(super) fn group(&self) -> Vec<&'static ColumnDef> {
        match &self.link.through {
            Some(through) => through.near_columns().collect(),
            None => self.link.far_columns().collect(),
        }
    }

    /// All cells of a row.
    pub(super) fn cells(&self, tables: &Tables) -> Vec<(Place, &'static ColumnDef)> {
        let outputs = self.tree.outputs.iter().map(|output| (tables.nodes.place(output.node), output.column));
        let mut cells: Vec<_> = outputs.collect();
        if let Some(through) = &self.link.through {
            cells.extend(self.through_outputs.iter().map(|&n| (tables.pair, &through.table.columns[n])));
        }
        if self.keys {
            cells.extend(self.group().into_iter().map(|column| (tables.pair, column)));
        }
        cells
    }

    /// The order, down to the key, so that it is the same each time. Within one parent there is no need to order by parent.
    pub(super) fn sorts(&self, tables: &Tables, one_parent: bool) -> Vec<Sort> {
        let mut sorts: Vec<Sort> =
            self.tree.rows.order.iter().map(|term| (tables.root, term.clone())).collect();
        let mut by = |place: Place, column: &'static ColumnDef| {
            let same = |(other, term): &Sort| {
                *other == place && term.path.is_empty() && term.column.name == column.name
            };
            if !sorts.iter().any(same) {
                sorts.push((place, OrderTerm::of(column)));
            }
        };
        let plain = self.tree.rows.order.is_empty();
        if plain && !one_parent {
            // As an index over these columns has them.
            self.group().into_iter().for_each(|column| by(tables.pair, column));
        }
        match &self.link.through {
            // The same values, and beside the parent's in the index of the join table.
            Some(through) if plain && self.link.far == self.link.target.primary_key => {
                through.far_columns().for_each(|column| by(tables.pair, column));
            }
            _ => self.tree.table.key_columns().for_each(|column| by(tables.root, column)),
        }
        sorts
    }

    /// Adds FROM with its joins, and WHERE.
    pub(super) fn body(&self, writer: &mut Writer<'_>, tables: &mut Tables, group: Group) -> Result<()> {
        writer.push(" FROM ").table(self.tree.table, tables.root);
        if let Some(through) = &self.link.through {
            writer.push(" JOIN ").table(through.table, tables.pair).push(" ON ");
            writer.equal((tables.pair, through.far_columns()), (tables.root, self.link.far_columns()));
        }
        tables.nodes.write(writer)?;
        writer.push(" WHERE ");
        match group {
            Group::Among(keys) => {
                writer.look_in(tables.pair);
                writer.condition(among(self.group(), keys), true)?;
            }
            Group::Of(parent) => {
                let group = self.group().into_iter();
                writer.equal((tables.pair, group), (parent, self.link.near_columns()));
            }
        }
        writer.look_in(tables.root);
        writer.and(tables.pair, self.through_filter.clone())?;
        writer.and(tables.root, self.tree.rows.filter.clone())
    }
}

/// `SELECT` of the far rows of many near rows.
///
/// # Errors
/// Where a value did not encode or something is not possible on this database.
pub fn children(dialect: &dyn Dialect, mut children: Children) -> Result<Rendered> {
    let parents = without_nulls(std::mem::take(&mut children.parents));
    let paged = children.tree.rows.is_paged();
    if paged && parents.len() > 1 {
        return limited::select(dialect, &children, parents);
    }
    let mut writer = Writer::new(dialect);
    let mut tables = Tables::new(&mut writer, &children, false);
    writer.push("SELECT ");
    for (n, (place, column)) in children.cells(&tables).into_iter().enumerate() {
        writer.push(if n == 0 { "" } else { ", " }).column_of(place, column.name);
    }
    let sorts = if children.unordered && !paged { Vec::new() } else { children.sorts(&tables, paged) };
    children.body(&mut writer, &mut tables, Group::Among(parents))?;
    order(&mut writer, &sorts);
    writer.limit(children.tree.rows.limit, children.tree.rows.offset);
    writer.finish()
}

/// How many far rows many near rows have: the columns of the near key, then `COUNT(*)`. A near row that has none is not among them.
///
/// # Errors
/// As [`children`].
pub fn count_children(
    dialect: &dyn Dialect,
    link: Link,
    filter: Vec<Expr>,
    through_filter: Vec<Expr>,
    parents: Vec<Vec<Value<'static>>>,
) -> Result<Rendered> {
    let rows = crate::sql::Rows { filter, ..Default::default() };
    let tree = Tree { table: link.target, outputs: Vec::new(), joins: Vec::new(), rows };
    let children = Children {
        tree,
        link,
        through_filter,
        through_outputs: Vec::new(),
        keys: true,
        unordered: true,
        parents: Vec::new(),
    };
    let mut writer = Writer::new(dialect);
    let mut tables = Tables::new(&mut writer, &children, false);
    let before = writer.look_in(tables.pair);
    writer.push("SELECT ").columns(children.group()).push(", COUNT(*) AS ").name("count");
    writer.look_in(before);
    children.body(&mut writer, &mut tables, Group::Among(without_nulls(parents)))?;
    writer.look_in(tables.pair);
    writer.push(" GROUP BY ").columns(children.group());
    writer.finish()
}

pub(super) fn order(writer: &mut Writer<'_>, sorts: &[Sort]) {
    for (n, (place, term)) in sorts.iter().enumerate() {
        let before = writer.look_in(*place);
        writer.push(if n == 0 { " ORDER BY " } else { ", " });
        writer.order_term(term, |writer| writer.order_value(term));
        writer.look_in(before);
    }
}

/// The condition that these columns together are one of these keys.
pub(super) fn among(columns: Vec<&'static ColumnDef>, keys: Vec<Vec<Value<'static>>>) -> Expr {
    match columns[..] {
        [column] => Expr::In { column, values: keys.into_iter().flatten().collect(), negated: false },
        _ => Expr::InRows { columns, rows: keys },
    }
}

fn without_nulls(mut keys: Vec<Vec<Value<'static>>>) -> Vec<Vec<Value<'static>>> {
    keys.retain(|key| !key.iter().any(Value::is_null));
    keys
}
