//! `#[derive(Newtype)]`: a struct around one value is a column type like that value.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Data, DeriveInput, Fields, Type};

use crate::attr::{NEWTYPE, items};
use crate::errors::Errors;
use crate::phrase::Phrase;
use crate::{expand, fallback, infer, shape};

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let errors = Errors::new();
    let mut core = infer::core_path(None);
    for item in items(&input.attrs, &NEWTYPE, &errors) {
        core = infer::core_path(item.path(&errors).as_ref());
    }
    let inner = inner(input, &errors);
    match (inner, errors.finish()) {
        (Some(inner), Ok(())) => expand(input, &core, inner),
        (_, result) => {
            let errors = fallback::compile_errors(&result.err().unwrap_or_default());
            let inert = fallback::column_type(input, &core, false);
            quote!(#errors #inert)
        }
    }
}

fn inner<'a>(input: &'a DeriveInput, errors: &Errors) -> Option<&'a Type> {
    shape::refuse_generics(&input.generics, "a newtype", errors);
    let fields = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => fields,
            _ => {
                errors.over(
                    &input.ident,
                    "a newtype has exactly one field, without a name: struct UserId(u64);",
                );
                return None;
            }
        },
        Data::Enum(_) => {
            errors.over(
                &input.ident,
                "a newtype is a struct, and this is an enum; for a few texts derive `DbEnum`",
            );
            return None;
        }
        Data::Union(_) => {
            errors.over(&input.ident, "a newtype is a struct, and this is a union");
            return None;
        }
    };
    let ty = &fields.unnamed[0].ty;
    if shape::is_option(ty).is_some() {
        errors.over(
            ty,
            format_args!(
                "a newtype is never NULL inside: wrap the plain type, and write `Option<{}>` in the model",
                input.ident
            ),
        );
    }
    Some(ty)
}

fn expand(input: &DeriveInput, core: &Phrase, inner: &Type) -> TokenStream {
    let ident = &input.ident;
    let quiet = expand::quiet();
    // All of it at the type, so that a type that is no column is one error.
    let near = core.at(inner.span());
    let inner = quote_spanned!(inner.span()=> <#inner as #near::ColumnType>);
    let family = quote_spanned!(inner.span()=> type Family = #inner::Family;);
    let value = quote!(#core::types::Converted<#core::value::Value);
    let check = quote_spanned! {inner.span()=>
        ::core::assert!(
            !#inner::NULLABLE,
            "a newtype is never NULL inside: wrap the plain type, and put the `Option` around the newtype"
        )
    };
    quote! {
        const _: () = #check;

        #quiet
        impl #core::ColumnType for #ident {
            #family

            const DATA_TYPE: #core::schema::DataType = #inner::DATA_TYPE;

            fn encode(&self, column: &#core::ColumnDef) -> #value<'_>> {
                #inner::encode(&self.0, column)
            }

            fn into_value(self, column: &#core::ColumnDef) -> #value<'static>> {
                #inner::into_value(self.0, column)
            }

            fn decode(value: #core::value::Value<'_>) -> #core::types::Converted<Self> {
                match #inner::decode(value) {
                    ::core::result::Result::Ok(inner) => ::core::result::Result::Ok(Self(inner)),
                    ::core::result::Result::Err(mismatch) => ::core::result::Result::Err(mismatch),
                }
            }

            fn settle(&mut self, column: &#core::ColumnDef) -> #core::types::Converted<()> {
                #inner::settle(&mut self.0, column)
            }
        }

        #core::__scalar!(#ident);
    }
}
