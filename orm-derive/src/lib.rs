//! The derives of orm-core. Depend on that crate: it re-exports them, and their output names it.

mod ast;
mod attr;
mod derive;
mod errors;
mod expand;
mod fallback;
mod infer;
mod naming;
mod shape;
mod validate;

use proc_macro::TokenStream;

/// Makes a struct a table.
#[proc_macro_derive(Model, attributes(model))]
pub fn model(input: TokenStream) -> TokenStream {
    derive::model(input.into()).into()
}
