//! `impl Model`: rows into records and back, by position.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::{quiet, table};
use crate::ast::{Column, Default, Model};

pub(crate) fn expand(model: &Model) -> TokenStream {
    let Model { ident, core, .. } = model;
    let quiet = quiet();
    // At the key's type: where that is private and the model is not, the compiler points here.
    let key_type = &model.key_type;
    let key_span = model.key.first().map_or_else(Span::call_site, |&n| model.columns[n].ty.span());
    let key = quote_spanned!(key_span=> type Key = #key_type;);
    let table = table::expand(model);
    let columns = model.columns.iter().map(|Column { position, field, ty, .. }| {
        quote! {
            #field: match <#ty as #core::types::ColumnType>::decode(row.take(#position)) {
                ::core::result::Result::Ok(value) => value,
                ::core::result::Result::Err(mismatch) => return #core::types::not_decoded(mismatch, Self::TABLE, #position),
            },
        }
    });
    let skipped = model.skipped.iter().map(|skipped| {
        let (field, ty) = (&skipped.field, &skipped.ty);
        quote_spanned!(ty.span()=> #field: <#ty as ::core::default::Default>::default(),)
    });
    let values = model.columns.iter().map(|Column { position, field, ty, .. }| {
        quote!(#position => <#ty as #core::types::ColumnType>::encode(&self.#field, def),)
    });
    let sets = model.columns.iter().map(|Column { position, field, ty, .. }| {
        quote! {
            #position => #core::types::assign(&mut self.#field, <#ty as #core::types::ColumnType>::decode(value), def),
        }
    });
    let clone = quote_spanned! {ident.span()=>
        fn clone_record(&self) -> Self {
            #core::model::clone_record(self)
        }
    };
    let defaults = defaults(model);
    quote! {
        #quiet
        impl #core::model::Model for #ident {
            #key

            const TABLE: &'static #core::schema::Table = #table;

            fn statements() -> &'static #core::model::Statements {
                static STATEMENTS: #core::model::Statements = #core::model::Statements::new();
                &STATEMENTS
            }

            #clone

            fn from_row(row: &mut #core::model::Row<'_>) -> #core::Result<Self> {
                ::core::result::Result::Ok(Self { #(#columns)* #(#skipped)* })
            }

            fn value(&self, column: usize) -> #core::Result<#core::value::Value<'_>> {
                let def = &Self::TABLE.columns[column];
                #core::types::encoded(
                    match column {
                        #(#values)*
                        _ => ::core::result::Result::Ok(#core::value::Value::Null),
                    },
                    def,
                )
            }

            fn set_value(&mut self, column: usize, value: #core::value::Value<'static>) -> #core::Result<()> {
                let def = &Self::TABLE.columns[column];
                match column {
                    #(#sets)*
                    _ => ::core::result::Result::Ok(()),
                }
            }

            #defaults
        }

        #quiet
        impl #core::query::FromRow for #ident {
            fn columns() -> #core::query::Columns {
                #core::query::Columns::Named(<Self as #core::model::Model>::TABLE)
            }

            fn from_row(row: &mut #core::model::Row<'_>) -> #core::Result<Self> {
                <Self as #core::model::Model>::from_row(row)
            }
        }
    }
}

fn defaults(model: &Model) -> Option<TokenStream> {
    let core = &model.core;
    let arms: Vec<_> = model
        .columns
        .iter()
        .filter_map(|Column { position, ty, default, .. }| {
            let def = quote!(&Self::TABLE.columns[#position]);
            let value = match default.as_ref()? {
                Default::OfType => quote! {
                    #core::types::encoded(
                        <#ty as #core::types::ColumnType>::into_value(<#ty as ::core::default::Default>::default(), #def),
                        #def,
                    )
                },
                Default::Expr(expr, _) => quote_spanned! {expr.span()=>
                    #core::types::IntoValue::<#ty>::into_value(#expr, #def)
                },
            };
            Some(quote!(#position => ::core::option::Option::Some(#value),))
        })
        .collect();
    // Not a name that an expression of the user's could mean.
    let column = format_ident!("column", span = Span::mixed_site());
    (!arms.is_empty()).then(|| {
        quote! {
            fn default_value(#column: usize) -> ::core::option::Option<#core::Result<#core::value::Value<'static>>> {
                match #column {
                    #(#arms)*
                    _ => ::core::option::Option::None,
                }
            }
        }
    })
}
