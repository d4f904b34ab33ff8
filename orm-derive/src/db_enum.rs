//! `#[derive(DbEnum)]`: an enum without data, stored as text.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{Data, DeriveInput, Fields, Variant};

use crate::attr::{DB_ENUM, VARIANT, items};
use crate::errors::Errors;
use crate::naming::{self, Case};
use crate::phrase::Phrase;
use crate::{expand, fallback, infer, shape};

/// The most characters that a text may have: such columns can be indexed and be keys.
const LONGEST_TEXT: usize = 64;

/// A variant and its text.
struct Choice<'a> {
    variant: &'a Ident,
    text: String,
    span: Span,
}

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let errors = Errors::new();
    let mut case = Case::Snake;
    let mut core = infer::core_path(None);
    for item in items(&input.attrs, &DB_ENUM, &errors) {
        if item.word.name == "rename_all" {
            case = Case::read(&item, &errors).unwrap_or(case);
        } else {
            core = infer::core_path(item.path(&errors).as_ref());
        }
    }
    let choices = choices(input, case, &errors);
    texts_are_possible(&choices, &errors);
    texts_differ(&choices, &errors);
    match errors.finish() {
        Ok(()) => expand(&input.ident, &core, &choices),
        Err(list) => {
            let errors = fallback::compile_errors(&list);
            let inert = fallback::column_type(input, &core, true);
            quote!(#errors #inert)
        }
    }
}

fn choices<'a>(input: &'a DeriveInput, case: Case, errors: &Errors) -> Vec<Choice<'a>> {
    shape::refuse_generics(&input.generics, "an enum of texts", errors);
    let Data::Enum(data) = &input.data else {
        errors.over(&input.ident, "`DbEnum` is for enums; for a struct around one value derive `Newtype`");
        return Vec::new();
    };
    if data.variants.is_empty() {
        errors.over(
            &input.ident,
            "an enum of texts needs variants: this one has none, and no row could hold it",
        );
    }
    data.variants.iter().map(|variant| choice(variant, case, errors)).collect()
}

fn choice<'a>(variant: &'a Variant, case: Case, errors: &Errors) -> Choice<'a> {
    if !matches!(variant.fields, Fields::Unit) {
        errors.over(
            &variant.fields,
            format_args!(
                "the variant `{}` holds data, which a text cannot: remove it, or store the enum as `Json<..>`",
                variant.ident
            ),
        );
    }
    let mut choice = Choice {
        variant: &variant.ident,
        text: case.apply(&naming::plain(&variant.ident)),
        span: variant.ident.span(),
    };
    for item in items(&variant.attrs, &VARIANT, errors) {
        if let Some(at) = item.string(errors) {
            choice.text = at.value.value();
            choice.span = at.value.span();
        }
    }
    choice
}

fn texts_are_possible(choices: &[Choice<'_>], errors: &Errors) {
    for Choice { variant, text, span } in choices {
        if text.is_empty() || text.chars().count() > LONGEST_TEXT {
            errors.at(
                *span,
                format_args!("the text of `{variant}` must have between 1 and {LONGEST_TEXT} characters"),
            );
        }
    }
}

/// Databases compare text without regard to case.
fn texts_differ(choices: &[Choice<'_>], errors: &Errors) {
    for (n, Choice { text, span, .. }) in choices.iter().enumerate() {
        let lower = text.to_lowercase();
        if let Some(earlier) = choices[..n].iter().find(|earlier| earlier.text.to_lowercase() == lower) {
            errors.at(
                *span,
                format_args!(
                    "the variant `{}` is stored as {:?} already: give this one another text with #[db_enum(rename = \"..\")]",
                    earlier.variant, earlier.text
                ),
            );
        }
    }
}

fn expand(ident: &Ident, core: &Phrase, choices: &[Choice<'_>]) -> TokenStream {
    let quiet = expand::quiet();
    let variants: Vec<_> = choices.iter().map(|choice| choice.variant).collect();
    let texts: Vec<_> = choices.iter().map(|choice| &choice.text).collect();
    quote! {
        #quiet
        impl #core::types::DbEnum for #ident {
            const VALUES: &'static [&'static str] = &[#(#texts),*];

            fn as_str(self) -> &'static str {
                match self {
                    #(Self::#variants => #texts,)*
                }
            }

            fn from_text(text: &str) -> ::core::option::Option<Self> {
                match text {
                    #(#texts => ::core::option::Option::Some(Self::#variants),)*
                    _ => ::core::option::Option::None,
                }
            }
        }

        #quiet
        impl #core::ColumnType for #ident {
            type Family = #core::types::family::Choice;

            const DATA_TYPE: #core::schema::DataType =
                #core::schema::DataType::Enum(&[#(#texts),*]);

            fn encode(&self, _: &#core::ColumnDef) -> #core::types::Converted<#core::value::Value<'_>> {
                // Not `*self`: where the enum is not `Copy`, that is one error, and not this one too.
                #core::types::encode_enum(match self {
                    #(Self::#variants => Self::#variants,)*
                })
            }

            fn decode(value: #core::value::Value<'_>) -> #core::types::Converted<Self> {
                #core::types::decode_enum(value)
            }
        }

        #core::__scalar!(#ident);
    }
}
