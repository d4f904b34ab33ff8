//! Typed assignments.

use std::marker::PhantomData;

use crate::error::Result;
use crate::value::Value;

/// How a column gets its new value.
#[derive(Debug)]
pub(crate) enum Change {
    /// It is this.
    Set(Value<'static>),
    /// It is the old one plus (`+`) or minus (`-`) this, reckoned by the database.
    Arithmetic(char, Value<'static>),
}

/// One assignment to a column of the model `M`: `Note::TITLE.set("x")`, `Note::VIEWS.increment(1)`.
#[derive(Debug)]
#[must_use = "an assignment does nothing until it is given to `update`"]
pub struct Assignment<M> {
    pub(crate) column: usize,
    pub(crate) change: Result<Change>,
    model: PhantomData<fn() -> M>,
}

impl<M> Assignment<M> {
    pub(super) fn set(column: usize, value: Result<Value<'static>>) -> Self {
        Self { column, change: value.map(Change::Set), model: PhantomData }
    }

    pub(super) fn arithmetic(column: usize, op: char, value: Result<Value<'static>>) -> Self {
        Self { column, change: value.map(|value| Change::Arithmetic(op, value)), model: PhantomData }
    }
}

/// What `update` takes: one assignment, a tuple or a `Vec` of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an assignment to `{M}`",
    label = "expected `{M}::COLUMN.set(..)`, a tuple or a Vec of such"
)]
pub trait Assignments<M> {
    /// The assignments, added to those that are there.
    #[doc(hidden)]
    fn add_to(self, list: &mut Vec<Assignment<M>>);
}

impl<M> Assignments<M> for Assignment<M> {
    fn add_to(self, list: &mut Vec<Assignment<M>>) {
        list.push(self);
    }
}

impl<M, A: Assignments<M>> Assignments<M> for Vec<A> {
    fn add_to(self, list: &mut Vec<Assignment<M>>) {
        for assignment in self {
            assignment.add_to(list);
        }
    }
}

macro_rules! tuple {
    ($($type:ident $n:tt),+) => {
        impl<M, $($type: Assignments<M>),+> Assignments<M> for ($($type,)+) {
            fn add_to(self, list: &mut Vec<Assignment<M>>) {
                $(self.$n.add_to(list);)+
            }
        }
    };
}

tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
