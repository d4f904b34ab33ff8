//! Prints what was decided. Thin: constants, one-line setters, matches by position; whatever has logic is a function of orm-core.

mod constants;
mod data;
mod draft;
mod table;

use proc_macro2::TokenStream;
use quote::quote;

use crate::ast::Model;

/// All that the derive writes for a model.
pub(crate) fn model(model: &Model) -> TokenStream {
    let data = data::expand(model);
    let names = names(model);
    quote!(#data #names)
}

/// What the users of a model name: its constants and its drafts.
pub(crate) fn names(model: &Model) -> TokenStream {
    let constants = constants::expand(model);
    let draft = draft::expand(model);
    quote!(#constants #draft)
}

/// What stands before every item that the derive writes.
pub(crate) fn quiet() -> TokenStream {
    quote! {
        #[automatically_derived]
        #[allow(dead_code, non_upper_case_globals, private_interfaces, unused_qualifications, clippy::all, clippy::pedantic)]
    }
}
