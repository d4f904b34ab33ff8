//! To-one includes, which ride in the statement of the near rows.

use std::marker::PhantomData;

use super::attach::Attach;
use crate::db::Handle;
use crate::driver::{BoxFuture, Cells};
use crate::error::{Error, Mismatch, Result};
use crate::model::{Exactly, Maybe, Needed, Shape};
use crate::query::{Keys, Plan};
use crate::sql::tree::{Join, Output, Tree};
use crate::sql::{Expr, Link, OrderTerm, Test};

/// The result of an association to one record, made of the record or of its absence.
#[doc(hidden)]
pub trait ToOne: Shape {
    /// The result; `None` where the record had to be there.
    fn one<O: Clone + Send + Sync + 'static>(record: Option<O>) -> Option<Self::Of<O>>;
}

impl ToOne for Maybe {
    fn one<O: Clone + Send + Sync + 'static>(record: Option<O>) -> Option<Option<O>> {
        Some(record)
    }
}

impl ToOne for Exactly {
    fn one<O: Clone + Send + Sync + 'static>(record: Option<O>) -> Option<O> {
        record
    }
}

impl ToOne for Needed {
    fn one<O: Clone + Send + Sync + 'static>(record: Option<O>) -> Option<O> {
        record
    }
}

/// The record of a to-one association, joined.
pub(super) struct Joined<O, S> {
    pub(super) link: Link,
    pub(super) plan: Box<dyn Plan<O>>,
    pub(super) filter: Vec<Expr>,
    pub(super) required: bool,
    /// Where there may be several, the order in which the first is taken.
    pub(super) first: Option<Vec<OrderTerm>>,
    /// Where a column of the far key stands, which is NULL where there is no row.
    key_at: usize,
    present: Vec<bool>,
    shape: PhantomData<fn() -> S>,
}

impl<O, S> Joined<O, S> {
    pub(super) fn new(
        link: Link,
        plan: Box<dyn Plan<O>>,
        filter: Vec<Expr>,
        required: bool,
        first: Option<Vec<OrderTerm>>,
    ) -> Self {
        Self { link, plan, filter, required, first, key_at: 0, present: Vec::new(), shape: PhantomData }
    }

    /// The conditions on the far row, those of its own includes among them.
    fn conditions(&self) -> Vec<Expr> {
        let mut filter = self.filter.clone();
        self.plan.narrow(&mut filter);
        filter
    }
}

/// That there is such a far row.
pub(super) fn exists(link: Link, filter: Vec<Expr>, through: Vec<Expr>) -> Expr {
    Expr::Related { link, test: Test::Any, filter, through }
}

impl<O: Clone + Send + Sync + 'static, S: ToOne> Attach<S::Of<O>> for Joined<O, S> {
    fn ask(&mut self, tree: &mut Tree, node: usize) {
        // Below a row that may be missing nothing can be inner joined: there the near row counts only where this one exists.
        let inner = self.required && (node == 0 || tree.joins[node - 1].required);
        if self.required && !inner {
            let condition = exists(self.link, self.conditions(), Vec::new());
            tree.joins[node - 1].filter.push(condition);
        }
        tree.joins.push(Join {
            parent: node,
            link: self.link,
            required: inner,
            filter: self.filter.clone(),
            first: self.first.clone(),
        });
        let node = tree.joins.len();
        let start = tree.outputs.len();
        self.plan.ask(tree, node);
        let key = self.link.target.primary_key[0];
        self.key_at = if self.plan.is_whole() {
            start + key
        } else {
            tree.outputs.push(Output { node, column: &self.link.target.columns[key] });
            tree.outputs.len() - 1
        };
    }

    fn narrow(&self, filter: &mut Vec<Expr>) {
        if self.required {
            filter.push(exists(self.link, self.conditions(), Vec::new()));
        }
    }

    fn row(&mut self, cells: &mut dyn Cells) -> Result<()> {
        let present = !cells.is_null(self.key_at);
        self.present.push(present);
        if present { self.plan.row(cells) } else { Ok(()) }
    }

    fn loads(&self) -> bool {
        self.plan.loads()
    }

    fn load<'a>(&'a mut self, handle: Handle<'a>, _near: &'a dyn Keys) -> BoxFuture<'a, Result<()>> {
        self.plan.load(handle)
    }

    fn finish(&mut self) -> Result<Vec<S::Of<O>>> {
        let mut records = self.plan.finish()?.into_iter();
        std::mem::take(&mut self.present)
            .into_iter()
            .map(|present| {
                let record = if present { records.next() } else { None };
                S::one(record).ok_or_else(|| missing(&self.link))
            })
            .collect()
    }
}

/// The error of a required record that is not there.
pub(super) fn missing(link: &Link) -> Error {
    let near = link.near.first().map_or("", |&n| link.source.columns[n].name);
    let found = Mismatch::new(format!("the row of {:?} that it refers to", link.target.name), "no such row");
    Error::Decode(found.at(link.source.name, near))
}
