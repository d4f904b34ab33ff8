//! Foreign keys as types, what is checked of them, and the constants of associations.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Path, Type};

use super::{quiet, respan};
use crate::ast::{Association, ForeignKey, Join, Kind, Model};
use crate::naming;
use crate::shape::is_option;

/// `impl References` for each foreign key, and the assertions that both its sides fit.
pub(crate) fn references(model: &Model) -> TokenStream {
    let (ident, core) = (&model.ident, &model.core);
    let quiet = quiet();
    let impls = model.foreign_keys.iter().enumerate().map(|(n, key)| {
        let (target, hash, presence) = (&key.target, key.hash, presence(key));
        // At the attribute: where the target is private and the model is not, the compiler points here.
        let types: Vec<_> = key.columns.iter().map(|&n| plain(&model.columns[n].ty)).collect();
        let key = match types[..] {
            [only] => quote!(#core::model::One<#only>),
            _ => quote!((#(#types,)*)),
        };
        quote! {
            #quiet
            impl #core::model::References<#target, #hash> for #ident {
                type Key = #key;
                type Presence = #core::model::#presence;
                const FOREIGN_KEY: usize = #n;
            }
        }
    });
    let checks: Vec<_> = (model.foreign_keys.iter().map(|key| check(key, model)))
        .chain(model.associations.iter().filter_map(|association| check_join(association, model)))
        .collect();
    let checks = (!checks.is_empty()).then(|| quote!(const _: () = { #(#checks)* };));
    quote!(#(#impls)* #checks)
}

/// Both sides have the same types; a key that is not the primary key is unique and compares bytes.
fn check(key: &ForeignKey, model: &Model) -> TokenStream {
    let at = key.span;
    let core = respan(&model.core, at);
    let target = &key.target;
    let types = key.columns.iter().map(|&n| plain(&model.columns[n].ty));
    if key.target_key.is_empty() {
        let own = match types.collect::<Vec<_>>()[..] {
            [only] => quote!(#only),
            ref several => quote!((#(#several,)*)),
        };
        return quote_spanned! {at=>
            #core::relation::same_key::<#own, <<#target as #core::Model>::Key as #core::model::Key>::Plain>();
        };
    }
    let fields = key.target_key.iter().zip(types).map(|(field, ty)| {
        let constant = target_constant(target, field);
        let at = field.span();
        quote_spanned!(at=> #core::relation::same_column::<#ty, _, _>(#constant);)
    });
    let columns = target_columns(key);
    let first = key.target_key[0].span();
    let core = respan(&model.core, first);
    let table = quote_spanned!(first=> <#target as #core::Model>::TABLE);
    quote_spanned! {first=>
        #(#fields)*
        #core::relation::can_be_referred_to(#table, &[#(#columns),*]);
    }
}

/// A pair stands in the join table once.
fn check_join(association: &Association, model: &Model) -> Option<TokenStream> {
    let Kind::ManyToMany(join) = &association.kind else { return None };
    let at = association.span;
    let core = respan(&model.core, at);
    let through = &join.model;
    let (near, far) = join_keys(join, association, model);
    Some(quote_spanned! {at=>
        #core::relation::is_pair(<#through as #core::Model>::TABLE, #near, #far);
    })
}

/// Where the foreign keys of a join table are.
fn join_keys(join: &Join, association: &Association, model: &Model) -> (TokenStream, TokenStream) {
    let own = model.ident.to_token_stream();
    let near = foreign(&join.model, &own, join.near, model);
    let far = foreign(&join.model, &association.target.to_token_stream(), join.far, model);
    (quote!(#near::FOREIGN_KEY), quote!(#far::FOREIGN_KEY))
}

fn target_constant(target: &Path, field: &proc_macro2::Ident) -> TokenStream {
    let constant = proc_macro2::Ident::new(&naming::constant(field), field.span());
    quote_spanned!(field.span()=> #target::#constant)
}

/// Positions of the fields that `target_key` names, as expressions.
pub(crate) fn target_columns(key: &ForeignKey) -> impl Iterator<Item = TokenStream> {
    key.target_key.iter().map(|field| {
        let constant = target_constant(&key.target, field);
        quote_spanned!(field.span()=> #constant.position())
    })
}

fn presence(key: &ForeignKey) -> TokenStream {
    if key.optional { quote!(Optional) } else { quote!(Required) }
}

/// The type without its `Option`.
fn plain(ty: &Type) -> &Type {
    is_option(ty).unwrap_or(ty)
}

/// The constants of all associations.
pub(crate) fn constants(model: &Model) -> impl Iterator<Item = TokenStream> {
    model.associations.iter().map(|association| {
        let Model { ident, vis, core, .. } = model;
        let Association { constant, target, name, .. } = association;
        let name = naming::plain(name);
        let doc = format!("The association `{name}`, to [`{}`].", target.to_token_stream());
        let (kind, value) = kind(association, &name, model);
        quote! {
            #[doc = #doc]
            #vis const #constant: #core::relation::Association<#ident, #target, #core::relation::#kind>
                = #core::relation::Association::#value;
        }
    })
}

/// The kind as a type, and the call that makes the constant.
fn kind(association: &Association, name: &str, model: &Model) -> (TokenStream, TokenStream) {
    let core = &model.core;
    let own = model.ident.to_token_stream();
    let foreign = |hash| foreign(&association.target, &own, hash, model);
    match &association.kind {
        Kind::BelongsTo(n) => {
            let presence = presence(&model.foreign_keys[*n]);
            (quote!(BelongsTo<#core::relation::#presence>), quote!(new(#name, #n)))
        }
        Kind::HasOne(hash) => {
            let key = foreign(*hash);
            (quote!(HasOne<#key::Presence>), quote!(new(#name, #key::FOREIGN_KEY)))
        }
        Kind::HasMany(hash, _) => {
            let key = foreign(*hash);
            (quote!(HasMany<#key::Presence>), quote!(new(#name, #key::FOREIGN_KEY)))
        }
        Kind::ManyToMany(join) => {
            let through = &join.model;
            let near = respan(core, through.span());
            let table = quote_spanned!(through.span()=> <#through as #near::Model>::TABLE);
            let (near, far) = join_keys(join, association, model);
            (quote!(ManyToMany<#through>), quote!(through(#name, || #table, #near, #far)))
        }
    }
}

/// A foreign key of another model. All of it at one place, so that a missing one is one error.
fn foreign(of: &Path, to: &TokenStream, hash: u64, model: &Model) -> TokenStream {
    let at = of.span();
    let (core, to) = (respan(&model.core, at), respan(to, at));
    quote_spanned!(at=> <#of as #core::model::References<#to, #hash>>)
}
