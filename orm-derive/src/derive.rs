//! The pipeline of `#[derive(Model)]`: read, decide, check, print.

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::ast::Model;
use crate::errors::Errors;
use crate::shape::NamedStruct;
use crate::{expand, fallback, validate};

pub(crate) fn model(input: &DeriveInput) -> TokenStream {
    let errors = Errors::new();
    let model = NamedStruct::of(input, "a model", &errors).map(|input| Model::infer(&input, &errors));
    if let Some(model) = &model {
        validate::validate(model, errors.is_empty(), &errors);
    }
    match (model, errors.finish()) {
        (Some(model), Ok(())) => expand::model(&model),
        (model, result) => fallback::model(input, model, &result.err().unwrap_or_default()),
    }
}
