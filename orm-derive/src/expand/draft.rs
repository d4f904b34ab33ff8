//! The struct that `build()` returns: one type parameter per required field, one setter per field. And what is in it: the fields.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::{data, quiet};
use crate::ast::{Column, Default, Model};
use crate::naming;

/// The fields of a draft.
fn fields_ident(model: &Model) -> Ident {
    format_ident!("__{}Fields", naming::plain(&model.ident))
}

/// The struct of the fields.
pub(super) fn fields(model: &Model) -> TokenStream {
    let (vis, ident) = (&model.vis, fields_ident(model));
    let fields =
        model.columns.iter().map(|Column { field, ty, .. }| quote!(#field: ::core::option::Option<#ty>,));
    quote! {
        #[doc(hidden)]
        #[allow(dead_code, missing_debug_implementations, private_interfaces, unreachable_pub)]
        #vis struct #ident {
            #(#fields)*
        }
    }
}

/// What `impl Model` says about them.
pub(super) fn data(model: &Model) -> TokenStream {
    let (core, ident) = (&model.core, fields_ident(model));
    // Not a name that an expression of the user's could mean.
    let fields = format_ident!("fields", span = Span::mixed_site());
    let empty =
        model.columns.iter().map(|Column { field, .. }| quote!(#field: ::core::option::Option::None,));
    let fills = model.columns.iter().map(|Column { position, field, ty, .. }| {
        quote! {
            #position => <#ty as #core::types::ColumnType>::fill(&mut #fields.#field, value, def),
        }
    });
    let taken = model.columns.iter().map(|column| taken(column, core, &fields));
    let skipped = model.skipped.iter().map(data::skipped);
    quote! {
        type Fields = #ident;

        fn fields() -> Self::Fields {
            #ident { #(#empty)* }
        }

        fn fill(
            #fields: &mut Self::Fields,
            column: usize,
            value: #core::value::Value<'_>,
        ) -> #core::Result<bool> {
            let def = &Self::TABLE.columns[column];
            match column {
                #(#fills)*
                _ => ::core::result::Result::Ok(false),
            }
        }

        fn from_fields(#fields: Self::Fields) -> #core::Result<Self> {
            ::core::result::Result::Ok(Self { #(#taken)* #(#skipped)* })
        }
    }
}

/// A field of a record, made of that of a draft.
fn taken(
    Column { position, field, ty, default, .. }: &Column,
    core: &TokenStream,
    fields: &Ident,
) -> TokenStream {
    let default = default.as_ref().map(|default| match default {
        Default::OfType => quote!(<#ty as ::core::default::Default>::default()),
        Default::Expr(expr, _) => {
            quote_spanned!(expr.span()=> #core::types::IntoValue::<#ty>::into_typed(#expr))
        }
    });
    let given = match default {
        None => quote!(#fields.#field),
        Some(default) => quote! {
            match #fields.#field {
                ::core::option::Option::None => ::core::option::Option::Some(#default),
                given => given,
            }
        },
    };
    quote! {
        #field: match <#ty as #core::types::ColumnType>::given(#given, &Self::TABLE.columns[#position]) {
            ::core::result::Result::Ok(value) => value,
            ::core::result::Result::Err(mismatch) => return #core::types::not_given(mismatch, Self::TABLE, #position),
        },
    }
}

/// The draft. `inert` setters do nothing, since there are no fields.
pub(crate) fn expand(model: &Model, inert: bool) -> TokenStream {
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
    let setters = model.columns.iter().map(|column| setter(column, model, &required, inert));
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

fn setter(column: &Column, model: &Model, required: &[&Column], inert: bool) -> TokenStream {
    let Model { vis, core, draft, .. } = model;
    let Column { field, ty, .. } = column;
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
    let body = if inert {
        quote!(::core::unreachable!())
    } else {
        quote! {
            self.0.fields.#field = ::core::option::Option::Some(value.into_typed());
            #constructor(self.0, ::core::marker::PhantomData)
        }
    };
    let (this, value) = if inert { (quote!(self), quote!(_)) } else { (quote!(mut self), quote!(value)) };
    quote! {
        #[doc = #doc]
        #vis fn #field(#this, #value: impl #core::types::IntoValue<#ty>) -> #result {
            #body
        }
    }
}
