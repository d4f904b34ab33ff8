//! What can be asked of text columns.

use super::Column;
use crate::model::{Expr, Model};
use crate::sql::{Expr as Node, Match};
use crate::types::ColumnType;
use crate::types::family::Textual;

/// What can be asked of text.
impl<M: Model, T: ColumnType> Column<M, T> {
    /// `column LIKE pattern`: `%` stands for any text and `_` for any character; a backslash takes the sign after it literally.
    /// Ignores case unless the column is `case_sensitive`.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let wanted = Book::find().filter(Book::TITLE.like("%m_a"));
    /// let literally = Book::find().filter(Book::TITLE.like(r"100\%"));
    /// ```
    #[doc(alias = "Op.like")]
    pub fn like(self, pattern: impl Into<String>) -> Expr<M>
    where
        T::Family: Textual,
    {
        Expr::from_node(Node::Like { column: self.def(), pattern: pattern.into(), negated: false })
    }

    /// `column NOT LIKE pattern`.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let wanted = Book::find().filter(Book::TITLE.not_like("%m_a"));
    /// ```
    #[doc(alias = "Op.notLike")]
    pub fn not_like(self, pattern: impl Into<String>) -> Expr<M>
    where
        T::Family: Textual,
    {
        Expr::from_node(Node::Like { column: self.def(), pattern: pattern.into(), negated: true })
    }

    /// Whether the text begins with this one, taken literally: `%` and `_` are escaped.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let wanted = Book::find().filter(Book::TITLE.starts_with("Em"));
    /// ```
    #[doc(alias = "Op.startsWith")]
    pub fn starts_with(self, text: impl Into<String>) -> Expr<M>
    where
        T::Family: Textual,
    {
        self.text(Match::StartsWith, text.into())
    }

    /// Whether the text ends with this one, taken literally.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let wanted = Book::find().filter(Book::TITLE.ends_with("ma"));
    /// ```
    #[doc(alias = "Op.endsWith")]
    pub fn ends_with(self, text: impl Into<String>) -> Expr<M>
    where
        T::Family: Textual,
    {
        self.text(Match::EndsWith, text.into())
    }

    /// Whether this one stands anywhere in the text, taken literally.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let wanted = Book::find().filter(Book::TITLE.contains("100%"));   // a percent sign, no wildcard
    /// ```
    #[doc(alias = "Op.substring")]
    pub fn contains(self, text: impl Into<String>) -> Expr<M>
    where
        T::Family: Textual,
    {
        self.text(Match::Contains, text.into())
    }

    /// `column REGEXP pattern`, in the database's own dialect of regular expressions. SQLite has none: a typed error.
    ///
    /// ```
    /// # use orm_core::prelude::*;
    /// # #[derive(Model, Debug, Clone, PartialEq)]
    /// # struct Book { id: u64, title: String, author: Option<String>, #[model(default = 0)] loans: u32 }
    /// let wanted = Book::find().filter(Book::TITLE.regexp("^(Emma|Utopia)$"));
    /// ```
    #[doc(alias = "Op.regexp")]
    pub fn regexp(self, pattern: impl Into<String>) -> Expr<M>
    where
        T::Family: Textual,
    {
        Expr::from_node(Node::Regexp { column: self.def(), pattern: pattern.into(), negated: false })
    }

    fn text(self, kind: Match, text: String) -> Expr<M> {
        Expr::from_node(Node::Match { column: self.def(), kind, text, negated: false })
    }
}
