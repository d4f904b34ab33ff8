//! Foreign keys as types, what is checked of them, and the constants of associations.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Path, Type};

use super::{quiet, respan};
use crate::ast::{Association, ForeignKey, Join, JoinTable, Kind, Model, Name};
use crate::naming;
use crate::phrase::Phrase;
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
            impl #core::References<#target, #hash> for #ident {
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
    let core = model.core.at(at);
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
    let core = model.core.at(first);
    let table = quote_spanned!(first=> <#target as #core::Model>::TABLE);
    quote_spanned! {first=>
        #(#fields)*
        #core::relation::can_be_referred_to(#table, &[#(#columns),*]);
    }
}

/// A pair stands in the join table once.
fn check_join(association: &Association, model: &Model) -> Option<TokenStream> {
    let Kind::ManyToMany(Join { table, .. }) = &association.kind else { return None };
    Some(match table {
        JoinTable::Model(through, near, far) => {
            let at = association.span;
            let core = model.core.at(at);
            let (near, far) = join_keys(through, (*near, *far), association, model);
            quote_spanned! {at=>
                #core::relation::is_pair(<#through as #core::Model>::TABLE, #near, #far);
            }
        }
        JoinTable::Named(name, _) => {
            let at = name.span;
            let (core, own, target) = (model.core.at(at), &model.ident, &association.target);
            quote_spanned! {at=>
                #core::relation::has_key_of_one_column(<#own as #core::Model>::TABLE);
                #core::relation::has_key_of_one_column(<#target as #core::Model>::TABLE);
            }
        }
    })
}

