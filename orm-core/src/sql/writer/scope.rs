//! Where names are looked up: tables and their aliases, and what reaches into other tables.

use super::Writer;
use crate::error::Result;
use crate::schema::{ColumnDef, Table};
use crate::sql::{Expr, Link, OrderTerm, Test};

/// Where a column is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the only table of the statement: names stand alone.
    Only,
    /// In the table of this name.
    Table(&'static str),
    /// In the table or subquery with this number: `t1`.
    Alias(usize),
}

impl Writer<'_> {
    /// From here on there is more than one table: columns are those of `table`, under its own name.
    pub fn enter(&mut self, table: &Table) -> Place {
        self.root = table.name;
        self.at = Place::Table(table.name);
        self.at
    }

    /// An alias that the statement does not have yet.
    pub fn alias(&mut self) -> Place {
        loop {
            self.aliases += 1;
            // The root goes by its own name, which may be an alias's: the databases differ in whether case matters.
            if !self.root.eq_ignore_ascii_case(&format!("t{}", self.aliases)) {
                return Place::Alias(self.aliases);
            }
        }
    }

    /// How many aliases were given.
    pub fn aliases(&self) -> usize {
        self.aliases
    }

    /// Gives aliases again from this number on: where those given since cannot be seen any more.
    pub fn forget_aliases(&mut self, from: usize) -> &mut Self {
        self.aliases = from;
        self
    }

    /// Looks columns up there, and tells where they were looked up before.
    pub fn look_in(&mut self, place: Place) -> Place {
        std::mem::replace(&mut self.at, place)
    }

    /// Adds the name of a place, which is not [`Place::Only`].
    pub fn place(&mut self, place: Place) -> &mut Self {
        match place {
            Place::Only => self,
            Place::Table(name) => self.name(name),
            Place::Alias(number) => self.name(&format!("t{number}")),
        }
    }

    /// Adds a table of FROM, under the name that its place gives it.
    pub fn table(&mut self, table: &Table, place: Place) -> &mut Self {
        self.name(table.name);
        if let Place::Alias(_) = place {
            self.push(" AS ").place(place);
        }
        self
    }

    /// Adds a column.
    pub fn column(&mut self, column: &ColumnDef) -> &mut Self {
        self.column_of(self.at, column.name)
    }

    /// Adds columns with commas between.
    pub fn columns<'c>(&mut self, columns: impl IntoIterator<Item = &'c ColumnDef>) -> &mut Self {
        for (n, column) in columns.into_iter().enumerate() {
            self.push(if n == 0 { "" } else { ", " }).column(column);
        }
        self
    }

    /// Adds a column of this place.
    pub fn column_of(&mut self, place: Place, name: &str) -> &mut Self {
        if place != Place::Only {
            self.place(place).push(".");
        }
        self.name(name)
    }

    /// Adds `left.a = right.b AND ..`.
    pub fn equal(
        &mut self,
        (left, left_columns): (Place, impl Iterator<Item = &'static ColumnDef>),
        (right, right_columns): (Place, impl Iterator<Item = &'static ColumnDef>),
    ) -> &mut Self {
        for (n, (one, other)) in left_columns.zip(right_columns).enumerate() {
            self.push(if n == 0 { "" } else { " AND " });
            self.column_of(left, one.name).push(" = ").column_of(right, other.name);
        }
        self
    }

    /// Adds ` AND ..` for each condition on the row of this place.
    pub fn and(&mut self, place: Place, conditions: Vec<Expr>) -> Result<()> {
        let before = self.look_in(place);
        for condition in conditions {
            self.push(" AND ");
            self.condition(condition, true)?;
        }
        self.at = before;
        Ok(())
    }

    /// The same in the condition of an outer join. MySQL 9.7 makes a join of an EXISTS there, and has been seen to lose the conditions inside
    /// of it; a scalar subquery stays what it is.
    ///
    /// # Errors
    /// As [`Writer::and`].
    pub fn and_on(&mut self, place: Place, conditions: Vec<Expr>) -> Result<()> {
        let before = std::mem::replace(&mut self.scalar, true);
        let done = self.and(place, conditions);
        self.scalar = before;
        done
    }

    /// Where the row is that a subquery reaches out to.
    fn near(&self, link: &Link) -> Place {
        match self.at {
            Place::Only => Place::Table(link.source.name),
            place => place,
        }
    }

    /// Adds the condition on the rows at the other end of an association.
    pub(super) fn related(
        &mut self,
        link: &Link,
        test: Test,
        filter: Vec<Expr>,
        through: Vec<Expr>,
    ) -> Result<()> {
        let near = self.near(link);
        let scalar = self.scalar || !self.dialect.capabilities().sound_exists;
        self.push(match (scalar, test) {
            (true, _) => "(SELECT 1 FROM ",
            (false, Test::Any) => "EXISTS (SELECT 1 FROM ",
            (false, _) => "NOT EXISTS (SELECT 1 FROM ",
        });
        let far = if let Some(join) = &link.through {
            let (pair, far) = (self.alias(), self.alias());
            self.table(join.table, pair).push(" JOIN ").table(link.target, far).push(" ON ");
            self.equal((far, link.far_columns()), (pair, join.far_columns())).push(" WHERE ");
            self.equal((pair, join.near_columns()), (near, link.near_columns()));
            self.and(pair, through)?;
            far
        } else {
            let far = self.alias();
            self.table(link.target, far).push(" WHERE ");
            self.equal((far, link.far_columns()), (near, link.near_columns()));
            far
        };
        if test == Test::Every {
            // Not `NOT (..)`, which a row would pass whose condition is NULL.
            let before = self.look_in(far);
            self.push(" AND (");
            self.condition(Expr::And(filter), false)?;
            self.push(") IS NOT TRUE");
            self.at = before;
        } else {
            self.and(far, filter)?;
        }
        self.push(match (scalar, test) {
            (false, _) => ")",
            (true, Test::Any) => " LIMIT 1) IS NOT NULL",
            (true, _) => " LIMIT 1) IS NULL",
        });
        Ok(())
    }

    /// Adds ` ORDER BY ..` where there is an order.
    pub fn order(&mut self, order: &[OrderTerm]) -> &mut Self {
        for (n, term) in order.iter().enumerate() {
            self.push(if n == 0 { " ORDER BY " } else { ", " });
            self.order_term(term, |writer| writer.order_value(term));
        }
        self
    }

    /// Adds one term of an order over a value that is written as told.
    pub fn order_term(&mut self, term: &OrderTerm, value: impl Fn(&mut Self)) {
        if let Some(last) = term.nulls_last {
            value(self);
            self.push(if last { " IS NULL, " } else { " IS NOT NULL, " });
        }
        value(self);
        if term.descending {
            self.push(" DESC");
        }
    }

    /// Adds what a term orders by: a column of the row, or one of a row at the end of its path.
    pub fn order_value(&mut self, term: &OrderTerm) {
        let Some((first, further)) = term.path.split_first() else {
            self.column(term.column);
            return;
        };
        let near = self.near(first);
        let hops: Vec<(Place, &Link)> = term.path.iter().map(|link| (self.alias(), link)).collect();
        let last = hops.last().map_or(near, |(place, _)| *place);
        self.push("(SELECT ").column_of(last, term.column.name).push(" FROM ");
        self.table(first.target, hops[0].0);
        for (link, pair) in further.iter().zip(hops.windows(2)) {
            self.push(" JOIN ").table(link.target, pair[1].0).push(" ON ");
            self.equal((pair[1].0, link.far_columns()), (pair[0].0, link.near_columns()));
        }
        self.push(" WHERE ").equal((hops[0].0, first.far_columns()), (near, first.near_columns()));
        if hops.iter().any(|(_, link)| !link.is_unique()) {
            self.push(" ORDER BY ");
            for (n, (place, link)) in hops.iter().enumerate() {
                let before = self.look_in(*place);
                self.push(if n == 0 { "" } else { ", " }).columns(link.target.key_columns());
                self.at = before;
            }
            self.push(" LIMIT 1");
        }
        self.push(")");
    }
}
