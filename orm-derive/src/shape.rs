//! What can be a model at all, and what types look like.

use proc_macro2::Ident;
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Data, DeriveInput, Field, Fields, GenericArgument, Generics, PathArguments, Token, Type,
    Visibility,
};

use crate::errors::Errors;

/// A struct with named fields and without parameters.
pub(crate) struct NamedStruct<'a> {
    pub(crate) attrs: &'a [Attribute],
    pub(crate) vis: &'a Visibility,
    pub(crate) ident: &'a Ident,
    pub(crate) fields: &'a Punctuated<Field, Token![,]>,
}

impl<'a> NamedStruct<'a> {
    /// The struct, or a sentence that says why it is none. `what` is "a model".
    pub(crate) fn of(input: &'a DeriveInput, what: &str, errors: &Errors) -> Option<Self> {
        let generic = refuse_generics(&input.generics, what, errors);
        let fields = match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(fields) if !fields.named.is_empty() => Some(&fields.named),
                Fields::Named(_) | Fields::Unit => {
                    errors.over(&input.ident, format_args!("{what} needs fields: this struct has none"));
                    None
                }
                Fields::Unnamed(fields) => {
                    let hint = if what == "a model" && fields.unnamed.len() == 1 {
                        "; for a column type around another derive `Newtype`"
                    } else {
                        ""
                    };
                    errors.over(
                        &input.ident,
                        format_args!("{what} needs named fields: this is a tuple struct{hint}"),
                    );
                    None
                }
            },
            Data::Enum(_) => {
                let hint =
                    if what == "a model" { "; for a column of a few texts derive `DbEnum`" } else { "" };
                errors.over(&input.ident, format_args!("{what} is a struct, and this is an enum{hint}"));
                None
            }
            Data::Union(_) => {
                errors.over(&input.ident, format_args!("{what} is a struct, and this is a union"));
                None
            }
        }?;
        if generic {
            return None;
        }
        Some(Self { attrs: &input.attrs, vis: &input.vis, ident: &input.ident, fields })
    }
}

/// Reports parameters, whatever their kind.
pub(crate) fn refuse_generics(generics: &Generics, what: &str, errors: &Errors) -> bool {
    let kind = if generics.lifetimes().next().is_some() {
        "lifetimes: own the data, with `String` instead of `&str`"
    } else if generics.type_params().next().is_some() {
        "type parameters: write the types out"
    } else if generics.const_params().next().is_some() {
        "const parameters: write the numbers out"
    } else {
        return false;
    };
    errors.over(&generics.params, format_args!("{what} cannot have {kind}"));
    true
}

/// The `T` of a type written `Option<T>`.
pub(crate) fn is_option(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ungroup_type(ty) else { return None };
    if path.qself.is_some() {
        return None;
    }
    let names: Vec<_> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    if !matches!(
        names.iter().map(String::as_str).collect::<Vec<_>>()[..],
        ["Option"] | ["std" | "core", "option", "Option"]
    ) {
        return None;
    }
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(inner) if arguments.args.len() == 1 => Some(inner),
        _ => None,
    }
}

/// Whether the type is written as one of Rust's own integers.
pub(crate) fn is_builtin_integer(ty: &Type) -> bool {
    let Type::Path(path) = ungroup_type(ty) else { return false };
    path.path.get_ident().is_some_and(|name| {
        ["u64", "i64", "u32", "i32", "u16", "i16", "u8", "i8"].iter().any(|known| name == known)
    })
}

/// The innermost type behind the invisible groups that a macro puts around its arguments.
fn ungroup_type(mut ty: &Type) -> &Type {
    loop {
        match ty {
            Type::Group(group) => ty = &group.elem,
            Type::Paren(paren) => ty = &paren.elem,
            _ => return ty,
        }
    }
}
