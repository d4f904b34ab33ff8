//! What can be asked of columns whose values have an order: all but JSON.

use super::{Column, condition};
use crate::model::{Expr, Model};
use crate::sql::{Compare, Expr as Node};
use crate::types::family::Ordered;
use crate::types::{ColumnType, IntoValue};

/// Comparisons that need an order. On a type without one the compiler says so.
impl<M: Model, T: ColumnType> Column<M, T> {
    /// `column > value`.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let wanted = Book::find().filter(Book::LOANS.gt(3));
    /// ```
    #[doc(alias = "Op.gt")]
    pub fn gt(self, value: impl IntoValue<T>) -> Expr<M>
    where
        T::Family: Ordered,
    {
        self.compare(Compare::Greater, value)
    }

    /// `column >= value`.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let wanted = Book::find().filter(Book::LOANS.ge(3));
    /// ```
    #[doc(alias = "Op.gte")]
    pub fn ge(self, value: impl IntoValue<T>) -> Expr<M>
    where
        T::Family: Ordered,
    {
        self.compare(Compare::GreaterOrEqual, value)
    }

    /// `column < value`.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let wanted = Book::find().filter(Book::LOANS.lt(3));
    /// ```
    #[doc(alias = "Op.lt")]
    pub fn lt(self, value: impl IntoValue<T>) -> Expr<M>
    where
        T::Family: Ordered,
    {
        self.compare(Compare::Less, value)
    }

    /// `column <= value`.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let wanted = Book::find().filter(Book::LOANS.le(3));
    /// ```
    #[doc(alias = "Op.lte")]
    pub fn le(self, value: impl IntoValue<T>) -> Expr<M>
    where
        T::Family: Ordered,
    {
        self.compare(Compare::LessOrEqual, value)
    }

    /// `column BETWEEN low AND high`, both included.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let wanted = Book::find().filter(Book::LOANS.between(3, 6));
    /// ```
    #[doc(alias = "Op.between")]
    pub fn between(self, low: impl IntoValue<T>, high: impl IntoValue<T>) -> Expr<M>
    where
        T::Family: Ordered,
    {
        self.range(low.into_value(self.def()), high.into_value(self.def()), false)
    }

    /// `column NOT BETWEEN low AND high`.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let wanted = Book::find().filter(Book::LOANS.not_between(3, 6));
    /// ```
    #[doc(alias = "Op.notBetween")]
    pub fn not_between(self, low: impl IntoValue<T>, high: impl IntoValue<T>) -> Expr<M>
    where
        T::Family: Ordered,
    {
        self.range(low.into_value(self.def()), high.into_value(self.def()), true)
    }

    fn range(
        self,
        low: crate::Result<crate::value::Value<'static>>,
        high: crate::Result<crate::value::Value<'static>>,
        negated: bool,
    ) -> Expr<M> {
        let bounds = low.and_then(|low| high.map(|high| (low, high)));
        condition(bounds, |(low, high)| Node::Between { column: self.def(), low, high, negated })
    }
}
