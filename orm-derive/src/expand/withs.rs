//! `with_tasks([..])`: drafts that are saved along with a draft, and what lets a draft be one of them.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::associations::{at_place, data_constant, join_hashes, join_model};
use super::draft::Shape;
use super::{quiet, respan};
use crate::ast::{Association, Kind, Model};
use crate::naming;

/// The `with_..` methods of a draft.
pub(super) fn expand(shape: &Shape<'_>, inert: bool) -> TokenStream {
    shape.model.associations.iter().map(|association| with(association, shape, inert)).collect()
}

fn with(association: &Association, shape: &Shape<'_>, inert: bool) -> TokenStream {
    let Model { ident, vis, draft, .. } = shape.model;
    let Association { target, name, .. } = association;
    let at = target.span();
    let core = at_place(&shape.model.core, at);
    let name = naming::plain(name);
    let method = format_ident!("with_{name}", span = association.name.span());
    if inert {
        let generics = shape.generics();
        return quote! {
            #[doc(hidden)]
            #vis fn #method<D>(self, _: D) -> #draft #generics {
                ::core::unreachable!()
            }
        };
    }
    let many = matches!(association.kind, Kind::HasMany(..) | Kind::ManyToMany(_));
    let linked = quote_spanned!(at=> #core::LinkDraft);
    let draft_of = quote_spanned!(at=> #core::DraftParts<#target, Along = A, Missing: #core::FieldSet>);
    // How the two hang together, what a draft must be, what makes it one, and the fields of our own that are filled.
    let mut set = &[][..];
    let (kind, bounds, link) = match &association.kind {
        Kind::BelongsTo(n) => {
            let key = &shape.model.foreign_keys[*n];
            set = &key.columns;
            let presence = super::associations::presence(key);
            (
                quote!(#core::relation::BelongsTo<#core::relation::#presence>),
                quote_spanned!(at=> D: #draft_of,),
                None,
            )
        }
        Kind::HasOne(hash) | Kind::HasMany(hash, _) => {
            let shape = if many { quote!(Many) } else { quote!(Maybe) };
            (
                quote!(#core::model::#shape),
                quote_spanned!(at=> D: #linked<#target, #hash, Linked: #draft_of>,),
                Some(quote!(.map(<D as #linked<#target, #hash>>::linked))),
            )
        }
        Kind::ManyToMany(join) => {
            let (row, (near, far)) = (join_model(join), join_hashes(join));
            (
                quote!(#core::relation::ManyToMany<#row>),
                quote_spanned!(at=> D: #draft_of, #row: #core::relation::PlainPair<'a, #near, #far>,),
                None,
            )
        }
    };
    let (argument, list) = if many {
        (
            quote!(drafts: impl ::core::iter::IntoIterator<Item = D>),
            quote!(::core::iter::IntoIterator::into_iter(drafts)),
        )
    } else {
        (quote!(draft: D), quote!(::core::iter::once(draft)))
    };
    let along = shape.along();
    // What is saved along with the drafts is in the type, and not they: one that is wrong would be two errors else.
    let with = quote_spanned!(at=> #core::relation::With<#target, #kind, A>);
    let result = shape.arguments(set, Some(quote!((#along, #with))));
    let (own, data) = (respan(&ident.to_token_stream(), at), data_constant(association));
    let data = quote_spanned!(at=> #own::#data);
    let drafts = quote_spanned!(at=> <#target as #core::relation::NestedTarget<'a>>::drafts(#list #link));
    let body = quote!(#draft(self.0.with(#core::relation::With::new(#data, #drafts))));
    let forget = forget(set, shape);
    let this = if set.is_empty() { quote!(self) } else { quote!(mut self) };
    let doc = match association.kind {
        Kind::BelongsTo(_) => format!("Saves this one first, which it belongs to: its `{name}`."),
        Kind::ManyToMany(_) => format!("Saves these along, and links them: its `{name}`."),
        _ => format!("Saves its `{name}` along. Their foreign key need not be set."),
    };
    quote_spanned! {at=>
        #[doc = #doc]
        #[doc(alias = "include")]
        #vis fn #method<'a, A: #core::Nested<#target>, D>(#this, #argument) -> #draft #result
        where
            #bounds
            #target: #core::relation::NestedTarget<'a>,
        {
            #forget
            #body
        }
    }
}

/// Un-sets these fields.
fn forget(columns: &[usize], shape: &Shape<'_>) -> TokenStream {
    let fields = columns.iter().map(|&n| &shape.model.columns[n].field);
    quote!(#(self.0.fields.#fields = ::core::option::Option::None;)*)
}

/// `impl LinkDraft` for each foreign key.
pub(super) fn links(shape: &Shape<'_>, inert: bool) -> TokenStream {
    let Model { ident, core, draft, .. } = shape.model;
    let (quiet, generics) = (quiet(), shape.generics());
    let link = |parameters: Option<TokenStream>, key: TokenStream, result: TokenStream, body: TokenStream| {
        quote! {
            #quiet
            #[allow(non_camel_case_types)]
            impl #parameters #core::LinkDraft<#ident, #key> for #draft #generics {
                type Linked = #result;

                #body
            }
        }
    };
    if inert {
        // It may have any foreign key, as far as others are concerned.
        let parameters = match shape.along() {
            Some(along) => quote!(<#along, const KEY: u64>),
            None => quote!(<const KEY: u64>),
        };
        return link(
            Some(parameters),
            quote!(KEY),
            quote!(Self),
            quote! {
                fn linked(self) -> Self {
                    self
                }
            },
        );
    }
    (shape.model.foreign_keys.iter())
        .map(|key| {
            let arguments =
                shape.arguments(&key.columns, shape.along().map(|along: Ident| along.to_token_stream()));
            let (forget, linked) = (forget(&key.columns, shape), shape.marked());
            link(
                generics.clone(),
                key.hash.to_token_stream(),
                quote!(#draft #arguments),
                quote! {
                    fn linked(mut self) -> Self::Linked {
                        #forget
                        #linked
                    }
                },
            )
        })
        .collect()
}
