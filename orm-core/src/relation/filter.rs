//! Conditions on what an association leads to.

use super::association::{Association, Kind};
use crate::model::{Expr, Model};
use crate::sql::{Expr as Node, Test};

impl<M: Model, T: Model, K: Kind> Association<M, T, K> {
    fn test(self, test: Test, condition: Expr<T>) -> Expr<M> {
        let filter = vec![condition.into_node()];
        Expr::from_node(Node::Related { link: self.link(), test, filter, through: Vec::new() })
    }

    /// Whether any record of it meets the condition: `EXISTS (SELECT 1 ..)`.
    #[doc(alias = "some")]
    pub fn any(self, condition: Expr<T>) -> Expr<M> {
        self.test(Test::Any, condition)
    }

    /// Whether none of its records meets the condition: `NOT EXISTS (SELECT 1 ..)`.
    pub fn none(self, condition: Expr<T>) -> Expr<M> {
        self.test(Test::None, condition)
    }

    /// Whether all of its records meet the condition, as they do where there are none. A record for which the condition is neither true
    /// nor false, because of a NULL, does not meet it: `NOT EXISTS (SELECT 1 .. AND (condition) IS NOT TRUE)`.
    pub fn every(self, condition: Expr<T>) -> Expr<M> {
        self.test(Test::Every, condition)
    }
}
