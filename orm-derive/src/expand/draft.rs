//! The struct that `build()` returns: one type parameter per required field, one setter per field.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::quiet;
use crate::ast::{Column, Model};
use crate::naming;

pub(crate) fn expand(model: &Model) -> TokenStream {
    let Model { ident, vis, core, draft, .. } = model;
    let quiet = quiet();
    let required: Vec<&Column> = model.columns.iter().filter(|column| column.required).collect();
    let parameters: Vec<&Ident> = required.iter().map(|column| &column.parameter).collect();
    let fields: Vec<&Ident> = required.iter().map(|column| &column.field).collect();
    let missing = format_ident!("__{}", naming::plain(ident));
    let markers = (!required.is_empty()).then(|| {
        let docs = required.iter().map(|column| format!("`{}` has not been set.", column.field));
        quote! {
            #[doc(hidden)]
            #[allow(non_camel_case_types, non_snake_case, missing_debug_implementations, unreachable_pub)]
            mod #missing {
                #(#[doc = #docs] pub enum #fields {})*
            }
        }
    });
    let generics = (!required.is_empty()).then(|| quote!(<#(#parameters),*>));
    let defaults = (!required.is_empty()).then(|| quote!(<#(#parameters = #missing::#fields),*>));
    let complete = (!required.is_empty()).then(|| quote!(where #(#parameters: #core::model::FieldSet),*));
    let setters = model.columns.iter().map(|column| setter(column, model, &required));
    let doc = format!(
        "A `{ident}` that is not saved yet, made by `{ident}::build`. A parameter stands for each required field and tells whether it has been set."
    );
    quote! {
        #markers

        #[doc = #doc]
        #[must_use = "a draft does nothing until it is saved"]
        #[allow(dead_code, non_camel_case_types, missing_debug_implementations, private_interfaces, unreachable_pub)]
        #vis struct #draft #defaults(#core::model::Draft<#ident>, ::core::marker::PhantomData<(#(#parameters,)*)>);

        #quiet
        #[allow(non_camel_case_types)]
        impl #generics #draft #generics {
            #(#setters)*

            /// Sends one INSERT. Gives back the record, with its id, its defaults and its timestamps.
            ///
            /// # Errors
            /// Before anything is sent, where a value does not fit its column; else whatever the database says.
            #vis fn save<'db>(
                self,
                db: &'db (impl #core::db::Executor + ?::core::marker::Sized),
            ) -> #core::driver::BoxFuture<'db, #core::Result<#ident>> #complete {
                #core::query::insert(self.0, db)
            }
        }

        #quiet
        #[allow(non_camel_case_types)]
        impl #generics #core::model::IntoDraft<#ident> for #draft #generics #complete {
            fn into_draft(self) -> #core::model::Draft<#ident> {
                self.0
            }
        }
    }
}

fn setter(column: &Column, model: &Model, required: &[&Column]) -> TokenStream {
    let Model { ident, vis, core, draft, .. } = model;
    let Column { field, ty, constant, .. } = column;
    let (doc, result, constructor) = if column.required {
        let arguments = required.iter().map(|other| {
            if other.position == column.position {
                quote!(#core::model::Set)
            } else {
                let parameter = &other.parameter;
                quote!(#parameter)
            }
        });
        (format!("Sets `{field}`, which is required."), quote!(#draft<#(#arguments),*>), quote!(#draft))
    } else {
        (format!("Sets `{field}`."), quote!(Self), quote!(Self))
    };
    quote! {
        #[doc = #doc]
        #vis fn #field(self, value: impl #core::types::IntoValue<#ty>) -> #result {
            #constructor(self.0.with(#ident::#constant, value), ::core::marker::PhantomData)
        }
    }
}
