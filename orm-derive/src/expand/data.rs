//! `impl Model`: rows into records and back, by position.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned as _;

use super::{draft, quiet, table};
use crate::ast::{Column, Model, Skipped};

pub(crate) fn expand(model: &Model) -> TokenStream {
    let Model { ident, core, .. } = model;
    let quiet = quiet();
    // At the key's type: where that is private and the model is not, the compiler points here.
    let key_type = &model.key_type;
    let key_span = model.key.first().map_or_else(Span::call_site, |&n| model.columns[n].ty.span());
    let key = quote_spanned!(key_span=> type Key = #key_type;);
    let table = table::expand(model);
    // Repeated by `quote!` itself: a stream for each column would be handed to the compiler one by one.
    let (positions, fields, types) = columns(model);
    let clone = quote_spanned! {ident.span()=>
        fn clone_record(&self) -> Self {
            #core::model::clone_record(self)
        }
    };
    let draft = draft::data(model);
    quote! {
        #quiet
        impl #core::Model for #ident {
            #key

            const TABLE: &'static #core::schema::Table = #table;

            fn statements() -> &'static #core::model::Statements {
                static STATEMENTS: #core::model::Statements = #core::model::Statements::new();
                &STATEMENTS
            }

            #clone

            fn values<'r>(&'r self, to: &mut impl #core::types::Values<'r>) {
                #(<#types as #core::ColumnType>::give(&self.#fields, #positions, to);)*
            }

            #[inline]
            fn values_mut(&mut self, to: &mut impl #core::types::ValuesMut) {
                #(<#types as #core::ColumnType>::give_mut(&mut self.#fields, #positions, to);)*
            }

            #draft
        }

        #quiet
        impl #core::query::FromRow for #ident {
            fn columns() -> #core::query::Columns {
                #core::query::Columns::Named(<Self as #core::Model>::TABLE)
            }

            fn from_row(row: &mut #core::model::Row<'_>) -> #core::Result<Self> {
                <Self as #core::Model>::from_row(row)
            }
        }
    }
}

/// Where the columns stand, their fields and the types of these.
pub(super) fn columns(model: &Model) -> (Vec<usize>, Vec<&Ident>, Vec<&Type>) {
    model.columns.iter().map(|Column { position, field, ty, .. }| (*position, field, ty)).collect()
}

/// What stands in a new record for a field that is not a column.
pub(super) fn skipped(Skipped { field, ty, .. }: &Skipped) -> TokenStream {
    quote_spanned!(ty.span()=> #field: <#ty as ::core::default::Default>::default(),)
}
