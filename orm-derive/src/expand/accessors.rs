//! The accessors of associations: one-line methods that call the functions of the association's constant.

use heck::ToLowerCamelCase as _;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::associations::at_place;
use super::{quiet, respan};
use crate::ast::{Association, Kind, Model};
use crate::naming;

/// The accessors of all associations.
pub(super) fn expand(model: &Model) -> Option<TokenStream> {
    let (ident, quiet) = (&model.ident, quiet());
    let methods: Vec<_> =
        model.associations.iter().flat_map(|association| methods(association, model)).collect();
    (!methods.is_empty()).then(|| {
        quote! {
            #quiet
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
        Kind::ManyToMany(_) => Vec::new(),
    }
}

/// What the accessors of one association are made of.
struct Writer<'m> {
    model: &'m Model,
    association: &'m Association,
    /// The association's name.
    name: String,
    core: TokenStream,
    /// The model itself, pointed at the association's target.
    own: TokenStream,
    /// The trait of the other side whose functions the accessors call.
    seam: TokenStream,
}

/// The trait of orm-core whose functions the accessors of this kind call.
fn seam(kind: &Kind) -> &'static str {
    match kind {
        Kind::BelongsTo(_) => "BelongsToTarget",
        Kind::HasOne(_) => "HasOneTarget",
        Kind::HasMany(..) | Kind::ManyToMany(_) => "HasManyTarget",
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
    /// The foreign key that must be able to be NULL.
    unlinks: Option<u64>,
}

/// What an accessor takes.
enum Takes {
    Nothing,
    One,
    List,
    Draft,
}

impl<'m> Writer<'m> {
    fn new(association: &'m Association, model: &'m Model) -> Self {
        let at = association.target.span();
        let core = at_place(&model.core, at);
        let own = respan(&model.ident.to_token_stream(), at);
        let seam = Ident::new(seam(&association.kind), at);
        let seam = quote_spanned!(at=> #core::relation::#seam<'a, #own>);
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
                ..self.method("*", "get", one)
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
                unlinks: Some(key),
                ..self.method("set_*", "set", quote!(()))
            },
            Method {
                doc: format!(
                    "Un-links the `{name}` of this record, and says how many there were: one UPDATE."
                ),
                unlinks: Some(key),
                ..self.method("clear_*", "clear", quote!(u64))
            },
            Method {
                doc: format!(
                    "Saves a new `{name}` of this record: an INSERT, and an UPDATE before it that un-links the former where the foreign key may be NULL, all or nothing."
                ),
                takes: Takes::Draft,
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
                unlinks: Some(key),
                ..self.method("set_*", "set", quote!(()))
            },
            Method {
                doc: format!(
                    "Un-links all `{name}` of this record, and says how many there were: one UPDATE."
                ),
                unlinks: Some(key),
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
                unlinks: Some(key),
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
                unlinks: Some(key),
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
                takes: Takes::Draft,
                ..self.method("create_*", "create", quote!(#target))
            },
        ];
        let of_many = of_many.iter().map(|method| self.print(method, &self.name));
        let of_one = of_one.iter().map(|method| self.print(method, &one));
        std::iter::once(self.query()).chain(of_many).chain(of_one).collect()
    }

    fn method<'a>(&self, pattern: &'a str, calls: &'a str, output: TokenStream) -> Method<'a> {
        Method {
            pattern,
            calls,
            doc: String::new(),
            changes: false,
            takes: Takes::Nothing,
            output,
            unlinks: None,
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
        let constant = Ident::new(&self.association.constant.to_string(), at);
        let function = Ident::new(function, at);
        let (target, seam) = (&self.association.target, &self.seam);
        quote_spanned!(at=> <#target as #seam>::#function(Self::#constant, #arguments))
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
        let reference = quote!(#core::relation::Reference<#target, <#target as #seam>::Key, By>);
        let (generics, parameter, argument) = match method.takes {
            Takes::Nothing => (quote!(), quote!(), quote!()),
            Takes::One => (quote!(, By), quote!(, reference: impl #reference + 'a), quote!(, reference)),
            Takes::List => (
                quote!(, By, R: #reference + 'a),
                quote!(, list: impl ::core::iter::IntoIterator<Item = R>),
                quote!(, list),
            ),
            Takes::Draft => {
                (quote!(), quote!(, draft: impl #core::model::IntoDraft<#target>), quote!(, draft))
            }
        };
        let bound = method.unlinks.filter(|_| !self.model.inert).map(|hash| {
            let at = target.span();
            quote_spanned!(at=> #target: #core::model::CanUnlink<'a, #own, #hash>)
        });
        let body = self.call(method.calls, &quote!(self, db #argument));
        quote! {
            #[doc = #doc]
            #[doc(alias = #alias)]
            #vis fn #ident<'a #generics>(
                #this,
                db: &'a (impl #core::db::Executor + ?::core::marker::Sized)
                #parameter
            ) -> #core::driver::BoxFuture<'a, #core::Result<#output>>
            where
                #target: #seam,
                #bound
            {
                #body
            }
        }
    }
}
