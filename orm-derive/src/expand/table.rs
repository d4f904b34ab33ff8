//! The table as a constant.
//!
//! What may be refused at compile time is a call spelt out at the place of the word that asks for it, `DataType::with_size(.., 10)` and not
//! `...with_size(10)`: the compiler points at where a call begins.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::associations::{joins, target_columns};
use super::respan;
use crate::ast::{Action, Binary, Column, Default, ForeignKey, Managed, Model, Shape};
use crate::naming;
use crate::phrase::Phrase;

/// The value of `Model::TABLE`.
pub(crate) fn expand(model: &Model) -> TokenStream {
    let Model { core, key, .. } = model;
    let name = &model.table.text;
    let struct_name = naming::plain(&model.ident);
    let columns = model.columns.iter().map(|column| definition(column, model));
    let key_span = model.key.first().map_or_else(|| model.ident.span(), |&n| model.columns[n].field.span());
    let table = call(
        core,
        key_span,
        &quote!(schema::Table::new),
        &quote!(#struct_name, #name, COLUMNS, &[#(#key),*]),
    );
    let table = match model.indexes.first() {
        None => table,
        Some(first) => {
            let indexes = model.indexes.iter().map(|index| {
                let (name, columns, unique) = (&index.name.text, &index.columns, index.unique);
                quote!(#core::schema::Index::new(#name, &[#(#columns),*], #unique))
            });
            call(core, first.span, &quote!(schema::Table::with_indexes), &quote!(#table, &[#(#indexes),*]))
        }
    };
    let table = match model.foreign_keys.first() {
        None => table,
        Some(_) => {
            let keys = model.foreign_keys.iter().map(|key| foreign_key(key, core));
            quote!(#table.with_foreign_keys(&[#(#keys),*]))
        }
    };
    let joins = joins(model);
    let table = if joins.is_empty() { table } else { quote!(#table.with_joins(&[#(#joins),*])) };
    quote! {
        &{
            const COLUMNS: &[#core::ColumnDef] = &[#(#columns),*];
            #table
        }
    }
}

fn foreign_key(key: &ForeignKey, core: &Phrase) -> TokenStream {
    let (name, columns, target) = (&key.name.text, &key.columns, &key.target);
    let near = core.at(key.span);
    let target = quote_spanned!(key.span=> <#target as #near::Model>::TABLE);
    let [on_delete, on_update] = [key.on_delete, key.on_update].map(|action| match action {
        Action::Nothing => quote!(NoAction),
        Action::Restrict => quote!(Restrict),
        Action::SetNull => quote!(SetNull),
        Action::Cascade => quote!(Cascade),
    });
    let schema = quote!(#core::schema);
    let target_key = (!key.target_key.is_empty()).then(|| {
        let columns = target_columns(key);
        quote!(.target_key(&[#(#columns),*]))
    });
    quote! {
        #schema::ForeignKey::new(#name, &[#(#columns),*], || #target, #schema::Action::#on_delete, #schema::Action::#on_update)
            #target_key
    }
}

/// A call of a function of orm-core, all of it at one place but for the arguments.
fn call(core: &Phrase, span: Span, function: &TokenStream, arguments: &TokenStream) -> TokenStream {
    let core = core.at(span);
    let function = respan(function, span);
    quote_spanned!(span=> #core::#function(#arguments))
}

fn definition(column: &Column, model: &Model) -> TokenStream {
    let core = &model.core;
    let (table, name, ty, written) = (&model.table.text, &column.name.text, &column.ty, column.optional);
    let field = naming::plain(&column.field);
    let at_type = ty.span();
    let near = core.at(at_type);
    let column_type = quote_spanned!(at_type=> <#ty as #near::ColumnType>);
    let own = quote!(#column_type::DATA_TYPE);
    let with = |data_type: TokenStream| quote!((#data_type, #column_type::NULLABLE));
    let shape = match &column.shape {
        Shape::Own => quote!(#column_type::COLUMN),
        Shape::Size(size, span) => {
            with(call(core, *span, &quote!(schema::DataType::with_size), &quote!(#own, #size)))
        }
        Shape::Text(span) => with(call(core, *span, &quote!(schema::DataType::as_text), &own)),
        Shape::Precision(digits, scale, span) => {
            let scale = match scale {
                None => quote!(::core::option::Option::None),
                Some(scale) => quote!(::core::option::Option::Some(#scale)),
            };
            with(call(core, *span, &quote!(schema::DataType::with_precision), &quote!(#own, #digits, #scale)))
        }
    };
    let mut def =
        call(core, at_type, &quote!(ColumnDef::of), &quote!(#table, #name, #field, #shape, #written));
    if let Some(span) = column.auto_increment {
        def = call(core, span, &quote!(ColumnDef::auto_increment), &def);
    }
    if let Some(Default::Expr(_, Some(literal))) = &column.default {
        def = quote!(#def.default(#core::schema::Literal::#literal));
    }
    if let Some(managed) = column.managed {
        let managed = match managed {
            Managed::CreatedAt => quote!(CreatedAt),
            Managed::UpdatedAt => quote!(UpdatedAt),
        };
        let arguments = quote!(#def, #core::schema::Managed::#managed);
        def = call(core, column.field.span(), &quote!(ColumnDef::managed), &arguments);
    }
    match column.binary {
        Binary::No => {}
        Binary::Key => def = quote!(#def.binary()),
        Binary::Asked(span) => def = call(core, span, &quote!(ColumnDef::case_sensitive), &def),
    }
    if let Some(text) = &column.custom_type {
        def = quote!(#def.custom_type(#text));
    }
    def
}
