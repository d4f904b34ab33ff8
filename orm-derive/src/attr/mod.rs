//! The grammar of the attributes: every word, its place, its example.

mod association;
mod field;
mod item;
mod model;
mod words;

pub(crate) use association::{AssociationAttr, Key, Through, action, fields};
pub(crate) use field::FieldAttrs;
pub(crate) use item::{At, Item, Raw, Value, items, known, ungroup};
pub(crate) use model::ModelAttrs;
pub(crate) use words::{
    DB_ENUM, Grammar, NEWTYPE, PROJECTION, PROJECTION_FIELD, VARIANT, VIEW, Word, nearest,
};
#[cfg(test)]
pub(crate) use words::{FIELD, MODEL};
