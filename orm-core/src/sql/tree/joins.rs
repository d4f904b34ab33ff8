//! The joins of a tree.

use super::Join;
use crate::error::Result;
use crate::sql::{Place, Writer};

/// The tables of a tree, each with its place.
#[derive(Debug, Clone)]
pub(super) struct Nodes {
    joins: Vec<Join>,
    /// Which of them are written.
    used: Vec<bool>,
    /// Node 0 is the root.
    places: Vec<Place>,
}

impl Nodes {
    /// All joins; of `narrowing` ones those alone that can leave out rows of the root.
    pub(super) fn new(joins: Vec<Join>, narrowing: bool) -> Self {
        let mut used: Vec<bool> = Vec::with_capacity(joins.len());
        for join in &joins {
            let parent = join.parent.checked_sub(1).is_none_or(|parent| used[parent]);
            used.push(!narrowing || (join.required && parent));
        }
        Self { joins, used, places: Vec::new() }
    }

    /// Whether nothing is joined.
    pub(super) fn is_empty(&self) -> bool {
        !self.used.contains(&true)
    }

    /// Gives each table that is joined an alias.
    pub(super) fn give_places(&mut self, writer: &mut Writer<'_>, root: Place) {
        self.places = vec![root];
        for used in &self.used {
            self.places.push(if *used { writer.alias() } else { Place::Only });
        }
    }

    /// Where the columns of a node are.
    pub(super) fn place(&self, node: usize) -> Place {
        self.places[node]
    }

    /// Adds the joins to a FROM that names the root.
    pub(super) fn write(&mut self, writer: &mut Writer<'_>) -> Result<()> {
        self.below(writer, 0, true)?;
        self.below(writer, 0, false)
    }

    /// Adds what hangs on this node and is required, or is not.
    fn below(&mut self, writer: &mut Writer<'_>, node: usize, required: bool) -> Result<()> {
        for n in 0..self.joins.len() {
            if self.used[n] && self.joins[n].parent == node && self.joins[n].required == required {
                self.join(writer, n)?;
            }
        }
        Ok(())
    }

    fn join(&mut self, writer: &mut Writer<'_>, n: usize) -> Result<()> {
        let (required, node) = (self.joins[n].required, n + 1);
        // What is required below it must not leave out more than its own row.
        let nested = !required && self.joins.iter().any(|other| other.parent == node && other.required);
        writer.push(if required { " JOIN " } else { " LEFT JOIN " }).push(if nested { "(" } else { "" });
        writer.table(self.joins[n].link.target, self.places[node]);
        if nested {
            self.below(writer, node, true)?;
            writer.push(")");
        }
        writer.push(" ON ");
        self.condition(writer, n)?;
        if !nested {
            self.below(writer, node, true)?;
        }
        self.below(writer, node, false)
    }

    /// Adds the condition of a join.
    fn condition(&mut self, writer: &mut Writer<'_>, n: usize) -> Result<()> {
        let join = &mut self.joins[n];
        let (link, filter) = (join.link, std::mem::take(&mut join.filter));
        let (near, far) = (self.places[join.parent], self.places[n + 1]);
        writer.equal((far, link.far_columns()), (near, link.near_columns()));
        let Some(order) = join.first.take().filter(|_| !link.is_unique()) else {
            return writer.and_on(far, filter);
        };
        let candidate = writer.alias();
        let composite = link.target.primary_key.len() > 1;
        let before = writer.look_in(far);
        writer.push(if composite { " AND (" } else { " AND " }).columns(link.target.key_columns());
        writer.push(if composite { ") = (SELECT " } else { " = (SELECT " });
        writer.look_in(candidate);
        writer.columns(link.target.key_columns()).push(" FROM ").table(link.target, candidate);
        writer.push(" WHERE ").equal((candidate, link.far_columns()), (near, link.near_columns()));
        writer.and(candidate, filter)?;
        writer.order(&order).push(if order.is_empty() { " ORDER BY " } else { ", " });
        writer.columns(link.target.key_columns()).push(" LIMIT 1)");
        writer.look_in(before);
        Ok(())
    }
}
