//! The names that the derive makes: constants, setters and accessors, none of them twice.

use std::collections::HashSet;

use proc_macro2::Ident;

use crate::ast::{Association, Column, Join, Kind, Model};
use crate::errors::Errors;
use crate::naming;

/// Constants and functions that every model has under these names, so that no constant of a field or an association can.
const RESERVED_CONSTANTS: [&str; 2] = ["TABLE", "build"];

/// Methods that every draft has under these names, so that no field's setter can.
const RESERVED_SETTERS: [&str; 2] = ["save", "into_draft"];

/// Functions that every model has under these names, so that no accessor can: it would hide them.
const RESERVED_ACCESSORS: [&str; 22] = [
    "build",
    "find",
    "find_by_id",
    "bulk_create",
    "bulk_insert",
    "bulk_update",
    "save",
    "update",
    "reload",
    "destroy",
    "sync",
    "sync_force",
    "drop_table",
    "truncate",
    "statements",
    "clone_record",
    "from_row",
    "value",
    "set_value",
    "default_value",
    "columns",
    "clone",
];

/// Every rule about names.
pub(super) fn validate(model: &Model, errors: &Errors) {
    constants_differ(model, errors);
    setters_are_free(model, errors);
    association_constants_differ(model, errors);
    accessors_differ(model, errors);
    withs_are_free(model, errors);
}

/// Leaves out what has a name that is taken, so that the rest of a model with mistakes can be written.
pub(crate) fn free(model: &mut Model) {
    let mut taken: HashSet<String> = RESERVED_CONSTANTS.map(str::to_owned).into();
    model.columns.retain(|column| {
        !RESERVED_SETTERS.contains(&naming::plain(&column.field).as_str())
            && taken.insert(column.constant.to_string())
    });
    let mut methods: HashSet<String> = RESERVED_ACCESSORS.map(str::to_owned).into();
    model.associations.retain(|association| {
        let names = accessors(association);
        let with = format!("with_{}", naming::plain(&association.name));
        let free = !taken.contains(&association.constant.to_string())
            && model.columns.iter().all(|column| naming::plain(&column.field) != with)
            && names.iter().collect::<HashSet<_>>().len() == names.len()
            && names.iter().all(|name| !methods.contains(name));
        if free {
            taken.insert(association.constant.to_string());
            methods.extend(names);
        }
        free
    });
}

/// The names of the methods that an association makes.
fn accessors(association: &Association) -> Vec<String> {
    let name = naming::plain(&association.name);
    let of = |name: &str, patterns: &[&str]| {
        patterns.iter().map(|pattern| pattern.replace('*', name)).collect::<Vec<_>>()
    };
    match &association.kind {
        Kind::BelongsTo(_) | Kind::HasOne(_) => of(&name, &["*", "set_*", "clear_*", "create_*"]),
        Kind::HasMany(_, singular) | Kind::ManyToMany(Join { singular, .. }) => {
            let mut names = of(&name, &["*", "set_*", "clear_*", "add_*", "remove_*", "has_*", "count_*"]);
            names.extend(of(&naming::plain(singular), &["add_*", "remove_*", "has_*", "create_*"]));
            if matches!(association.kind, Kind::ManyToMany(_)) {
                names.extend(of(&naming::plain(singular), &["add_*_with"]));
            }
            names
        }
    }
}

fn constants_differ(model: &Model, errors: &Errors) {
    for (n, column) in model.columns.iter().enumerate() {
        let constant = &column.constant;
        let hint = "name this one with #[model(const_name = \"..\")]";
        if reserved(constant) {
            errors.at(
                constant.span(),
                format_args!(
                    "every model has a `{constant}` of its own, so that it cannot be a column's: {hint}"
                ),
            );
        } else if let Some(earlier) = model.columns[..n].iter().find(|c| c.constant == *constant) {
            errors.at(
                constant.span(),
                format_args!("the field `{}` has the constant `{constant}` already: {hint}", earlier.field),
            );
        }
    }
}

fn reserved(constant: &Ident) -> bool {
    RESERVED_CONSTANTS.iter().any(|reserved| constant == reserved)
}

fn setters_are_free(model: &Model, errors: &Errors) {
    for Column { field, name, .. } in &model.columns {
        if RESERVED_SETTERS.iter().any(|reserved| naming::plain(field) == *reserved) {
            errors.at(
                field.span(),
                format_args!(
                    "`{}` has a method `{field}` already, so that it cannot be a setter: rename the field, and keep its column with #[model(column = {:?})]",
                    model.draft, name.text
                ),
            );
        }
    }
}

/// A draft has a setter of each field, and `with_tasks` of each association.
fn withs_are_free(model: &Model, errors: &Errors) {
    for association in &model.associations {
        let with = format!("with_{}", naming::plain(&association.name));
        if model.columns.iter().any(|column| naming::plain(&column.field) == with) {
            errors.at(
                association.name.span(),
                format_args!(
                    "the field `{with}` has a setter of that name, and so has this association's draft: {}",
                    hint(association, model)
                ),
            );
        }
    }
}

/// How an association is given another name.
fn hint(association: &Association, model: &Model) -> &'static str {
    match association.kind {
        Kind::BelongsTo(n) if model.foreign_keys[n].of_field => "name this association with `as = ..`",
        _ => "give this association another name, before the colon",
    }
}

fn association_constants_differ(model: &Model, errors: &Errors) {
    for (n, association) in model.associations.iter().enumerate() {
        let constant = &association.constant;
        let hint = hint(association, model);
        let message = if reserved(constant) {
            format!(
                "every model has a `{constant}` of its own, so that it cannot be an association's: {hint}"
            )
        } else if let Some(column) = model.columns.iter().find(|column| column.constant == *constant) {
            format!(
                "the field `{}` has the constant `{constant}` already: {hint}, or the column's constant with `const_name = \"..\"`",
                column.field
            )
        } else if model.associations[..n].iter().any(|earlier| earlier.constant == *constant) {
            format!("there is an association `{}` already: {hint}", association.name)
        } else {
            continue;
        };
        errors.at(association.name.span(), message);
    }
}

fn accessors_differ(model: &Model, errors: &Errors) {
    let mut taken: Vec<(String, &Association)> = Vec::new();
    for association in &model.associations {
        let names = accessors(association);
        let hint = hint(association, model);
        if let Kind::HasMany(_, singular) | Kind::ManyToMany(Join { singular, .. }) = &association.kind
            && naming::plain(singular) == naming::plain(&association.name)
        {
            errors.at(
                singular.span(),
                format_args!(
                    "`{singular}` is one and many, and `add_{}` cannot be both: say what one is called with `singular = ..`",
                    naming::plain(singular)
                ),
            );
        } else if let Some(name) = names.iter().find(|name| RESERVED_ACCESSORS.contains(&name.as_str())) {
            errors.at(
                association.name.span(),
                format_args!(
                    "every model has a `{name}` of its own, so that it cannot be an accessor: {hint}"
                ),
            );
        } else if let Some((name, earlier)) = taken
            .iter()
            .find(|(name, earlier)| earlier.constant != association.constant && names.contains(name))
        {
            errors.at(
                association.name.span(),
                format_args!("the association `{}` has an accessor `{name}` already: {hint}", earlier.name),
            );
        }
        taken.extend(names.into_iter().map(|name| (name, association)));
    }
}
