//! What a model must not be: one function a rule. Each mistake is one full sentence at its own place.

mod associations;
mod names;

pub(crate) use self::names::free;
use crate::ast::{Column, Model, Name, Shape};
use crate::attr::At;
use crate::errors::Errors;
use crate::naming::{self, LONGEST_NAME};
use crate::shape::is_option;

/// The most columns that a key may have.
pub(crate) const LONGEST_KEY: usize = 4;

/// Every rule. `understood` tells that all attributes could be read: where not, what seems missing may just have been misspelt.
pub(crate) fn validate(model: &Model, understood: bool, errors: &Errors) {
    if understood {
        has_key(model, errors);
    }
    key_is_short(model, errors);
    auto_increment_is_possible(model, errors);
    skip_stands_alone(model, errors);
    for column in &model.columns {
        key_is_not_null(column, model, errors);
        no_option_in_option(column, errors);
        one_shape(column, errors);
        size_is_possible(column, errors);
        managed_or_not(column, errors);
        one_index(column, model, errors);
    }
    names_are_possible(model, errors);
    columns_differ(model, errors);
    names::validate(model, errors);
    draft_is_another(model, errors);
    indexes_differ(model, errors);
    associations::validate(model, errors);
}

fn has_key(model: &Model, errors: &Errors) {
    if model.key.is_empty() {
        errors.at(
            model.ident.span(),
            format_args!(
                "`{}` has no primary key: name a field `id`, or mark one or several with #[model(primary_key)]",
                model.ident
            ),
        );
    }
}

fn key_is_short(model: &Model, errors: &Errors) {
    if let Some(&extra) = model.key.get(LONGEST_KEY) {
        let column = &model.columns[extra];
        errors.at(
            column.attrs.primary_key.unwrap_or_else(|| column.field.span()),
            format_args!("a primary key has at most {LONGEST_KEY} columns"),
        );
    }
}

fn key_is_not_null(column: &Column, model: &Model, errors: &Errors) {
    if column.optional && model.key.contains(&column.position) {
        errors.over(&column.ty, "a primary key is never NULL: remove the `Option`");
    }
}

fn auto_increment_is_possible(model: &Model, errors: &Errors) {
    for column in &model.columns {
        let Some(At { span, value }) = column.attrs.auto_increment else { continue };
        if !model.key.contains(&column.position) {
            errors.at(span, "`auto_increment` is for the primary key: remove it, or add `primary_key`");
        } else if model.key.len() > 1 {
            errors.at(
                span,
                "a key of several columns is never generated: remove `auto_increment`, or all `primary_key` but one",
            );
        } else if value && let Some(default) = &column.attrs.default {
            errors.at(
                default.span,
                "the database generates this key, so that it has no default: remove `default` or `auto_increment`",
            );
        }
    }
}

fn skip_stands_alone(model: &Model, errors: &Errors) {
    for skipped in &model.skipped {
        for &(word, span) in skipped.attrs.given.iter().filter(|(word, _)| *word != "skip") {
            errors.at(
                span,
                format_args!(
                    "a field with `skip` is no column, so that `{word}` means nothing: remove one of them"
                ),
            );
        }
    }
}

fn no_option_in_option(column: &Column, errors: &Errors) {
    if is_option(&column.ty).and_then(is_option).is_some() {
        errors.over(&column.ty, "a column has one kind of NULL: write one `Option`");
    }
}

fn one_shape(column: &Column, errors: &Errors) {
    let shapes = ["column_type", "size", "text", "precision"];
    let mut first: Option<&str> = None;
    for &(word, span) in column.attrs.given.iter().filter(|(word, _)| shapes.contains(word)) {
        match first {
            None => first = Some(word),
            Some(first) => {
                errors.at(
                    span,
                    format_args!("`{word}` contradicts `{first}`: both say what the column holds, keep one"),
                );
            }
        }
    }
}

fn size_is_possible(column: &Column, errors: &Errors) {
    if let Shape::Size(size, span) = column.shape
        && !(1..=65_535).contains(&size)
    {
        errors.at(span, "`size` is between 1 and 65535; for longer text write #[model(text)]");
    }
}

