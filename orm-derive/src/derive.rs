//! The pipeline of each derive: read, decide, check, print.

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::ast::Model;
use crate::errors::Errors;
use crate::shape::NamedStruct;
use crate::{expand, fallback, validate};

/// `#[derive(Model)]`
pub(crate) fn model(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let errors = Errors::new();
    let model = NamedStruct::of(&input, "a model", &errors).map(|input| Model::infer(&input, &errors));
    if let Some(model) = &model {
        validate::validate(model, errors.is_empty(), &errors);
    }
    match (model, errors.finish()) {
        (Some(model), Ok(())) => expand::model(&model),
        (model, result) => fallback::model(&input, model, &result.err().unwrap_or_default()),
    }
}
