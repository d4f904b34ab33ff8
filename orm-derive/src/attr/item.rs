//! Reads an attribute into its words, and their values into Rust values.

use std::fmt::Display;
use std::str::FromStr;

use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, ExprPath, Lit, LitStr, Meta, Token, token};

use super::{Grammar, Word};
use crate::errors::Errors;

/// A value, and where the word that gave it stands.
#[derive(Clone, Copy)]
pub(crate) struct At<T> {
    pub(crate) span: Span,
    pub(crate) value: T,
}

/// What follows a word.
pub(crate) enum Value {
    /// Nothing: `skip`.
    None,
    /// `size = 100`.
    Expr(Box<Expr>),
    /// `index(a, b)`.
    List(TokenStream),
}

/// A word as it was written.
pub(crate) struct Item {
    pub(crate) name: Ident,
    pub(crate) word: &'static Word,
    pub(crate) attribute: &'static str,
    pub(crate) value: Value,
}

/// A word and its value, whatever the word.
pub(crate) struct Raw {
    name: Ident,
    value: Value,
}

impl Parse for Raw {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.call(Ident::parse_any).map_err(|error| {
            syn::Error::new(error.span(), "expected a word, such as `size = 100`, and commas between words")
        })?;
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            Value::Expr(input.parse()?)
        } else if input.peek(token::Paren) {
            let list;
            syn::parenthesized!(list in input);
            Value::List(list.parse()?)
        } else {
            Value::None
        };
        Ok(Self { name, value })
    }
}

/// All words of all attributes of this name, in their order. Those that are unknown, misplaced or doubled are reported and left out.
pub(crate) fn items(attributes: &[Attribute], grammar: &'static Grammar, errors: &Errors) -> Vec<Item> {
    let mut list: Vec<Item> = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(grammar.attribute)) {
        let name = grammar.attribute;
        let Meta::List(meta) = &attribute.meta else {
            let example = grammar.words[0].example;
            errors.over(attribute, format_args!("words stand in parentheses: #[{name}({example})]"));
            continue;
        };
        let raw = match Punctuated::<Raw, Token![,]>::parse_terminated.parse2(meta.tokens.clone()) {
            Ok(raw) => raw,
            Err(error) => {
                errors.push(error);
                continue;
            }
        };
        known(raw, grammar, &mut list, errors);
    }
    list
}

/// Adds the words that this grammar has, each once. The others are reported.
pub(crate) fn known(
    raw: impl IntoIterator<Item = Raw>,
    grammar: &'static Grammar,
    list: &mut Vec<Item>,
    errors: &Errors,
) {
    for Raw { name, value } in raw {
        let Some(word) = grammar.look_up(&name, errors) else { continue };
        if !word.repeatable && list.iter().any(|item| item.word.name == word.name) {
            errors.at(name.span(), format_args!("`{name}` is given twice: remove one of them"));
            continue;
        }
        list.push(Item { name, word, attribute: grammar.attribute, value });
    }
}

impl Item {
    pub(crate) fn span(&self) -> Span {
        self.name.span()
    }

    /// Reports that the value is not of the wanted kind.
    pub(crate) fn wrong(&self, wanted: impl Display, errors: &Errors) {
        let Self { name, word, attribute, .. } = self;
        let message = format!("`{name}` takes {wanted}: write #[{attribute}({})]", word.example);
        match &self.value {
            Value::Expr(expr) => errors.over(expr, message),
            Value::None | Value::List(_) => errors.at(name.span(), message),
        }
    }

    /// A word that stands alone.
    pub(crate) fn flag(&self, errors: &Errors) -> Option<Span> {
        if !matches!(self.value, Value::None) {
            self.wrong("no value", errors);
            return None;
        }
        Some(self.span())
    }

    /// A word that stands alone, or with `= true` or `= false`.
    pub(crate) fn switch(&self, errors: &Errors) -> Option<At<bool>> {
        let value = match (&self.value, self.literal()) {
            (Value::None, _) => true,
            (_, Some(Lit::Bool(lit))) => lit.value,
            _ => {
                self.wrong("true, false or no value", errors);
                return None;
            }
        };
        Some(At { span: self.span(), value })
    }

    /// A text.
    pub(crate) fn string(&self, errors: &Errors) -> Option<At<LitStr>> {
        if let Some(Lit::Str(lit)) = self.literal() {
            return Some(At { span: self.span(), value: lit.clone() });
        }
        self.wrong("a text in quotes", errors);
        None
    }

    /// A text, or nothing.
    pub(crate) fn optional_string(&self, errors: &Errors) -> Option<At<Option<LitStr>>> {
        if matches!(self.value, Value::None) {
            return Some(At { span: self.span(), value: None });
        }
        self.string(errors).map(|At { span, value }| At { span, value: Some(value) })
    }

    /// A name in quotes.
    pub(crate) fn identifier(&self, errors: &Errors) -> Option<At<Ident>> {
        let At { span, value } = self.string(errors)?;
        match value.parse::<Ident>() {
            Ok(mut name) => {
                name.set_span(value.span());
                Some(At { span, value: name })
            }
            Err(_) => {
                errors.at(value.span(), format_args!("{:?} cannot be a name in Rust", value.value()));
                None
            }
        }
    }

    /// A bare name: `boss`. In quotes it will do, too.
    pub(crate) fn bare(&self, errors: &Errors) -> Option<Ident> {
        match (&self.value, self.literal()) {
            (Value::Expr(expr), _) if bare(expr).is_some() => bare(expr),
            (_, Some(Lit::Str(_))) => self.identifier(errors).map(|at| at.value),
            _ => {
                self.wrong("a name", errors);
                None
            }
        }
    }

    /// A number.
    pub(crate) fn number<N: FromStr<Err: Display>>(&self, errors: &Errors) -> Option<At<N>> {
        if let Some(Lit::Int(lit)) = self.literal()
            && let Ok(value) = lit.base10_parse()
        {
            return Some(At { span: self.span(), value });
        }
        self.wrong("a whole number", errors);
        None
    }

    /// A path, with or without quotes.
    pub(crate) fn path(&self, errors: &Errors) -> Option<syn::Path> {
        if let Value::Expr(expr) = &self.value {
            match ungroup(expr) {
                Expr::Path(ExprPath { qself: None, path, attrs }) if attrs.is_empty() => {
                    return Some(path.clone());
                }
                Expr::Lit(ExprLit { lit: Lit::Str(lit), .. }) => {
                    if let Ok(path) = lit.parse() {
                        return Some(path);
                    }
                }
                _ => {}
            }
        }
        self.wrong("a path", errors);
        None
    }

    fn literal(&self) -> Option<&Lit> {
        let Value::Expr(expr) = &self.value else { return None };
        match ungroup(expr) {
            Expr::Lit(ExprLit { lit, .. }) => Some(lit),
            _ => None,
        }
    }
}

/// The name that an expression is, where it is one.
pub(crate) fn bare(expr: &Expr) -> Option<Ident> {
    match ungroup(expr) {
        Expr::Path(ExprPath { qself: None, path, attrs }) if attrs.is_empty() => path.get_ident().cloned(),
        _ => None,
    }
}

/// The expression without the invisible group that a macro puts around its arguments.
pub(crate) fn ungroup(mut expr: &Expr) -> &Expr {
    while let Expr::Group(group) = expr {
        expr = &group.expr;
    }
    expr
}
