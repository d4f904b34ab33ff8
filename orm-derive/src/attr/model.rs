//! `#[model(..)]` on a struct.

use proc_macro2::{Ident, Span};
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{Attribute, LitStr, Path, Token, token};

use super::words::MODEL;
use super::{AssociationAttr, At, Item, Value, items};
use crate::errors::Errors;
use crate::naming::Case;

/// The words on a struct.
#[derive(Default)]
pub(crate) struct ModelAttrs {
    pub(crate) table: Option<At<LitStr>>,
    pub(crate) rename_all: Option<Case>,
    pub(crate) indexes: Vec<IndexAttr>,
    /// `belongs_to(..)`, `has_one(..)`, `has_many(..)`, `many_to_many(..)`, in their order.
    pub(crate) associations: Vec<AssociationAttr>,
    pub(crate) draft: Option<Ident>,
    pub(crate) core: Option<Path>,
}

/// `index(..)` or `unique(..)` on a struct.
pub(crate) struct IndexAttr {
    pub(crate) span: Span,
    pub(crate) unique: bool,
    pub(crate) name: Option<LitStr>,
    pub(crate) fields: Vec<Ident>,
}

impl ModelAttrs {
    pub(crate) fn read(attributes: &[Attribute], errors: &Errors) -> Self {
        let mut this = Self::default();
        for item in items(attributes, &MODEL, errors) {
            match item.word.name {
                "table" => this.table = item.string(errors),
                "rename_all" => this.rename_all = Case::read(&item, errors),
                "index" => this.indexes.extend(IndexAttr::read(&item, false, errors)),
                "unique" => this.indexes.extend(IndexAttr::read(&item, true, errors)),
                "belongs_to" | "has_one" | "has_many" | "many_to_many" => {
                    this.associations.extend(AssociationAttr::read(&item, errors));
                }
                "draft" => this.draft = item.identifier(errors).map(|at| at.value),
                _ => this.core = item.path(errors),
            }
        }
        this
    }
}

impl IndexAttr {
    fn read(item: &Item, unique: bool, errors: &Errors) -> Option<Self> {
        let Value::List(tokens) = &item.value else {
            item.wrong("fields in parentheses", errors);
            return None;
        };
        match parse_index.parse2(tokens.clone()) {
            Ok((_, fields)) if fields.is_empty() => {
                item.wrong("at least one field", errors);
                None
            }
            Ok((name, fields)) => Some(Self { span: item.span(), unique, name, fields }),
            Err(error) => {
                let word = item.word.name;
                errors.at(
                    error.span(),
                    format_args!("expected fields: `{word}(a, b)` or `{word}(name = \"..\", columns(a, b))`"),
                );
                None
            }
        }
    }
}

fn parse_index(input: ParseStream<'_>) -> syn::Result<(Option<LitStr>, Vec<Ident>)> {
    let mut name = None;
    if input.peek(syn::Ident) && input.peek2(Token![=]) {
        let word: Ident = input.parse()?;
        if word != "name" {
            return Err(syn::Error::new(word.span(), "expected `name`"));
        }
        input.parse::<Token![=]>()?;
        name = Some(input.parse()?);
        input.parse::<Token![,]>()?;
    }
    if input.peek(syn::Ident) && input.peek2(token::Paren) {
        let word: Ident = input.parse()?;
        if word != "columns" {
            return Err(syn::Error::new(word.span(), "expected `columns`"));
        }
        let list;
        syn::parenthesized!(list in input);
        let fields = Punctuated::<Ident, Token![,]>::parse_terminated(&list)?;
        let _: Option<Token![,]> = input.parse()?;
        return Ok((name, fields.into_iter().collect()));
    }
    let fields = input.parse_terminated(Ident::parse, Token![,])?;
    Ok((name, fields.into_iter().collect()))
}
