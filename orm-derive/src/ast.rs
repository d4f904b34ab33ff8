//! A model with everything decided. What prints it decides nothing.

use proc_macro2::{Ident, Span, TokenStream};
use syn::{Expr, LitStr, Type, Visibility};

use crate::attr::FieldAttrs;

/// A struct that is a table.
pub(crate) struct Model {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    /// The path of orm-core.
    pub(crate) core: TokenStream,
    pub(crate) table: Name,
    /// The name of the struct that `build()` returns.
    pub(crate) draft: Ident,
    /// The fields that are columns, in their order.
    pub(crate) columns: Vec<Column>,
    /// The fields that are not.
    pub(crate) skipped: Vec<Skipped>,
    /// Positions of the key's columns.
    pub(crate) key: Vec<usize>,
    /// What stands for the key, where there is one.
    pub(crate) key_type: Option<TokenStream>,
    pub(crate) indexes: Vec<Index>,
}

/// A name in the database, and what to point at when it is wrong.
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// A field that is a column.
pub(crate) struct Column {
    pub(crate) position: usize,
    pub(crate) field: Ident,
    pub(crate) ty: Type,
    pub(crate) constant: Ident,
    /// The type parameter of the draft, while the field is required.
    pub(crate) parameter: Ident,
    pub(crate) name: Name,
    /// Whether the type is written as `Option<..>`.
    pub(crate) optional: bool,
    pub(crate) required: bool,
    pub(crate) auto_increment: Option<Span>,
    pub(crate) managed: Option<Managed>,
    pub(crate) binary: Binary,
    pub(crate) custom_type: Option<LitStr>,
    pub(crate) shape: Shape,
    pub(crate) default: Option<Default>,
    pub(crate) docs: Vec<Expr>,
    pub(crate) attrs: FieldAttrs,
}

/// A field that is not a column.
pub(crate) struct Skipped {
    pub(crate) field: Ident,
    pub(crate) ty: Type,
    pub(crate) attrs: FieldAttrs,
}

/// What the words of a field make of its type's own shape.
pub(crate) enum Shape {
    Own,
    Size(u32, Span),
    Text(Span),
    Precision(u8, Option<u8>, Span),
}

/// Whether text compares byte by byte.
pub(crate) enum Binary {
    No,
    /// It is a key.
    Key,
    /// `case_sensitive` was said.
    Asked(Span),
}

/// A column that the runtime keeps.
#[derive(Clone, Copy)]
pub(crate) enum Managed {
    CreatedAt,
    UpdatedAt,
}

/// The default of a column.
pub(crate) enum Default {
    /// What the type's `Default` says.
    OfType,
    /// An expression, and how the DDL says it where it can.
    Expr(Box<Expr>, Option<TokenStream>),
}

/// An index over some columns.
pub(crate) struct Index {
    pub(crate) name: Name,
    pub(crate) columns: Vec<usize>,
    pub(crate) unique: bool,
    pub(crate) span: Span,
}
