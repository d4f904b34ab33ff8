//! `#[model(..)]` on a field.

use proc_macro2::{Ident, Span};
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Path};

use super::item::ungroup;
use super::words::FIELD;
use super::{At, Item, Value, action, fields, items};
use crate::ast::Action;
use crate::errors::Errors;

/// The words on a field.
#[derive(Default)]
pub(crate) struct FieldAttrs {
    pub(crate) primary_key: Option<Span>,
    pub(crate) auto_increment: Option<At<bool>>,
    pub(crate) column: Option<At<LitStr>>,
    pub(crate) column_type: Option<At<LitStr>>,
    pub(crate) size: Option<At<u32>>,
    pub(crate) text: Option<Span>,
    pub(crate) case_sensitive: Option<Span>,
    pub(crate) precision: Option<At<(u8, Option<u8>)>>,
    pub(crate) default: Option<At<Option<Expr>>>,
    pub(crate) unique: Option<At<Option<LitStr>>>,
    pub(crate) index: Option<At<Option<LitStr>>>,
    pub(crate) belongs_to: Option<At<Path>>,
    pub(crate) relation: Option<Ident>,
    pub(crate) target_key: Option<At<Vec<Ident>>>,
    pub(crate) on_delete: Option<At<Action>>,
    pub(crate) on_update: Option<At<Action>>,
    pub(crate) unmanaged: Option<Span>,
    pub(crate) const_name: Option<Ident>,
    pub(crate) skip: Option<Span>,
    /// All words that were understood, in their order.
    pub(crate) given: Vec<(&'static str, Span)>,
}

impl FieldAttrs {
    pub(crate) fn read(attributes: &[Attribute], errors: &Errors) -> Self {
        let mut this = Self::default();
        for item in items(attributes, &FIELD, errors) {
            this.given.push((item.word.name, item.span()));
            match item.word.name {
                "primary_key" => this.primary_key = item.flag(errors),
                "auto_increment" => this.auto_increment = item.switch(errors),
                "column" => this.column = item.string(errors),
                "column_type" => this.column_type = item.string(errors),
                "size" => this.size = item.number(errors),
                "text" => this.text = item.flag(errors),
                "case_sensitive" => this.case_sensitive = item.flag(errors),
                "precision" => this.precision = precision(&item, errors),
                "default" => this.default = default(item, errors),
                "unique" => this.unique = item.optional_string(errors),
                "index" => this.index = item.optional_string(errors),
                "belongs_to" => this.belongs_to = model(&item, errors),
                "as" => this.relation = item.bare(errors),
                "target_key" => this.target_key = fields(&item, errors),
                "on_delete" => this.on_delete = action(&item, errors),
                "on_update" => this.on_update = action(&item, errors),
                "unmanaged" => this.unmanaged = item.flag(errors),
                "const_name" => this.const_name = item.identifier(errors).map(|at| at.value),
                _ => this.skip = item.flag(errors),
            }
        }
        this
    }
}

impl FieldAttrs {
    /// Whether this word was said, and understood as far as its name goes.
    pub(crate) fn says(&self, word: &str) -> bool {
        self.given.iter().any(|(given, _)| *given == word)
    }
}

fn model(item: &Item, errors: &Errors) -> Option<At<Path>> {
    if matches!(item.value, Value::List(_)) {
        errors.at(
            item.span(),
            "`belongs_to` on a field takes the model alone: write #[model(belongs_to = Project)], other words beside it",
        );
        return None;
    }
    item.path(errors).map(|value| At { span: item.span(), value })
}

fn precision(item: &Item, errors: &Errors) -> Option<At<(u8, Option<u8>)>> {
    if let Value::Expr(expr) = &item.value {
        let value = match ungroup(expr) {
            Expr::Tuple(tuple) if tuple.elems.len() == 2 => small(&tuple.elems[0])
                .zip(small(&tuple.elems[1]))
                .map(|(digits, scale)| (digits, Some(scale))),
            single => small(single).map(|digits| (digits, None)),
        };
        if let Some(value) = value {
            return Some(At { span: item.span(), value });
        }
    }
    item.wrong("one small number for a time, two for a decimal", errors);
    None
}

fn small(expr: &Expr) -> Option<u8> {
    match ungroup(expr) {
        Expr::Lit(ExprLit { lit: Lit::Int(lit), .. }) => lit.base10_parse().ok(),
        _ => None,
    }
}

fn default(item: Item, errors: &Errors) -> Option<At<Option<Expr>>> {
    let span = item.span();
    match item.value {
        Value::None => Some(At { span, value: None }),
        Value::Expr(expr) => Some(At { span, value: Some(*expr) }),
        Value::List(_) => {
            item.wrong("a value after `=`", errors);
            None
        }
    }
}
