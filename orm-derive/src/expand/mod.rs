//! Prints what was decided. Thin: constants, one-line setters, matches by position; whatever has logic is a function of orm-core.

mod accessors;
mod associations;
mod constants;
mod data;
mod draft;
mod table;
mod withs;

use proc_macro2::{Span, TokenStream};
use quote::quote;

use crate::ast::Model;
use crate::phrase::Phrase;

/// All that the derive writes for a model.
pub(crate) fn model(model: &Model) -> TokenStream {
    let data = data::expand(model);
    let references = associations::references(model);
    let fields = draft::fields(model);
    let names = names(model, false);
    quote!(#data #references #fields #names)
}

/// What the users of a model name: its constants and its drafts, which are `inert` where the model has mistakes.
pub(crate) fn names(model: &Model, inert: bool) -> TokenStream {
    let constants = constants::expand(model);
    let accessors = accessors::expand(model);
    let draft = draft::expand(model, inert);
    quote!(#constants #accessors #draft)
}

/// What stands before every item that the derive writes.
pub(crate) fn quiet() -> TokenStream {
    quote! {
        #[automatically_derived]
        #[allow(dead_code, private_interfaces, unreachable_pub, unused_qualifications, clippy::all, clippy::pedantic)]
    }
}

/// The same tokens, pointed at another place.
pub(crate) fn respan(tokens: &TokenStream, span: Span) -> Phrase {
    Phrase::new(tokens.clone()).at(span)
}