/// Where the foreign keys of a join table are.
fn join_keys(
    through: &Path,
    (near, far): (u64, u64),
    association: &Association,
    model: &Model,
) -> (TokenStream, TokenStream) {
    let near = foreign(through, &model.ident.to_token_stream(), near, model);
    let far = foreign(through, &association.target.to_token_stream(), far, model);
    (quote!(#near::FOREIGN_KEY), quote!(#far::FOREIGN_KEY))
}

/// The model of the rows of a join table, or `()`.
pub(super) fn join_model(join: &Join) -> TokenStream {
    match &join.table {
        JoinTable::Model(model, ..) => model.to_token_stream(),
        JoinTable::Named(..) => quote!(()),
    }
}

/// What stands for its two keys.
pub(super) fn join_hashes(join: &Join) -> (u64, u64) {
    match join.table {
        JoinTable::Model(_, near, far) => (near, far),
        JoinTable::Named(..) => (0, 0),
    }
}

/// The functions that give the join tables without a model, for the model's own table.
pub(crate) fn joins(model: &Model) -> Vec<TokenStream> {
    let ident = &model.ident;
    let named = model.associations.iter().filter(|association| named_join(association).is_some());
    named.map(join_function).map(|name| quote!(#ident::#name)).collect()
}

fn named_join(association: &Association) -> Option<(&Name, &[String; 2])> {
    match &association.kind {
        Kind::ManyToMany(Join { table: JoinTable::Named(name, columns), .. }) => Some((name, columns)),
        _ => None,
    }
}

fn join_function(association: &Association) -> Ident {
    format_ident!("__{}_table", naming::plain(&association.name), span = association.name.span())
}

/// The join table without a model that an association goes through.
fn named_table(association: &Association, model: &Model) -> Option<TokenStream> {
    let (name, columns) = named_join(association)?;
    let Model { ident, core, .. } = model;
    let (text, target, function) = (&name.text, &association.target, join_function(association));
    // The sides stand in the order of their columns, so that both models describe the same table.
    let [near, far] = columns;
    let (first, second, columns) = if near < far {
        (ident.to_token_stream(), target.to_token_stream(), [near, far])
    } else {
        (target.to_token_stream(), ident.to_token_stream(), [far, near])
    };
    let constraints = columns.map(|column| naming::constraint(text, [column.as_str()].into_iter()));
    let index = naming::index(text, [columns[1].as_str()].into_iter());
    let at = name.span;
    let near = core.at(at);
    let parts = quote_spanned! {at=>
        #near::model::Join::new::<#first, #second>(#text, [#(#columns),*], [#(#constraints),*], #index)
    };
    Some(quote! {
        fn #function() -> &'static #core::schema::Table {
            static PARTS: #core::model::Join = #parts;
            static TABLE: #core::schema::Table = PARTS.table();
            &TABLE
        }
    })
}

fn target_constant(target: &Path, field: &Ident) -> TokenStream {
    let constant = Ident::new(&naming::constant(field), field.span());
    quote_spanned!(field.span()=> #target::#constant)
}

/// Positions of the fields that `target_key` names, as expressions.
pub(crate) fn target_columns(key: &ForeignKey) -> impl Iterator<Item = TokenStream> {
    key.target_key.iter().map(|field| {
        let constant = target_constant(&key.target, field);
        quote_spanned!(field.span()=> #constant.position())
    })
}

pub(super) fn presence(key: &ForeignKey) -> TokenStream {
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
        let table = named_table(association, model).filter(|_| !model.inert);
        // Type and value at one place: what the other side lacks is said of both, in the same words, and then reported once.
        let (at, near) = (target.span(), at_place(core, target.span()));
        let own = respan(&ident.to_token_stream(), at);
        let value = quote_spanned!(at=> #near::relation::Association::#value);
        let data = (!model.inert).then(|| {
            let (data, constant) = (data_constant(association), Ident::new(&constant.to_string(), at));
            quote_spanned!(at=> const #data: #near::relation::Data = Self::#constant.data();)
        });
        let ty = quote_spanned!(at=> #near::relation::Association<#own, #target, #near::relation::#kind>);
        quote! {
            #table

            #[doc = #doc]
            #vis const #constant: #ty = #value;

            #data
        }
    })
}

/// What the accessors and the drafts take of an association, in a constant that has no type parameters to be looked at each time.
pub(super) fn data_constant(association: &Association) -> Ident {
    format_ident!("__{}", association.constant, span = association.target.span())
}

/// The kind as a type, and the call that makes the constant.
fn kind(association: &Association, name: &str, model: &Model) -> (TokenStream, TokenStream) {
    let core = &model.core;
    let own = model.ident.to_token_stream();
    let foreign = |hash| foreign(&association.target, &own, hash, model);
    let at = association.target.span();
    if model.inert {
        let kind = match &association.kind {
            Kind::BelongsTo(_) => quote!(BelongsTo<#core::relation::Optional>),
            Kind::HasOne(_) => quote!(HasOne<#core::relation::Optional>),
            Kind::HasMany(..) => quote!(HasMany<#core::relation::Optional>),
            Kind::ManyToMany(Join { table: JoinTable::Model(through, ..), .. }) => {
                quote!(ManyToMany<#through>)
            }
            Kind::ManyToMany(_) => quote!(ManyToMany<()>),
        };
        return (kind, quote_spanned!(at=> new(#name, 0)));
    }
    match &association.kind {
        Kind::BelongsTo(n) => {
            let presence = presence(&model.foreign_keys[*n]);
            (quote!(BelongsTo<#core::relation::#presence>), quote_spanned!(at=> new(#name, #n)))
        }
        Kind::HasOne(hash) => {
            let key = foreign(*hash);
            (quote_spanned!(at=> HasOne<#key::Presence>), quote_spanned!(at=> new(#name, #key::FOREIGN_KEY)))
        }
        Kind::HasMany(hash, _) => {
            let key = foreign(*hash);
            (quote_spanned!(at=> HasMany<#key::Presence>), quote_spanned!(at=> new(#name, #key::FOREIGN_KEY)))
        }
        Kind::ManyToMany(Join { table: JoinTable::Model(through, near, far), .. }) => {
            let there = core.at(through.span());
            let table = quote_spanned!(through.span()=> <#through as #there::Model>::TABLE);
            let (near, far) = join_keys(through, (*near, *far), association, model);
            (quote!(ManyToMany<#through>), quote_spanned!(at=> through(#name, || #table, #near, #far)))
        }
        Kind::ManyToMany(Join { table: JoinTable::Named(_, columns), .. }) => {
            let function = join_function(association);
            let near = usize::from(columns[0] > columns[1]);
            let far = 1 - near;
            (quote!(ManyToMany<()>), quote_spanned!(at=> through(#name, Self::#function, #near, #far)))
        }
    }
}

/// A foreign key of another model. All of it at one place, and what is asked of it too: a missing one is one error, however often it is named.
fn foreign(of: &Path, to: &TokenStream, hash: u64, model: &Model) -> TokenStream {
    let at = of.span();
    let (core, to) = (model.core.at(at), respan(to, at));
    quote_spanned!(at=> <#of as #core::References<#to, #hash>>)
}

/// The path of orm-core as if it had been written there. One that was given stays as it is, since it may not lead to the same from there.
pub(super) fn at_place(core: &Phrase, span: Span) -> Phrase {
    if core.is_usual() { Phrase::usual(span) } else { core.at(span) }
}
