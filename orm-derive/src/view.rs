//! `#[derive(View)]`: a struct of the parts of what an include loads, by position.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::DeriveInput;
use syn::spanned::Spanned as _;

use crate::attr::{VIEW, items};
use crate::errors::Errors;
use crate::phrase::Phrase;
use crate::shape::NamedStruct;
use crate::{expand, fallback, infer};

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let errors = Errors::new();
    let mut core = infer::core_path(None);
    for item in items(&input.attrs, &VIEW, &errors) {
        core = infer::core_path(item.path(&errors).as_ref());
    }
    let shape = NamedStruct::of(input, "a view", &errors);
    match (shape, errors.finish()) {
        (Some(shape), Ok(())) => write(&shape, &core),
        (_, result) => fallback::compile_errors(&result.err().unwrap_or_default()),
    }
}

fn write(shape: &NamedStruct<'_>, core: &Phrase) -> TokenStream {
    let ident = shape.ident;
    let quiet = expand::quiet();
    let fields: Vec<_> = shape.fields.iter().filter_map(|field| field.ident.as_ref()).collect();
    let parts: Vec<_> = (0..fields.len()).map(|n| format_ident!("part_{n}")).collect();
    let loaded: Vec<_> = shape
        .fields
        .iter()
        .map(|field| {
            let (ty, span) = (&field.ty, field.ty.span());
            let near = core.at(span);
            quote_spanned!(span=> <#ty as #near::relation::View>::Loaded)
        })
        .collect();
    let values = shape.fields.iter().zip(&fields).zip(&parts).map(|((field, name), part)| {
        let (ty, span) = (&field.ty, field.ty.span());
        let near = core.at(span);
        quote_spanned!(span=> #name: <#ty as #near::relation::View>::view(#part))
    });
    // One part alone is no tuple.
    let (loaded, parts) = match (&loaded[..], &parts[..]) {
        ([loaded], [part]) => (quote!(#loaded), quote!(#part)),
        (loaded, parts) => (quote!((#(#loaded),*)), quote!((#(#parts),*))),
    };
    quote! {
        #quiet
        impl #core::relation::View for #ident {
            type Loaded = #loaded;

            fn view(#parts: Self::Loaded) -> Self {
                Self { #(#values),* }
            }
        }

        #quiet
        impl ::core::convert::From<<#ident as #core::relation::View>::Loaded> for #ident {
            fn from(loaded: <#ident as #core::relation::View>::Loaded) -> Self {
                <#ident as #core::relation::View>::view(loaded)
            }
        }
    }
}
