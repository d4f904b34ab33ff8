//! The accessors of associations: one-line methods that call the functions of the association's constant.

use heck::ToLowerCamelCase as _;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::associations::{at_place, data_constant, join_hashes, join_model};
use super::{quiet, respan};
use crate::ast::{Association, Join, JoinTable, Kind, Model};
use crate::naming;
use crate::phrase::Phrase;

/// The accessors of all associations.
pub(super) fn expand(model: &Model) -> Option<TokenStream> {
    let (ident, quiet) = (&model.ident, quiet());
    let methods: Vec<_> =
        model.associations.iter().flat_map(|association| methods(association, model)).collect();
    // Inert ones do nothing with what they are given.
    let unused = model.inert.then(|| quote!(#[allow(unused_variables)]));
    (!methods.is_empty()).then(|| {
        quote! {
            #quiet
            #unused
            impl #ident {
                #(#methods)*
            }
        }
    })
}

fn methods(association: &Association, model: &Model) -> Vec<TokenStream> {
    let writer = Writer::new(association, model);
    match &association.kind {
        Kind::BelongsTo(n) => {
            let optional = model.foreign_keys.get(*n).is_none_or(|key| key.optional);
            writer.belongs_to(optional)
        }
        Kind::HasOne(hash) => writer.has_one(*hash),
        Kind::HasMany(hash, singular) => writer.has_many(*hash, singular),
        Kind::ManyToMany(join) => writer.many_to_many(join),
    }
}

/// What the accessors of one association are made of.
struct Writer<'m> {
    model: &'m Model,
    association: &'m Association,
    /// The association's name.
    name: String,
    core: Phrase,
    /// The model itself, pointed at the association's target.
    own: Phrase,
    /// The trait of the other side whose functions the accessors call.
    seam: TokenStream,
}

/// The trait of orm-core whose functions the accessors of this kind call.
fn seam(kind: &Kind) -> &'static str {
    match kind {
        Kind::BelongsTo(_) => "BelongsToTarget",
        Kind::HasOne(_) => "HasOneTarget",
        Kind::HasMany(..) => "HasManyTarget",
        Kind::ManyToMany(_) => "ManyToManyTarget",
    }
}

/// What tells one accessor from another.
struct Method<'a> {
    /// `set_*`, the name in place of the star.
    pattern: &'a str,
    /// What it calls, a function of the constant.
    calls: &'a str,
    doc: String,
    /// Whether it changes the record.
    changes: bool,
    /// What it takes besides the record and the database.
    takes: Takes,
    output: TokenStream,
    /// What must hold where it is called.
    needs: Needs,
}

/// What must hold where an accessor is called.
#[derive(Clone, Copy)]
enum Needs {
    Nothing,
    /// This foreign key of the other side may be NULL.
    Unlinks(u64),
    /// A row of the join table is made of these two keys alone.
    Pair(u64, u64),
}

/// What an accessor takes.
enum Takes {
    Nothing,
    One,
    List,
    /// A complete draft of the other side.
    Draft,
    /// A draft of the other side whose foreign key need not be set.
    Child(u64),
    /// A record, and a draft of the row of the join table, whose keys need not be set.
    OneAndRow(TokenStream, u64, u64),
}

