//! The struct that `build()` returns: one type parameter per required field, one setter per field. And what is in it: the fields.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::{data, quiet, withs};
use crate::ast::{Column, Default, Model};
use crate::naming;
use crate::phrase::Phrase;

/// The fields of a draft.
fn fields_ident(model: &Model) -> Ident {
    format_ident!("__{}Fields", naming::plain(&model.ident))
}

/// The struct of the fields.
pub(super) fn fields(model: &Model) -> TokenStream {
    let (vis, ident) = (&model.vis, fields_ident(model));
    let (_, fields, types) = data::columns(model);
    quote! {
        #[doc(hidden)]
        #[derive(::core::default::Default)]
        #[allow(dead_code, missing_debug_implementations, private_interfaces, unreachable_pub)]
        #vis struct #ident {
            #(#fields: ::core::option::Option<#types>,)*
        }
    }
}

/// What `impl Model` says about them.
pub(super) fn data(model: &Model) -> TokenStream {
    let (core, ident) = (&model.core, fields_ident(model));
    // Not a name that an expression of the user's could mean.
    let fields = format_ident!("fields", span = Span::mixed_site());
    let (positions, names, types) = data::columns(model);
    let defaults: Vec<_> = model.columns.iter().filter_map(|column| default(column, core, &fields)).collect();
    let defaults = (!defaults.is_empty()).then(|| {
        quote! {
            fn defaults(#fields: &mut Self::Fields) {
                #(#defaults)*
            }
        }
    });
    // Not names that a constant of the user's may have.
    let values: Vec<_> =
        model.columns.iter().map(|column| format_ident!("__value_{}", column.position)).collect();
    let skipped = model.skipped.iter().map(data::skipped);
    let draft = &model.draft;
    quote! {
        type Fields = #ident;
        type Blank = #draft;

        #[inline]
        fn slots(#fields: &mut Self::Fields, to: &mut impl #core::types::Slots) {
            #(<#types as #core::ColumnType>::give_slot(&mut #fields.#names, #positions, to);)*
        }

        #defaults

        #[inline]
        fn from_fields(#fields: Self::Fields) -> ::core::option::Option<Self> {
            let #ident { #(#names: ::core::option::Option::Some(#values),)* } = #fields else {
                return ::core::option::Option::None;
            };
            ::core::option::Option::Some(Self { #(#names: #values,)* #(#skipped)* })
        }
    }
}

/// Sets a field of a draft to its default.
fn default(Column { field, ty, default, .. }: &Column, core: &Phrase, fields: &Ident) -> Option<TokenStream> {
    let default = match default.as_ref()? {
        Default::OfType => quote!(<#ty as ::core::default::Default>::default()),
        Default::Expr(expr, _) => {
            quote_spanned!(expr.span()=> #core::IntoValue::<#ty>::into_typed(#expr))
        }
    };
    Some(quote! {
        if ::core::option::Option::is_none(&#fields.#field) {
            #fields.#field = ::core::option::Option::Some(#default);
        }
    })
}

/// The draft. `inert` setters do nothing, since there are no fields.
pub(crate) fn expand(model: &Model, inert: bool) -> TokenStream {
    let Model { ident, vis, core, draft, .. } = model;
    let quiet = quiet();
    let shape = Shape::of(model);
    let (generics, defaults, complete) = (shape.generics(), shape.defaults(), shape.complete());
    let (parameters, along) = (shape.parameters(), shape.along());
    let markers = shape.markers();
    let setters = model.columns.iter().map(|column| setter(column, &shape, inert));
    let withs = withs::expand(&shape, inert);
    let links = withs::links(&shape, inert);
    let doc = format!(
        "A `{ident}` that is not saved yet, made by `{ident}::build`. A parameter stands for each required field and tells whether it has been set."
    );
    let and_along_type = along.as_ref().map(|along| quote!(, #along));
    let (along_type, nested) = match &along {
        Some(along) => (quote!(#along), Some(quote!(#along: #core::Nested<#ident>,))),
        None => (quote!(()), None),
    };
    let bounds = quote!(where #complete #nested);
    let missing = parameters
        .iter()
        .rev()
        .fold(quote!(#core::Set), |rest, parameter| quote!(<#parameter as #core::Mark>::Or<#rest>));
    let parts = at(
        ident.span(),
        quote! {
            impl #generics #core::DraftParts<#ident> for #draft #generics
            where
                #(#parameters: #core::Mark,)*
                #nested
            {
                type Along = #along_type;
                type Missing = #missing;

                fn into_draft(self) -> (#core::model::Draft<#ident>, Self::Along) {
                    self.0.split()
                }
            }
        },
    );
    let saved = match &along {
        Some(along) => quote!(<#along as #core::Nested<#ident>>::Output),
        None => quote!(#ident),
    };
    let and_along = along
        .as_ref()
        .map(|_| " What its `with_..` methods were given is saved along, all in one transaction.");
    let doc_save = format!(
        " Sends one INSERT. Gives back the record, with its id, its defaults and its timestamps.{}",
        and_along.unwrap_or_default()
    );
    quote! {
        #markers

        #[doc = #doc]
        #[must_use = "a draft does nothing until it is saved"]
        #[allow(dead_code, non_camel_case_types, missing_debug_implementations, private_interfaces, unreachable_pub)]
        #vis struct #draft #defaults(#core::model::Building<#ident, (#(#parameters,)*) #and_along_type>);

        #quiet
        #[allow(non_camel_case_types)]
        impl #generics #draft #generics {
            #(#setters)*
            #withs

            #[doc = #doc_save]
            ///
            /// # Errors
            /// Before anything is sent, where a value does not fit its column; else whatever the database says.
            #vis fn save<'db>(
                self,
                db: &'db (impl #core::Executor + ?::core::marker::Sized),
            ) -> #core::Pending<'db, #saved> #bounds {
                #core::query::save(self.0, db)
            }
        }

        #quiet
        #[allow(non_camel_case_types)]
        #parts


        #links
    }
}

/// The same item as if it stood there in the program: an error that names it shows that place, and says nothing of the derive.
fn at(span: Span, item: TokenStream) -> TokenStream {
    item.into_iter()
        .map(|mut token| {
            token.set_span(span);
            token
        })
        .collect()
}

/// The type parameters of a draft.
pub(super) struct Shape<'m> {
    pub(super) model: &'m Model,
    required: Vec<&'m Column>,
    /// The path of the type that stands for a field that has been set.
    set: Phrase,
}

/// An argument of the type of a draft.
enum Argument<'m> {
    Set(&'m Phrase),
    Kept(&'m Ident),
    Along(TokenStream),
}

impl ToTokens for Argument<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Set(path) => path.to_tokens(tokens),
            Self::Kept(parameter) => parameter.to_tokens(tokens),
            Self::Along(along) => along.to_tokens(tokens),
        }
    }
}

impl<'m> Shape<'m> {
    fn of(model: &'m Model) -> Self {
        let core = &model.core;
        Self {
            model,
            required: model.columns.iter().filter(|column| column.required).collect(),
            set: Phrase::new(quote!(#core::Set)),
        }
    }

    /// One for each required field.
    fn parameters(&self) -> Vec<&'m Ident> {
        self.required.iter().map(|column| &column.parameter).collect()
    }

    /// One for what is saved along, where there are associations.
    pub(super) fn along(&self) -> Option<Ident> {
        (!self.model.associations.is_empty()).then(|| format_ident!("__Along"))
    }

    /// `<title, __Along>`.
    pub(super) fn generics(&self) -> Option<TokenStream> {
        self.arguments(&[], self.along().map(|along| quote!(#along)))
    }

    /// The same, with these columns set, and this saved along.
    pub(super) fn arguments(&self, set: &[usize], along: Option<TokenStream>) -> Option<TokenStream> {
        let mut arguments: Vec<_> = (self.required.iter())
            .map(|column| {
                let is_set = set.contains(&column.position);
                if is_set { Argument::Set(&self.set) } else { Argument::Kept(&column.parameter) }
            })
            .collect();
        arguments.extend(along.map(Argument::Along));
        (!arguments.is_empty()).then(|| quote!(<#(#arguments),*>))
    }

    fn missing(&self) -> Ident {
        format_ident!("__{}", naming::plain(&self.model.ident))
    }

    fn defaults(&self) -> Option<TokenStream> {
        let (missing, core) = (self.missing(), &self.model.core);
        let mut parameters: Vec<_> = (self.required.iter())
            .map(|Column { parameter, field, .. }| quote!(#parameter = #core::Unset<#missing::#field>))
            .collect();
        parameters.extend(self.along().map(|along| quote!(#along = ())));
        (!parameters.is_empty()).then(|| quote!(<#(#parameters),*>))
    }

    /// That all required fields are set.
    fn complete(&self) -> TokenStream {
        let (core, parameters) = (&self.model.core, self.parameters());
        quote!(#(#parameters: #core::Mark<Field: #core::FieldSet>,)*)
    }

    /// The marker types, one for each required field.
    fn markers(&self) -> Option<TokenStream> {
        let (missing, fields) = (self.missing(), self.required.iter().map(|column| &column.field));
        let docs = self.required.iter().map(|column| format!("`{}` has not been set.", column.field));
        (!self.required.is_empty()).then(|| {
            // At the field itself, so that an error shows it.
            let markers = fields
                .zip(docs)
                .map(|(field, doc)| quote_spanned!(field.span()=> #[doc = #doc] pub enum #field {}));
            quote! {
                #[doc(hidden)]
                #[allow(non_camel_case_types, non_snake_case, missing_debug_implementations, unreachable_pub)]
                mod #missing {
                    #(#markers)*
                }
            }
        })
    }

    /// The draft with other fields set.
    pub(super) fn marked(&self) -> TokenStream {
        let draft = &self.model.draft;
        quote!(#draft(self.0.marked()))
    }
}

fn setter(column: &Column, shape: &Shape<'_>, inert: bool) -> TokenStream {
    let Model { vis, core, draft, .. } = shape.model;
    let Column { field, ty, .. } = column;
    let (doc, result) = if column.required {
        let arguments = shape.arguments(&[column.position], shape.along().map(|along| quote!(#along)));
        (format!("Sets `{field}`, which is required."), quote!(#draft #arguments))
    } else {
        (format!("Sets `{field}`."), quote!(Self))
    };
    let constructed = if column.required { shape.marked() } else { quote!(self) };
    let body = if inert {
        quote!(::core::unreachable!())
    } else {
        quote! {
            value.set(&mut self.0.fields.#field);
            #constructed
        }
    };
    let (this, value) = if inert { (quote!(self), quote!(_)) } else { (quote!(mut self), quote!(value)) };
    quote! {
        #[doc = #doc]
        #vis fn #field(#this, #value: impl #core::IntoValue<#ty>) -> #result {
            #body
        }
    }
}
