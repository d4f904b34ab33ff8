//! Foreign keys and associations: their names, actions and indexes.

use proc_macro2::{Ident, Span};
use syn::Path;

use super::position_of;
use crate::ast::{Action, Association, Binary, Column, ForeignKey, Index, Join, JoinTable, Kind, Name};
use crate::attr::{AssociationAttr, At, Key, Through};
use crate::errors::Errors;
use crate::naming;
use crate::shape::{is_builtin_integer, is_option};

/// The model whose associations these are.
pub(super) struct Owner<'a> {
    pub(super) ident: &'a Ident,
    pub(super) table: &'a str,
    pub(super) key: &'a [usize],
}

/// A `belongs_to`, wherever it was written.
struct BelongsTo {
    name: Ident,
    target: Path,
    columns: Vec<usize>,
    target_key: Option<At<Vec<Ident>>>,
    on_delete: Option<At<Action>>,
    on_update: Option<At<Action>>,
    of_field: bool,
    span: Span,
}

impl Owner<'_> {
    /// All foreign keys and associations: those of the fields, then those of the struct. Their columns compare bytes and are indexed.
    pub(super) fn relate(
        &self,
        columns: &mut [Column],
        attrs: Vec<AssociationAttr>,
        indexes: &mut Vec<Index>,
        errors: &Errors,
    ) -> (Vec<ForeignKey>, Vec<Association>) {
        let (mut keys, mut associations) = (Vec::new(), Vec::new());
        for position in 0..columns.len() {
            if let Some(found) = of_field(&columns[position], errors) {
                self.belongs_to(found, columns, &mut keys, &mut associations);
            }
        }
        for attr in attrs {
            if attr.word == "belongs_to" {
                if let Some(found) = of_struct(attr, columns, errors) {
                    self.belongs_to(found, columns, &mut keys, &mut associations);
                }
            } else if let Some(kind) = self.kind(&attr, errors) {
                associations.push(self.association(attr.name, attr.target, kind, attr.span));
            }
        }
        for key in &keys {
            // That is a mistake of the key, reported once.
            if !distinct(&key.columns) {
                continue;
            }
            let begins = |columns: &[usize]| columns.starts_with(&key.columns);
            if !begins(self.key) && !indexes.iter().any(|index| begins(&index.columns)) {
                indexes.push(super::named_by_convention(
                    self.table,
                    columns,
                    key.columns.clone(),
                    false,
                    key.span,
                ));
            }
        }
        (keys, associations)
    }

    fn belongs_to(
        &self,
        found: BelongsTo,
        columns: &mut [Column],
        keys: &mut Vec<ForeignKey>,
        associations: &mut Vec<Association>,
    ) {
        for &position in &found.columns {
            let column = &mut columns[position];
            let plain = is_option(&column.ty).unwrap_or(&column.ty);
            if !is_builtin_integer(plain) && matches!(column.binary, Binary::No) {
                column.binary = Binary::Key;
            }
        }
        // A NULL in one of them is no reference, but all of them must be able to be NULL for the database to set them.
        let optional = found.columns.iter().any(|&n| columns[n].optional);
        let all_optional = found.columns.iter().all(|&n| columns[n].optional);
        let (default_delete, default_update) = (
            if all_optional { Action::SetNull } else { Action::Nothing },
            if self.is_self(&found.target) { Action::Nothing } else { Action::Cascade },
        );
        let names = found.columns.iter().map(|&n| columns[n].name.text.as_str());
        let text = naming::constraint(self.table, names);
        let fields: Vec<_> = found.columns.iter().map(|&n| naming::plain(&columns[n].field)).collect();
        let association = self.association(found.name, found.target, Kind::BelongsTo(keys.len()), found.span);
        keys.push(ForeignKey {
            name: Name { text, span: found.span },
            columns: found.columns,
            target: association.target.clone(),
            target_key: found.target_key.map(|at| at.value).unwrap_or_default(),
            on_delete: found.on_delete.as_ref().map_or(default_delete, |at| at.value),
            on_update: found.on_update.as_ref().map_or(default_update, |at| at.value),
            said: found.on_delete.into_iter().chain(found.on_update).collect(),
            optional,
            of_field: found.of_field,
            hash: naming::hash(&fields),
            span: found.span,
        });
        associations.push(association);
    }

    fn association(&self, name: Ident, target: Path, kind: Kind, span: Span) -> Association {
        let constant = Ident::new(&naming::constant(&name), name.span());
        let target = if target.is_ident("Self") { self.ident.clone().into() } else { target };
        Association { name, constant, target, kind, span }
    }

    fn kind(&self, attr: &AssociationAttr, errors: &Errors) -> Option<Kind> {
        let near = || fields(attr.foreign_key.as_ref(), Some(self.ident), errors);
        match attr.word {
            "has_one" => Some(Kind::HasOne(near()?)),
            "has_many" => Some(Kind::HasMany(near()?, singular(attr))),
            _ => {
                let target = attr.target.segments.last().map(|segment| &segment.ident);
                let table = match &attr.through {
                    Some(At { value: Through::Model(model), .. }) => {
                        let far = fields(attr.other_key.as_ref(), target, errors)?;
                        JoinTable::Model(model.clone(), near()?, far)
                    }
                    Some(At { value: Through::Table(text), .. }) => {
                        let near = column(attr.foreign_key.as_ref(), Some(self.ident), errors)?;
                        let far = column(attr.other_key.as_ref(), target, errors)?;
                        if near == far {
                            errors.at(
                                attr.span,
                                format_args!("both columns of this join table would be {near:?}: name one with `other_key = \"..\"`"),
                            );
                            return None;
                        }
                        let name = Name { text: text.value(), span: text.span() };
                        JoinTable::Named(name, Box::new([near, far]))
                    }
                    None => {
                        errors.at(
                            attr.span,
                            "`many_to_many` goes through a join table: add `through = ..` with its model, or its name in quotes",
                        );
                        return None;
                    }
                };
                Some(Kind::ManyToMany(Join { table, singular: singular(attr) }))
            }
        }
    }

    /// Whether a path leads to the model itself, as far as its name tells.
    fn is_self(&self, path: &Path) -> bool {
        let segments: Vec<_> = path.segments.iter().map(|segment| &segment.ident).collect();
        match segments[..] {
            [only] => only == self.ident || only == "Self",
            [first, second] => first == "self" && second == self.ident,
            _ => false,
        }
    }
}

