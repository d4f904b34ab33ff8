//! The far rows of many near rows, a few for each: what is fastest on each database.

use super::many::{Children, Group, Sort, Tables, among, order};
use crate::error::Result;
use crate::schema::ColumnDef;
use crate::sql::{Dialect, PerParent, Place, Rendered, Writer};
use crate::value::Value;

/// Keys of parents.
type Keys = Vec<Vec<Value<'static>>>;

/// `SELECT` of the far rows of several near rows, with a limit or an offset for each.
pub(super) fn select(dialect: &dyn Dialect, children: &Children, parents: Keys) -> Result<Rendered> {
    match dialect.capabilities().per_parent {
        PerParent::Lateral => lateral(dialect, children, parents),
        PerParent::UnionAll => union_all(dialect, children, parents),
        PerParent::RowNumber => row_number(dialect, children, parents),
    }
}

/// The parents' table, and a subquery that is run for each of its rows.
fn lateral(dialect: &dyn Dialect, children: &Children, parents: Keys) -> Result<Rendered> {
    let mut writer = Writer::new(dialect);
    let mut tables = Tables::new(&mut writer, children, true);
    let (near, page) = (writer.alias(), writer.alias());
    let inner = Inner::new(children, &tables);
    outer_list(&mut writer, page, inner.shown);
    writer.push(" FROM ").table(children.link.source, near).push(" JOIN LATERAL (");
    inner.write(&mut writer, children, &mut tables, Group::Of(near))?;
    writer.push(") AS ").place(page).push(" ON TRUE WHERE ");
    writer.look_in(near);
    writer.condition(among(children.link.near_columns().collect(), parents), true)?;
    inner.outer_order(&mut writer, page);
    writer.finish()
}

/// A SELECT for each parent.
fn union_all(dialect: &dyn Dialect, children: &Children, parents: Keys) -> Result<Rendered> {
    let mut writer = Writer::new(dialect);
    let page = writer.alias();
    let number = parents.len();
    for (n, key) in parents.iter().enumerate() {
        writer.push(if n == 0 { "(" } else { " UNION ALL (" });
        // The aliases of one branch are unknown to the others.
        let (aliases, params) = (writer.aliases(), writer.values());
        let mut tables = Tables::new(&mut writer, children, true);
        let inner = Inner::new(children, &tables);
        inner.write(&mut writer, children, &mut tables, Group::Among(vec![key.clone()]))?;
        writer.forget_aliases(aliases).push(")");
        let most = dialect.capabilities().max_params;
        if n == 0 && (writer.values() - params).saturating_mul(number) > most {
            return row_number(dialect, children, parents);
        }
        if n + 1 == number {
            let branches = writer.take_text();
            outer_list(&mut writer, page, inner.shown);
            writer.push(" FROM (").push(&branches).push(") AS ").place(page);
            inner.outer_order(&mut writer, page);
        }
    }
    writer.finish()
}

/// One SELECT that numbers the rows of each parent, and one around it that takes those of the page.
fn row_number(dialect: &dyn Dialect, children: &Children, parents: Keys) -> Result<Rendered> {
    let mut writer = Writer::new(dialect);
    let mut tables = Tables::new(&mut writer, children, true);
    let page = writer.alias();
    let cells = children.cells(&tables);
    outer_list(&mut writer, page, cells.len());
    writer.push(" FROM (SELECT ");
    for (n, (place, column)) in cells.into_iter().enumerate() {
        writer.column_of(place, column.name).push(" AS ").name(&cell_name(n)).push(", ");
    }
    writer.push("ROW_NUMBER() OVER (PARTITION BY ");
    writer.look_in(tables.pair);
    writer.columns(children.group());
    order(&mut writer, &children.sorts(&tables, true));
    writer.push(") AS ").name("n");
    children.body(&mut writer, &mut tables, Group::Among(parents))?;
    writer.push(") AS ").place(page).push(" WHERE ");
    let rows = &children.tree.rows;
    let first = rows.offset.unwrap_or(0);
    writer.column_of(page, "n").push(" > ").number(first);
    if let Some(limit) = rows.limit {
        writer.push(" AND ").column_of(page, "n").push(" <= ").number(first.saturating_add(limit));
    }
    writer.push(" ORDER BY ").column_of(page, "n");
    writer.finish()
}

/// A SELECT whose cells have names, so that one around it can read them and order by them.
struct Inner {
    cells: Vec<(Place, &'static ColumnDef)>,
    /// So many of the cells are handed on.
    shown: usize,
    /// The order, each term with the number of the cell that has its value; further ones for those that no cell has.
    sorts: Vec<(usize, Sort)>,
}

impl Inner {
    fn new(children: &Children, tables: &Tables) -> Self {
        let cells = children.cells(tables);
        let shown = cells.len();
        let mut next = shown..;
        let sorts = children.sorts(tables, true).into_iter().map(|(place, term)| {
            let cell = cells.iter().position(|(other, column)| {
                *other == place && term.path.is_empty() && column.name == term.column.name
            });
            (cell.or_else(|| next.next()).unwrap_or(shown), (place, term))
        });
        let sorts = sorts.collect();
        Self { cells, shown, sorts }
    }

    fn write(
        &self,
        writer: &mut Writer<'_>,
        children: &Children,
        tables: &mut Tables,
        group: Group,
    ) -> Result<()> {
        writer.push("SELECT ");
        for (n, (place, column)) in self.cells.iter().enumerate() {
            writer.push(if n == 0 { "" } else { ", " }).column_of(*place, column.name);
            writer.push(" AS ").name(&cell_name(n));
        }
        for (n, (place, term)) in self.sorts.iter().filter(|(n, _)| *n >= self.shown) {
            writer.push(if *n == 0 { "" } else { ", " });
            let before = writer.look_in(*place);
            writer.order_value(term);
            writer.look_in(before);
            writer.push(" AS ").name(&cell_name(*n));
        }
        let sorts: Vec<Sort> = self.sorts.iter().map(|(_, sort)| sort.clone()).collect();
        children.body(writer, tables, group)?;
        order(writer, &sorts);
        writer.limit(children.tree.rows.limit, children.tree.rows.offset);
        Ok(())
    }

    fn outer_order(&self, writer: &mut Writer<'_>, page: Place) {
        for (n, (cell, (_, term))) in self.sorts.iter().enumerate() {
            writer.push(if n == 0 { " ORDER BY " } else { ", " });
            writer.order_term(term, |writer| {
                writer.column_of(page, &cell_name(*cell));
            });
        }
    }
}

/// Adds `SELECT` of the cells of a subquery.
fn outer_list(writer: &mut Writer<'_>, page: Place, cells: usize) {
    writer.push("SELECT ");
    for n in 0..cells {
        writer.push(if n == 0 { "" } else { ", " }).column_of(page, &cell_name(n));
    }
}

/// The name of a cell of a subquery.
fn cell_name(n: usize) -> String {
    format!("c{}", n + 1)
}
