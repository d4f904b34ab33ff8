//! The table as a constant.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use crate::ast::{Binary, Column, Default, Managed, Model, Shape};
use crate::naming;

/// The value of `Model::TABLE`.
pub(crate) fn expand(model: &Model) -> TokenStream {
    let Model { core, key, .. } = model;
    let name = &model.table.text;
    let struct_name = naming::plain(&model.ident);
    let columns = model.columns.iter().map(|column| definition(column, model));
    let key_span = model.key.first().map_or_else(|| model.ident.span(), |&n| model.columns[n].field.span());
    let table =
        quote_spanned!(key_span=> #core::schema::Table::new(#struct_name, #name, COLUMNS, &[#(#key),*]));
    let indexes = indexes(model);
    quote! {
        &{
            const COLUMNS: &[#core::schema::ColumnDef] = &[#(#columns),*];
            #table #indexes
        }
    }
}

fn definition(column: &Column, model: &Model) -> TokenStream {
    let Model { core, table, .. } = model;
    let table = &table.text;
    let name = &column.name.text;
    let field = naming::plain(&column.field);
    let ty = &column.ty;
    let written = column.optional;
    let shape = match &column.shape {
        Shape::Own => quote!(),
        Shape::Size(size, span) => quote_spanned!(*span=> .with_size(#size)),
        Shape::Text(span) => quote_spanned!(*span=> .as_text()),
        Shape::Precision(digits, None, span) => {
            quote_spanned!(*span=> .with_precision(#digits, ::core::option::Option::None))
        }
        Shape::Precision(digits, Some(scale), span) => {
            quote_spanned!(*span=> .with_precision(#digits, ::core::option::Option::Some(#scale)))
        }
    };
    let auto_increment = column.auto_increment.map(|span| quote_spanned!(span=> .auto_increment()));
    let default = match &column.default {
        Some(Default::Expr(_, Some(literal))) => Some(quote!(.default(#core::schema::Literal::#literal))),
        _ => None,
    };
    let managed = column.managed.map(|managed| {
        let managed = match managed {
            Managed::CreatedAt => quote!(CreatedAt),
            Managed::UpdatedAt => quote!(UpdatedAt),
        };
        quote_spanned!(column.field.span()=> .managed(#core::schema::Managed::#managed))
    });
    let binary = match column.binary {
        Binary::No => None,
        Binary::Key => Some(quote!(.binary())),
        Binary::Asked(span) => Some(quote_spanned!(span=> .case_sensitive())),
    };
    let custom_type = column.custom_type.as_ref().map(|text| quote!(.custom_type(#text)));
    let new = quote_spanned! {ty.span()=>
        #core::schema::ColumnDef::new(
            #table, #name, #field,
            <#ty as #core::types::ColumnType>::DATA_TYPE #shape,
            #core::types::nullable(<#ty as #core::types::ColumnType>::NULLABLE, #written),
        )
    };
    quote!(#new #auto_increment #default #managed #binary #custom_type)
}

fn indexes(model: &Model) -> Option<TokenStream> {
    let first = model.indexes.first()?;
    let core = &model.core;
    let indexes = model.indexes.iter().map(|index| {
        let (name, columns, unique) = (&index.name.text, &index.columns, index.unique);
        quote!(#core::schema::Index::new(#name, &[#(#columns),*], #unique))
    });
    Some(quote_spanned!(first.span=> .with_indexes(&[#(#indexes),*])))
}
