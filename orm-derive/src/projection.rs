//! `#[derive(Projection)]`: a struct of some columns of a model.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{DeriveInput, Expr, Field, Path};

use crate::attr::{Item, PROJECTION, PROJECTION_FIELD, Value, items, ungroup};
use crate::errors::Errors;
use crate::phrase::Phrase;
use crate::shape::NamedStruct;
use crate::{expand, fallback, infer, naming};

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let errors = Errors::new();
    let mut core = infer::core_path(None);
    let mut model = None;
    let mut model_said = false;
    for item in items(&input.attrs, &PROJECTION, &errors) {
        if item.word.name == "model" {
            model_said = true;
            model = item.path(&errors);
        } else {
            core = infer::core_path(item.path(&errors).as_ref());
        }
    }
    let shape = NamedStruct::of(input, "a projection", &errors);
    if !model_said && errors.is_empty() {
        errors.over(&input.ident, "whose columns are these? write #[projection(model = Note)] on the struct");
    }
    let columns: Vec<_> = shape
        .iter()
        .flat_map(|shape| shape.fields)
        .filter_map(|field| Some((field.ident.as_ref()?, field, constant(field, &errors)?)))
        .collect();
    match (model, errors.finish()) {
        (Some(model), Ok(())) => expand(&input.ident, &core, &model, &columns),
        (model, result) => {
            let errors = fallback::compile_errors(&result.err().unwrap_or_default());
            let inert = model.map(|model| fallback::projection(input, &core, &model));
            quote!(#errors #inert)
        }
    }
}

/// The constant of the model's field that this field shows.
fn constant(field: &Field, errors: &Errors) -> Option<Ident> {
    let mut name = field.ident.clone()?;
    for item in items(&field.attrs, &PROJECTION_FIELD, errors) {
        name = column(&item, errors)?;
    }
    Some(Ident::new(&naming::constant(&name), name.span()))
}

fn column(item: &Item, errors: &Errors) -> Option<Ident> {
    if let Value::Expr(expr) = &item.value
        && let Expr::Path(path) = ungroup(expr)
        && let Some(name) = path.path.get_ident()
    {
        return Some(name.clone());
    }
    item.wrong("the name of a field of the model", errors);
    None
}

fn expand(ident: &Ident, core: &Phrase, model: &Path, columns: &[(&Ident, &Field, Ident)]) -> TokenStream {
    let quiet = expand::quiet();
    let path = Phrase::new(model.to_token_stream());
    let target = quote_spanned!(model.span()=> type Model = #model;);
    let names: Vec<_> = (0..columns.len()).map(|n| format_ident!("COLUMN_{n}")).collect();
    // The only place that names the model's constant and the field's type: a column that is not there, or of another type, is one error.
    let constants = columns.iter().zip(&names).map(|((_, field, constant), name)| {
        let ty = &field.ty;
        let near = path.at(constant.span());
        quote! {
            const #name: #core::Column<#model, #ty> = #near::#constant;
        }
    });
    let fields = columns.iter().enumerate().map(|(n, (field, source, _))| {
        quote_spanned!(source.ty.span()=> #field: #core::query::projected::<Self, _>(row, #n)?,)
    });
    quote! {
        const _: () = {
            #(#constants)*

            #quiet
            impl #core::query::Projection for #ident {
                #target

                const COLUMNS: &'static [usize] = &[#(#names.position()),*];

                fn from_row(row: &mut #core::model::Row<'_>) -> #core::Result<Self> {
                    ::core::result::Result::Ok(Self { #(#fields)* })
                }
            }
        };
    }
}
