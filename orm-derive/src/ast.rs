//! A model with everything decided. What prints it decides nothing.

use proc_macro2::{Ident, Span, TokenStream};
use syn::{Expr, LitStr, Path, Type, Visibility};

use crate::attr::{At, FieldAttrs};
use crate::phrase::Phrase;

/// A struct that is a table.
pub(crate) struct Model {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    /// The path of orm-core.
    pub(crate) core: Phrase,
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
    pub(crate) foreign_keys: Vec<ForeignKey>,
    pub(crate) associations: Vec<Association>,
    /// Whether it has mistakes, so that what it says of other models is not asked of them.
    pub(crate) inert: bool,
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
    /// It is a key, or refers to one.
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

/// A foreign key of the table.
pub(crate) struct ForeignKey {
    /// The constraint's name.
    pub(crate) name: Name,
    pub(crate) columns: Vec<usize>,
    pub(crate) target: Path,
    /// Fields of the target, none for its primary key.
    pub(crate) target_key: Vec<Ident>,
    pub(crate) on_delete: Action,
    pub(crate) on_update: Action,
    /// The actions that were said.
    pub(crate) said: Vec<At<Action>>,
    /// Whether it may be NULL.
    pub(crate) optional: bool,
    /// Whether a field said so, and not the struct.
    pub(crate) of_field: bool,
    /// What stands for the names of its fields in the type system.
    pub(crate) hash: u64,
    pub(crate) span: Span,
}

/// What happens to a foreign key when its row on the other side goes or changes.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Action {
    Nothing,
    Restrict,
    SetNull,
    Cascade,
}

/// An association, which has a constant and accessors.
pub(crate) struct Association {
    pub(crate) name: Ident,
    pub(crate) constant: Ident,
    pub(crate) target: Path,
    pub(crate) kind: Kind,
    /// Where its word stands.
    pub(crate) span: Span,
}

/// What an association is.
pub(crate) enum Kind {
    /// Over the foreign key at this position.
    BelongsTo(usize),
    /// Over the foreign key of the target whose fields have this hash.
    HasOne(u64),
    /// The same, and the singular of its name.
    HasMany(u64, Ident),
    /// Over a join table.
    ManyToMany(Join),
}

/// A join table, as an association sees it.
pub(crate) struct Join {
    pub(crate) table: JoinTable,
    /// The singular of the association's name.
    pub(crate) singular: Ident,
}

/// Where the pairs of a many_to_many are.
pub(crate) enum JoinTable {
    /// In the table of this model, whose fields with these hashes refer to the model itself and to the target.
    Model(Path, u64, u64),
    /// In a table without a model, with a column for the model itself and one for the target.
    Named(Name, Box<[String; 2]>),
}

impl Action {
    pub(crate) const ALL: [Self; 4] = [Self::Nothing, Self::Restrict, Self::SetNull, Self::Cascade];

    /// As it is written in an attribute.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Nothing => "no_action",
            Self::Restrict => "restrict",
            Self::SetNull => "set_null",
            Self::Cascade => "cascade",
        }
    }
}