fn managed_or_not(column: &Column, errors: &Errors) {
    let name = naming::plain(&column.field);
    if let Some(span) = column.attrs.unmanaged
        && !matches!(name.as_str(), "created_at" | "updated_at")
    {
        errors.at(span, "only `created_at` and `updated_at` are managed: remove `unmanaged`");
    }
    if column.managed.is_some()
        && let Some(default) = &column.attrs.default
    {
        errors.at(
            default.span,
            format_args!(
                "`{name}` is set by itself: remove `default`, or add `unmanaged` to set it yourself"
            ),
        );
    }
}

fn one_index(column: &Column, model: &Model, errors: &Errors) {
    let (index, unique) = (&column.attrs.index, &column.attrs.unique);
    if model.key == [column.position] {
        for (word, at) in [("index", index), ("unique", unique)] {
            if let Some(At { span, value: None }) = at {
                errors.at(
                    *span,
                    format_args!("a primary key is unique and indexed by itself: remove `{word}`"),
                );
            }
        }
    }
}

fn names_are_possible(model: &Model, errors: &Errors) {
    possible(&model.table, "table", errors);
    for column in &model.columns {
        possible(&column.name, "column", errors);
    }
    for index in &model.indexes {
        possible(&index.name, "index", errors);
    }
}

fn possible(name: &Name, what: &str, errors: &Errors) {
    let Name { text, span } = name;
    if text.is_empty() {
        errors.at(*span, format_args!("the name of a {what} cannot be empty"));
    } else if text.len() > LONGEST_NAME {
        errors.at(
            *span,
            format_args!(
                "the name of a {what} has at most {LONGEST_NAME} bytes, and {text:?} has {}",
                text.len()
            ),
        );
    } else if text.trim() != text || text.contains(char::is_control) {
        errors.at(
            *span,
            format_args!(
                "the name of a {what} cannot begin or end with a space, nor hold control characters"
            ),
        );
    }
}

/// Databases do not tell names apart by case.
fn columns_differ(model: &Model, errors: &Errors) {
    for (n, column) in model.columns.iter().enumerate() {
        let name = column.name.text.to_lowercase();
        if let Some(earlier) = model.columns[..n].iter().find(|c| c.name.text.to_lowercase() == name) {
            errors.at(
                column.name.span,
                format_args!(
                    "the field `{}` is the column {:?} already: name this one with #[model(column = \"..\")]",
                    earlier.field, earlier.name.text
                ),
            );
        }
    }
}

fn draft_is_another(model: &Model, errors: &Errors) {
    if model.draft == model.ident {
        errors.at(
            model.draft.span(),
            format_args!(
                "`{}` is the model itself: give the struct of unsaved records another name",
                model.ident
            ),
        );
    }
}

fn indexes_differ(model: &Model, errors: &Errors) {
    for (n, index) in model.indexes.iter().enumerate() {
        if let Some(&twice) =
            index.columns.iter().enumerate().find_map(|(n, c)| index.columns[..n].contains(c).then_some(c))
        {
            errors.at(
                index.span,
                format_args!(
                    "`{}` stands twice in this index: remove one of them",
                    model.columns[twice].field
                ),
            );
        }
        for earlier in &model.indexes[..n] {
            if earlier.columns == index.columns {
                let unique =
                    if earlier.unique != index.unique { ", and `unique` makes one by itself" } else { "" };
                errors.at(
                    index.span,
                    format_args!(
                        "there is an index over the same columns already{unique}: remove one of them"
                    ),
                );
            } else if earlier.name.text.eq_ignore_ascii_case(&index.name.text) {
                let message = if earlier.unique == index.unique {
                    format!(
                        "there is an index {:?} already: remove one, or name it with `name = \"..\"`",
                        index.name.text
                    )
                } else {
                    format!(
                        "the index {:?} is either `unique` or plain: say the same word on all its fields",
                        index.name.text
                    )
                };
                errors.at(index.name.span, message);
            }
        }
    }
}
