//! `belongs_to(..)`, `has_one(..)`, `has_many(..)`, `many_to_many(..)` on a struct.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, Lit, LitStr, Path, Token};

use super::item::{bare, ungroup};
use super::words::{BELONGS_TO, HAS_MANY, HAS_ONE, MANY_TO_MANY};
use super::{At, Item, Raw, Value, known, nearest};
use crate::ast::Action;
use crate::errors::Errors;
use crate::naming;

/// An association as it was written on a struct.
pub(crate) struct AssociationAttr {
    /// `has_many`.
    pub(crate) word: &'static str,
    /// Where that word stands.
    pub(crate) span: Span,
    pub(crate) name: Ident,
    pub(crate) target: Path,
    pub(crate) foreign_key: Option<At<Key>>,
    pub(crate) other_key: Option<At<Key>>,
    pub(crate) target_key: Option<At<Vec<Ident>>>,
    pub(crate) through: Option<At<Through>>,
    pub(crate) singular: Option<Ident>,
    pub(crate) on_delete: Option<At<Action>>,
    pub(crate) on_update: Option<At<Action>>,
}

/// What a foreign key is named by.
pub(crate) enum Key {
    /// Fields of a model.
    Fields(Vec<Ident>),
    /// A column of a table that has no model.
    Column(LitStr),
}

/// What a join table is named by.
pub(crate) enum Through {
    /// Its model.
    Model(Path),
    /// Its name.
    Table(LitStr),
}

impl AssociationAttr {
    pub(crate) fn read(item: &Item, errors: &Errors) -> Option<Self> {
        let Value::List(tokens) = &item.value else {
            item.wrong("a name, a model and more in parentheses", errors);
            return None;
        };
        let (name, target, words) =
            match (|input: ParseStream<'_>| parse(input, item.span())).parse2(tokens.clone()) {
                Ok(parts) => parts,
                Err(error) => {
                    errors.at(
                        error.span(),
                        format_args!("expected a name and a model: write #[model({})]", item.word.example),
                    );
                    return None;
                }
            };
        let grammar = match item.word.name {
            "belongs_to" => &BELONGS_TO,
            "has_one" => &HAS_ONE,
            "has_many" => &HAS_MANY,
            _ => &MANY_TO_MANY,
        };
        let mut this = Self {
            word: item.word.name,
            span: item.span(),
            name,
            target,
            foreign_key: None,
            other_key: None,
            target_key: None,
            through: None,
            singular: None,
            on_delete: None,
            on_update: None,
        };
        let mut items = Vec::new();
        known(words, grammar, &mut items, errors);
        for item in items {
            match item.word.name {
                "foreign_key" => this.foreign_key = key(&item, errors),
                "other_key" => this.other_key = key(&item, errors),
                "target_key" => this.target_key = fields(&item, errors),
                "through" => this.through = through(&item, errors),
                "singular" => this.singular = item.bare(errors),
                "on_delete" => this.on_delete = action(&item, errors),
                _ => this.on_update = action(&item, errors),
            }
        }
        Some(this)
    }
}

/// What ends too early is wrong at `word`: the parser would point at the whole derive.
fn parse(input: ParseStream<'_>, word: Span) -> syn::Result<(Ident, Path, Punctuated<Raw, Token![,]>)> {
    let goes_on = || if input.is_empty() { Err(syn::Error::new(word, "too short")) } else { Ok(()) };
    goes_on()?;
    let name = input.call(Ident::parse_any)?;
    goes_on()?;
    input.parse::<Token![:]>()?;
    goes_on()?;
    let target = input.parse()?;
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    Ok((name, target, Punctuated::parse_terminated(input)?))
}

/// One field, or several in parentheses.
pub(crate) fn fields(item: &Item, errors: &Errors) -> Option<At<Vec<Ident>>> {
    let value = list(item);
    if value.is_none() {
        item.wrong("a field, or several in parentheses", errors);
    }
    value.map(|value| At { span: item.span(), value })
}

fn list(item: &Item) -> Option<Vec<Ident>> {
    match &item.value {
        Value::Expr(expr) => match ungroup(expr) {
            Expr::Tuple(tuple) if !tuple.elems.is_empty() => tuple.elems.iter().map(bare).collect(),
            Expr::Paren(paren) => bare(&paren.expr).map(|field| vec![field]),
            single => bare(single).map(|field| vec![field]),
        },
        Value::None | Value::List(_) => None,
    }
}

fn key(item: &Item, errors: &Errors) -> Option<At<Key>> {
    let value = match text(item) {
        Some(column) => Some(Key::Column(column)),
        None => list(item).map(Key::Fields),
    };
    if value.is_none() {
        item.wrong("a field, or several in parentheses", errors);
    }
    value.map(|value| At { span: item.span(), value })
}

fn through(item: &Item, errors: &Errors) -> Option<At<Through>> {
    let value = match text(item) {
        Some(table) => Through::Table(table),
        None => Through::Model(item.path(errors)?),
    };
    Some(At { span: item.span(), value })
}

fn text(item: &Item) -> Option<LitStr> {
    let Value::Expr(expr) = &item.value else { return None };
    match ungroup(expr) {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.clone()),
        _ => None,
    }
}

/// What happens to a foreign key.
pub(crate) fn action(item: &Item, errors: &Errors) -> Option<At<Action>> {
    let word = item.bare(errors)?;
    let text = naming::plain(&word);
    let value = Action::ALL.into_iter().find(|action| action.word() == text);
    if value.is_none() {
        let words = Action::ALL.map(Action::word);
        let plain = heck::ToSnakeCase::to_snake_case(text.as_str());
        let hint = nearest(&plain, words.into_iter())
            .map(|word| format!(", did you mean `{word}`?"))
            .unwrap_or_default();
        errors.at(
            word.span(),
            format_args!(
                "unknown action `{text}`{hint}\n`{}` takes one of: {}",
                item.name,
                words.map(|word| format!("`{word}`")).join(", ")
            ),
        );
    }
    value.map(|value| At { span: item.span(), value })
}
