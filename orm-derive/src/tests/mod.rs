//! What the derives print, kept as snapshots: `INSTA_UPDATE=always cargo test -p orm-derive` writes them anew.

mod expansion;
mod mistakes;
mod size;

use proc_macro2::TokenStream;
use syn::DeriveInput;

/// The tokens as a formatted file.
fn pretty(tokens: TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(tokens).expect("the derive writes items"))
}

fn input(text: &str) -> DeriveInput {
    syn::parse_str(text).expect("the test's own input is Rust")
}

/// What `#[derive(Model)]` makes of this struct.
fn model(text: &str) -> String {
    pretty(crate::derive::model(&input(text)))
}

/// The sentences that a derive says about this input.
fn sentences(derive: fn(&DeriveInput) -> TokenStream, text: &str) -> Vec<String> {
    let mut list = Vec::new();
    let file: syn::File = syn::parse2(derive(&input(text))).expect("the derive writes items");
    for item in file.items {
        if let syn::Item::Macro(item) = item
            && item.mac.path.segments.last().is_some_and(|last| last.ident == "compile_error")
        {
            let sentence: syn::LitStr = item.mac.parse_body().expect("compile_error takes a text");
            list.push(sentence.value());
        }
    }
    list
}
