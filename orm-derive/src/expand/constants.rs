//! One constant a column and an association, and `build()`.

use proc_macro2::TokenStream;
use quote::quote;

use super::{associations, quiet};
use crate::ast::Model;

pub(crate) fn expand(model: &Model) -> TokenStream {
    let Model { ident, vis, core, draft, .. } = model;
    let quiet = quiet();
    let constants = model.columns.iter().map(|column| {
        let (constant, ty, position) = (&column.constant, &column.ty, column.position);
        let doc = format!("The column `{}.{}`.", model.table.text, column.name.text);
        let docs = &column.docs;
        let gap = (!docs.is_empty()).then(|| quote!(#[doc = ""]));
        quote! {
            #[doc = #doc]
            #gap
            #(#[doc = #docs])*
            #vis const #constant: #core::Column<#ident, #ty> = #core::Column::new(#position);
        }
    });
    let associations = associations::constants(model);
    let build = format!(
        "A new `{ident}`, not saved yet: set its fields, then `save` it. Nothing is sent before that."
    );
    quote! {
        #quiet
        impl #ident {
            #(#constants)*
            #(#associations)*
            #[doc = #build]
            #vis fn build() -> #draft {
                #draft(#core::model::Building::new())
            }
        }
    }
}