impl<'m> Writer<'m> {
    fn new(association: &'m Association, model: &'m Model) -> Self {
        let at = association.target.span();
        let core = at_place(&model.core, at);
        let own = respan(&model.ident.to_token_stream(), at);
        let seam = Ident::new(seam(&association.kind), at);
        let row = match &association.kind {
            Kind::ManyToMany(join) => Some(join_model(join)),
            _ => None,
        };
        let and_row = row.iter();
        let seam = quote_spanned!(at=> #core::#seam<'a, #own #(, #and_row)*>);
        Self { model, association, name: naming::plain(&association.name), own, seam, core }
    }

    fn belongs_to(&self, optional: bool) -> Vec<TokenStream> {
        let (name, target) = (&self.name, &self.association.target);
        let one = if optional { quote!(::core::option::Option<#target>) } else { quote!(#target) };
        let mut methods = vec![
            Method {
                doc: format!(
                    "The `{name}` of this record: one SELECT{}.",
                    if optional { ", and none where the foreign key is NULL" } else { "" }
                ),
                ..self.method("*", if optional { "get" } else { "get_required" }, one)
            },
            Method {
                doc: format!(
                    "Makes this the `{name}` of this record: one UPDATE by key, and the foreign key in memory follows. Takes a record or its key."
                ),
                changes: true,
                takes: Takes::One,
                ..self.method("set_*", "set", quote!(()))
            },
            Method {
                doc: format!(
                    "Saves a new `{name}` of this record: an INSERT and an UPDATE by key, all or nothing. The foreign key in memory follows."
                ),
                changes: true,
                takes: Takes::Draft,
                ..self.method("create_*", "create", quote!(#target))
            },
        ];
        if optional {
            methods.push(Method {
                doc: format!("Lets this record have no `{name}`: one UPDATE by key, and the foreign key in memory follows."),
                changes: true,
                ..self.method("clear_*", "clear", quote!(()))
            });
        }
        methods.iter().map(|method| self.print(method, &self.name)).collect()
    }

    fn has_one(&self, key: u64) -> Vec<TokenStream> {
        let (name, target) = (&self.name, &self.association.target);
        let methods = [
            Method {
                doc: format!(
                    "The `{name}` of this record, the first by key where there are several: one SELECT."
                ),
                ..self.method("*", "get", quote!(::core::option::Option<#target>))
            },
            Method {
                doc: format!(
                    "Makes this the `{name}` of this record and un-links the former: a SELECT, and UPDATEs where it is another, all or nothing. Takes a record or its key."
                ),
                takes: Takes::One,
                needs: Needs::Unlinks(key),
                ..self.method("set_*", "set", quote!(()))
            },
            Method {
                doc: format!(
                    "Un-links the `{name}` of this record, and says how many there were: one UPDATE."
                ),
                needs: Needs::Unlinks(key),
                ..self.method("clear_*", "clear", quote!(u64))
            },
            Method {
                doc: format!(
                    "Saves a new `{name}` of this record: an INSERT, and an UPDATE before it that un-links the former where the foreign key may be NULL, all or nothing."
                ),
                takes: Takes::Child(key),
                ..self.method("create_*", "create", quote!(#target))
            },
        ];
        methods.iter().map(|method| self.print(method, &self.name)).collect()
    }

    fn has_many(&self, key: u64, singular: &Ident) -> Vec<TokenStream> {
        let (name, target) = (&self.name, &self.association.target);
        let one = naming::plain(singular);
        let of_many = [
            Method {
                doc: format!(
                    "Makes these the only `{name}` of this record: a SELECT of their keys, and UPDATEs of the difference, all or nothing. Takes records or their keys."
                ),
                takes: Takes::List,
                needs: Needs::Unlinks(key),
                ..self.method("set_*", "set", quote!(()))
            },
            Method {
                doc: format!(
                    "Un-links all `{name}` of this record, and says how many there were: one UPDATE."
                ),
                needs: Needs::Unlinks(key),
                ..self.method("clear_*", "clear", quote!(u64))
            },
            Method {
                doc: format!(
                    "Makes these `{name}` of this record, whoever's they were: one UPDATE for up to 1,000 of them, all or nothing. Takes records or their keys."
                ),
                takes: Takes::List,
                ..self.method("add_*", "add_all", quote!(()))
            },
            Method {
                doc: format!(
                    "Un-links these `{name}` of this record, and says how many there were: one UPDATE for up to 1,000 of them, all or nothing. Takes records or their keys."
                ),
                takes: Takes::List,
                needs: Needs::Unlinks(key),
                ..self.method("remove_*", "remove_all", quote!(u64))
            },
            Method {
                doc: format!(
                    "Whether all of these are `{name}` of this record: one SELECT for up to 1,000 of them. Takes records or their keys."
                ),
                takes: Takes::List,
                ..self.method("has_*", "has_all", quote!(bool))
            },
            Method {
                doc: format!("How many `{name}` this record has: one SELECT."),
                ..self.method("count_*", "count", quote!(u64))
            },
        ];
        let of_one = [
            Method {
                doc: format!(
                    "Makes this one of the `{name}` of this record, whoever's it was: one UPDATE. Takes a record or its key."
                ),
                takes: Takes::One,
                ..self.method("add_*", "add", quote!(()))
            },
            Method {
                doc: format!(
                    "Un-links this one of the `{name}` of this record, and says whether it was one (0 or 1): one UPDATE. Takes a record or its key."
                ),
                takes: Takes::One,
                needs: Needs::Unlinks(key),
                ..self.method("remove_*", "remove", quote!(u64))
            },
            Method {
                doc: format!(
                    "Whether this is one of the `{name}` of this record: one SELECT. Takes a record or its key."
                ),
                takes: Takes::One,
                ..self.method("has_*", "has", quote!(bool))
            },
            Method {
                doc: format!("Saves a new one of the `{name}` of this record: one INSERT."),
                takes: Takes::Child(key),
                ..self.method("create_*", "create", quote!(#target))
            },
        ];
        let of_many = of_many.iter().map(|method| self.print(method, &self.name));
        let of_one = of_one.iter().map(|method| self.print(method, &one));
        std::iter::once(self.query()).chain(of_many).chain(of_one).collect()
    }

    fn many_to_many(&self, join: &Join) -> Vec<TokenStream> {
        let (name, target) = (&self.name, &self.association.target);
        let one = naming::plain(&join.singular);
        let (near, far) = join_hashes(join);
        let pair = Needs::Pair(near, far);
        let of_many = [
            Method {
                doc: format!(
                    "Links this record to these `{name}` and no others: a SELECT of their keys, a DELETE and an INSERT of the difference, all or nothing. Takes records or their keys."
                ),
                takes: Takes::List,
                needs: pair,
                ..self.method("set_*", "set", quote!(()))
            },
            Method {
                doc: format!(
                    "Un-links all `{name}` of this record, and says how many there were: one DELETE from the join table."
                ),
                ..self.method("clear_*", "clear", quote!(u64))
            },
            Method {
                doc: format!(
                    "Links this record to these `{name}`, as far as it is not: one INSERT for up to 1,000 of them, all or nothing. Takes records or their keys."
                ),
                takes: Takes::List,
                needs: pair,
                ..self.method("add_*", "add_all", quote!(()))
            },
            Method {
                doc: format!(
                    "Un-links these `{name}` of this record, and says how many there were: one DELETE for up to 1,000 of them, all or nothing. Takes records or their keys."
                ),
                takes: Takes::List,
                ..self.method("remove_*", "remove_all", quote!(u64))
            },
            Method {
                doc: format!(
                    "Whether this record is linked to all of these `{name}`: one SELECT for up to 1,000 of them. Takes records or their keys."
                ),
                takes: Takes::List,
                ..self.method("has_*", "has_all", quote!(bool))
            },
            Method {
                doc: format!("How many `{name}` this record has: one SELECT."),
                ..self.method("count_*", "count", quote!(u64))
            },
        ];
        let of_one = [
            Method {
                doc: format!(
                    "Links this record to one of the `{name}`, where it is not: one INSERT. Takes a record or its key."
                ),
                takes: Takes::One,
                needs: pair,
                ..self.method("add_*", "add", quote!(()))
            },
            Method {
                doc: format!(
                    "Un-links one of the `{name}` of this record, and says whether it was one (0 or 1): one DELETE. Takes a record or its key."
                ),
                takes: Takes::One,
                ..self.method("remove_*", "remove", quote!(u64))
            },
            Method {
                doc: format!(
                    "Whether this record is linked to this one of the `{name}`: one SELECT. Takes a record or its key."
                ),
                takes: Takes::One,
                ..self.method("has_*", "has", quote!(bool))
            },
            Method {
                doc: format!("Saves a new one of the `{name}` and links it: two INSERTs, all or nothing."),
                takes: Takes::Draft,
                needs: pair,
                ..self.method("create_*", "create", quote!(#target))
            },
        ];
        let of_many = of_many.iter().map(|method| self.print(method, &self.name));
        let of_one = of_one.iter().map(|method| self.print(method, &one));
        let mut methods: Vec<_> = std::iter::once(self.query()).chain(of_many).chain(of_one).collect();
        if let JoinTable::Model(row, near, far) = &join.table {
            let (core, own) = (&self.core, &self.own);
            let with = Method {
                doc: format!(
                    "Links this record to one of the `{name}` by a row of the join table of your own: one INSERT; where it is linked already, an UPDATE that gives the row what the draft says. Takes a record or its key."
                ),
                takes: Takes::OneAndRow(row.to_token_stream(), *near, *far),
                ..self.method("add_*_with", "add_with", quote!(()))
            };
            let at = target.span();
            let seam = quote_spanned!(at=> #core::PairTarget<'a, #own, #row>);
            methods.push(
                Self { seam, name: self.name.clone(), core: core.clone(), own: own.clone(), ..*self }
                    .print(&with, &one),
            );
        }
        methods
    }

    fn method<'a>(&self, pattern: &'a str, calls: &'a str, output: TokenStream) -> Method<'a> {
        Method {
            pattern,
            calls,
            doc: String::new(),
            changes: false,
            takes: Takes::Nothing,
            output,
            needs: Needs::Nothing,
        }
    }

    /// `user.tasks()`, which sends nothing.
    fn query(&self) -> TokenStream {
        let (core, vis, target, seam) = (&self.core, &self.model.vis, &self.association.target, &self.seam);
        let name = &self.association.name;
        let doc = format!(
            "The `{}` of this record, to be narrowed, ordered and paged. Nothing is sent yet.",
            self.name
        );
        let alias = format!("get_{}", self.name).to_lower_camel_case();
        let body = self.call("query", &quote!(self));
        quote! {
            #[doc = #doc]
            #[doc(alias = #alias)]
            #vis fn #name<'a>(&'a self) -> #core::query::Query<#target>
            where
                #target: #seam,
            {
                #body
            }
        }
    }

    /// The call of a function of the constant; nothing that could be wrong where the model is.
    fn call(&self, function: &str, arguments: &TokenStream) -> TokenStream {
        if self.model.inert {
            return quote!(::core::unreachable!());
        }
        let at = self.association.target.span();
        let data = data_constant(self.association);
        let function = Ident::new(function, at);
        let (target, seam) = (&self.association.target, &self.seam);
        quote_spanned!(at=> <#target as #seam>::#function(Self::#data, #arguments))
    }

    fn print(&self, method: &Method<'_>, name: &str) -> TokenStream {
        let (core, own, seam) = (&self.core, &self.own, &self.seam);
        let (vis, target) = (&self.model.vis, &self.association.target);
        let Method { doc, output, .. } = method;
        let text = method.pattern.replace('*', name);
        let ident = naming::identifier(&text, self.association.name.span());
        // Sequelize says `getProject` where this says `project`, and `setProject(null)` where it says `clear_project`.
        let alias = match method.pattern {
            "*" => format!("get_{name}"),
            "clear_*" => format!("set_{name}"),
            _ => text,
        };
        let alias = alias.to_lower_camel_case();
        let this = if method.changes { quote!(&'a mut self) } else { quote!(&'a self) };
        let at = target.span();
        let reference = quote_spanned!(at=> #core::Reference<#target, <#target as #seam>::Key, By>);
        let linked = quote_spanned!(at=> #core::LinkDraft);
        let draft = quote_spanned!(at=> #core::DraftParts);
        let set = quote_spanned!(at=> Missing: #core::FieldSet);
        let nested = quote_spanned!(at=> #core::Nested<#target>);
        let inert = self.model.inert;
        // The output names what a draft has along, and not the draft: one that is wrong would be two errors else.
        let saved = quote!(<A as #nested>::Output);
        let (generics, parameters, arguments, saved) = match &method.takes {
            Takes::Nothing => (quote!(), quote!(), quote!(), None),
            Takes::One => (
                quote!(, By),
                quote_spanned!(at=> , reference: impl #reference + 'a),
                quote!(, reference),
                None,
            ),
            Takes::List => (
                quote_spanned!(at=> , By, R: #reference + 'a),
                quote!(, list: impl ::core::iter::IntoIterator<Item = R>),
                quote!(, list),
                None,
            ),
            Takes::Draft | Takes::Child(_) if inert => (quote!(, D), quote!(, _: D), quote!(), None),
            Takes::OneAndRow(..) if inert => (quote!(, R, D), quote!(, _: R, _: D), quote!(), None),
            Takes::Draft => (
                quote_spanned!(at=> , A: #nested, D: #draft<#target, Along = A, #set>),
                quote!(, draft: D),
                quote!(, draft),
                Some(saved),
            ),
            Takes::Child(hash) => (
                quote_spanned!(at=> , A: #nested, D: #linked<#target, #hash, Linked: #draft<#target, Along = A, #set>>),
                quote!(, draft: D),
                quote!(, <D as #linked<#target, #hash>>::linked(draft)),
                Some(saved),
            ),
            Takes::OneAndRow(row, near, far) => (
                quote_spanned!(at=> , By, D: #linked<#row, #near, Linked: #linked<#row, #far, Linked: #draft<#row, Along = (), #set>>>),
                quote_spanned!(at=> , reference: impl #reference + 'a, row: D),
                quote!(, reference, #linked::<#row, #far>::linked(#linked::<#row, #near>::linked(row))),
                None,
            ),
        };
        let output = saved.unwrap_or_else(|| quote!(#output));
        let bound = match method.needs {
            _ if inert => None,
            Needs::Nothing => None,
            Needs::Unlinks(hash) => Some(quote_spanned!(at=> #target: #core::CanUnlink<'a, #own, #hash>)),
            Needs::Pair(near, far) => {
                let row = match &self.association.kind {
                    Kind::ManyToMany(join) => join_model(join),
                    _ => quote!(()),
                };
                Some(quote_spanned!(at=> #row: #core::relation::PlainPair<'a, #near, #far>))
            }
        };
        let body = self.call(method.calls, &quote!(self, db #arguments));
        quote! {
            #[doc = #doc]
            #[doc(alias = #alias)]
            #vis fn #ident<'a #generics>(
                #this,
                db: &'a (impl #core::Executor + ?::core::marker::Sized)
                #parameters
            ) -> #core::Pending<'a, #output>
            where
                #target: #seam,
                #bound
            {
                #body
            }
        }
    }
}