fn distinct(columns: &[usize]) -> bool {
    columns.iter().enumerate().all(|(n, column)| !columns[..n].contains(column))
}

/// The hash of the fields of a foreign key on the other side, where none are given of the one called after this struct.
fn fields(given: Option<&At<Key>>, referred: Option<&Ident>, errors: &Errors) -> Option<u64> {
    match given {
        None => Some(naming::hash(&[naming::foreign_key(referred?)])),
        Some(At { value: Key::Fields(fields), .. }) => {
            Some(naming::hash(&fields.iter().map(naming::plain).collect::<Vec<_>>()))
        }
        Some(At { value: Key::Column(text), .. }) => {
            errors.at(text.span(), "a foreign key is named by its field in the other struct, without quotes");
            None
        }
    }
}

/// The column of a join table without a model, where none is given the one called after this struct.
fn column(given: Option<&At<Key>>, referred: Option<&Ident>, errors: &Errors) -> Option<String> {
    match given {
        None => referred.map(naming::foreign_key),
        Some(At { value: Key::Column(text), .. }) => Some(text.value()),
        Some(At { span, value: Key::Fields(_) }) => {
            errors.at(
                *span,
                "a join table without a model has columns and no fields: write their names in quotes",
            );
            None
        }
    }
}

fn singular(attr: &AssociationAttr) -> Ident {
    attr.singular.clone().unwrap_or_else(|| {
        naming::identifier(&naming::singular(&naming::plain(&attr.name)), attr.name.span())
    })
}

fn of_field(column: &Column, errors: &Errors) -> Option<BelongsTo> {
    let words = &column.attrs;
    let At { span, value: target } = words.belongs_to.as_ref()?;
    let name = words.relation.clone().or_else(|| {
        let field = naming::plain(&column.field);
        let name = field.strip_suffix("_id").filter(|name| !name.is_empty());
        if name.is_none() {
            errors.at(
                *span,
                format_args!(
                    "`{field}` does not end with `_id`, so that it tells no name for this association: add `as = ..`"
                ),
            );
        }
        name.map(|name| naming::identifier(name, *span))
    })?;
    Some(BelongsTo {
        name,
        target: target.clone(),
        columns: vec![column.position],
        target_key: words.target_key.clone(),
        on_delete: words.on_delete,
        on_update: words.on_update,
        of_field: true,
        span: *span,
    })
}

fn of_struct(attr: AssociationAttr, columns: &[Column], errors: &Errors) -> Option<BelongsTo> {
    let fields = match attr.foreign_key {
        Some(At { value: Key::Fields(fields), .. }) => fields,
        Some(At { value: Key::Column(text), .. }) => {
            errors.at(text.span(), "`foreign_key` names fields of this struct, without quotes");
            return None;
        }
        None => {
            errors.at(
                attr.span,
                "`belongs_to(..)` on a struct takes the fields of the foreign key: add `foreign_key = (shop_id, order_no)`",
            );
            return None;
        }
    };
    let found: Vec<_> = fields.iter().map(|field| position_of(field, columns, errors)).collect();
    Some(BelongsTo {
        name: attr.name,
        target: attr.target,
        columns: found.into_iter().collect::<Option<_>>()?,
        target_key: attr.target_key,
        on_delete: attr.on_delete,
        on_update: attr.on_update,
        of_field: false,
        span: attr.span,
    })
}
