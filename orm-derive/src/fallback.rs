//! What is written instead of a model with mistakes: the mistakes, and inert items, so that nothing else is reported.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::DeriveInput;

use crate::ast::Model;
use crate::phrase::Phrase;
use crate::{expand, infer, validate};

/// The mistakes as compile errors.
pub(crate) fn compile_errors(errors: &[syn::Error]) -> TokenStream {
    errors.iter().map(syn::Error::to_compile_error).collect()
}

/// The mistakes of a model, and as much of the model as its users may name.
pub(crate) fn model(input: &DeriveInput, model: Option<Model>, errors: &[syn::Error]) -> TokenStream {
    let errors = compile_errors(errors);
    let Some(mut model) = model else {
        let core = infer::core_path(None);
        let key = quote!(#core::model::One<u64>);
        let data = inert(input, &core, &key, &quote!(()));
        return quote!(#errors #data);
    };
    validate::free(&mut model);
    model.inert = true;
    for column in &mut model.columns {
        column.required = false;
    }
    if model.draft == model.ident {
        model.draft = format_ident!("__{}", model.ident);
    }
    let core = &model.core;
    let key = model.key_type.clone().unwrap_or_else(|| quote!(#core::model::One<u64>));
    let draft = &model.draft;
    let data = inert(input, core, &key, &quote!(#draft));
    let names = expand::names(&model, true);
    quote!(#errors #data #names)
}

/// A model that does nothing, for an input of any shape.
fn inert(input: &DeriveInput, core: &Phrase, key: &TokenStream, blank: &TokenStream) -> TokenStream {
    let ident = &input.ident;
    let (generics, arguments, _) = input.generics.split_for_impl();
    let quiet = expand::quiet();
    // It refers to whatever others think it does, so that their associations are no errors of their own.
    let references = input.generics.params.is_empty().then(|| {
        quote! {
            #quiet
            impl<T, const NAME: u64> #core::References<T, NAME> for #ident {
                type Key = #core::model::One<u64>;
                type Presence = #core::model::Optional;
                const FOREIGN_KEY: usize = 0;
            }
        }
    });
    quote! {
        #quiet
        impl #generics #core::Model for #ident #arguments
        where
            Self: ::core::marker::Send + ::core::marker::Sync + 'static,
        {
            type Key = #key;
            type Fields = ();
            type Blank = #blank;
            const TABLE: &'static #core::schema::Table = &#core::schema::Table::new("", "", &[], &[]);
            fn statements() -> &'static #core::model::Statements {
                ::core::unreachable!()
            }
            fn clone_record(&self) -> Self {
                ::core::unreachable!()
            }
            fn from_row(_: &mut #core::model::Row<'_>) -> #core::Result<Self> {
                ::core::unreachable!()
            }
            fn values<'r>(&'r self, _: &mut impl #core::types::Values<'r>) {
                ::core::unreachable!()
            }
            fn values_mut(&mut self, _: &mut impl #core::types::ValuesMut) {
                ::core::unreachable!()
            }
            fn slots(_: &mut (), _: &mut impl #core::types::Slots) {
                ::core::unreachable!()
            }
            fn from_fields((): ()) -> ::core::option::Option<Self> {
                ::core::unreachable!()
            }
        }

        #references

        #quiet
        impl #generics #core::query::FromRow for #ident #arguments
        where
            Self: ::core::marker::Send,
        {
            fn columns() -> #core::query::Columns {
                ::core::unreachable!()
            }
            fn from_row(_: &mut #core::model::Row<'_>) -> #core::Result<Self> {
                ::core::unreachable!()
            }
        }
    }
}

/// A column type that does nothing.
pub(crate) fn column_type(input: &DeriveInput, core: &Phrase, is_enum: bool) -> TokenStream {
    if !input.generics.params.is_empty() {
        return TokenStream::new();
    }
    let ident = &input.ident;
    let quiet = expand::quiet();
    let (family, db_enum) = if is_enum {
        let db_enum = quote! {
            #quiet
            impl #core::types::DbEnum for #ident
            where
                Self: ::core::marker::Copy,
            {
                const VALUES: &'static [&'static str] = &[];
                fn as_str(self) -> &'static str {
                    ::core::unreachable!()
                }
                fn from_text(_: &str) -> ::core::option::Option<Self> {
                    ::core::unreachable!()
                }
            }
        };
        (quote!(Choice), Some(db_enum))
    } else {
        (quote!(Unsigned), None)
    };
    quote! {
        #db_enum

        #quiet
        impl #core::ColumnType for #ident {
            type Family = #core::types::family::#family;
            const DATA_TYPE: #core::schema::DataType = #core::schema::DataType::Integer { bits: 64, signed: false };
            fn encode(&self, _: &#core::ColumnDef) -> #core::types::Converted<#core::value::Value<'_>> {
                ::core::unreachable!()
            }
            fn decode(_: #core::value::Value<'_>) -> #core::types::Converted<Self> {
                ::core::unreachable!()
            }
        }

        #core::__scalar!(#ident);
    }
}

/// A projection that does nothing.
pub(crate) fn projection(input: &DeriveInput, core: &Phrase, model: &syn::Path) -> TokenStream {
    if !input.generics.params.is_empty() {
        return TokenStream::new();
    }
    let ident = &input.ident;
    let quiet = expand::quiet();
    quote! {
        #quiet
        impl #core::query::Projection for #ident {
            type Model = #model;
            const COLUMNS: &'static [usize] = &[];
            fn from_row(_: &mut #core::model::Row<'_>) -> #core::Result<Self> {
                ::core::unreachable!()
            }
        }
    }
}
