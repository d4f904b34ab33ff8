//! Decides everything that the struct leaves open: names, the key, what is generated, managed, required, related.

mod associations;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, format_ident, quote};
use syn::spanned::Spanned as _;
use syn::{Attribute, Expr, ExprLit, ExprUnary, Field, Lit, LitStr, Meta, UnOp};

use self::associations::Owner;
use crate::ast::{Binary, Column, Default, Index, Managed, Model, Name, Shape, Skipped};
use crate::attr::{At, FieldAttrs, ModelAttrs, nearest};
use crate::errors::Errors;
use crate::naming;
use crate::phrase::Phrase;
use crate::shape::{NamedStruct, is_builtin_integer, is_option};
use crate::validate::LONGEST_KEY;

impl Model {
    /// The model that this struct is. Names that lead nowhere are reported here, all other rules are checked later.
    pub(crate) fn infer(input: &NamedStruct<'_>, errors: &Errors) -> Self {
        let attrs = ModelAttrs::read(input.attrs, errors);
        let table = name(attrs.table.as_ref(), input.ident.span(), || naming::table(input.ident));
        let draft = attrs.draft.clone().unwrap_or_else(|| {
            format_ident!("{}Draft", naming::plain(input.ident), span = input.ident.span())
        });
        let mut columns = Vec::new();
        let mut skipped = Vec::new();
        for field in input.fields {
            let Some(ident) = &field.ident else { continue };
            let words = FieldAttrs::read(&field.attrs, errors);
            if words.skip.is_some() {
                skipped.push(Skipped { field: ident.clone(), ty: field.ty.clone(), attrs: words });
            } else {
                columns.push(column(columns.len(), ident, field, words, &attrs));
            }
        }
        let key = key(&columns);
        decide_key(&mut columns, &key);
        for column in &mut columns {
            column.required = !column.optional
                && column.default.is_none()
                && column.auto_increment.is_none()
                && column.managed.is_none();
        }
        let core = core_path(attrs.core.as_ref());
        let key_type = key_type(&columns, &key, &core);
        let mut indexes = indexes(&table.text, &columns, &attrs, errors);
        let owner = Owner { ident: input.ident, table: &table.text, key: &key };
        let (foreign_keys, associations) =
            owner.relate(&mut columns, attrs.associations, &mut indexes, errors);
        Self {
            ident: input.ident.clone(),
            vis: input.vis.clone(),
            core,
            table,
            draft,
            columns,
            skipped,
            key,
            key_type,
            indexes,
            foreign_keys,
            associations,
            inert: false,
        }
    }
}

/// The path of orm-core, as given or as usual.
pub(crate) fn core_path(given: Option<&syn::Path>) -> Phrase {
    given.map_or_else(|| Phrase::usual(Span::call_site()), |path| Phrase::new(path.to_token_stream()))
}

fn name(given: Option<&At<LitStr>>, span: Span, convention: impl FnOnce() -> String) -> Name {
    match given {
        Some(at) => Name { text: at.value.value(), span: at.value.span() },
        None => Name { text: convention(), span },
    }
}

fn column(position: usize, field: &Ident, source: &Field, words: FieldAttrs, model: &ModelAttrs) -> Column {
    let plain = naming::plain(field);
    let managed = match plain.as_str() {
        "created_at" => Some(Managed::CreatedAt),
        "updated_at" => Some(Managed::UpdatedAt),
        _ => None,
    };
    let constant =
        words.const_name.clone().unwrap_or_else(|| Ident::new(&naming::constant(field), field.span()));
    Column {
        position,
        field: field.clone(),
        ty: source.ty.clone(),
        constant,
        parameter: format_ident!("__{plain}", span = field.span()),
        name: name(words.column.as_ref(), field.span(), || match model.rename_all {
            Some(case) => case.apply(&plain),
            None => plain.clone(),
        }),
        optional: is_option(&source.ty).is_some(),
        required: false,
        auto_increment: None,
        managed: managed.filter(|_| words.unmanaged.is_none()),
        binary: words.case_sensitive.map_or(Binary::No, Binary::Asked),
        custom_type: words.column_type.as_ref().map(|at| at.value.clone()),
        shape: shape(&words),
        default: words.default.as_ref().map(|at| match &at.value {
            None => Default::OfType,
            Some(expr) => Default::Expr(Box::new(expr.clone()), literal(expr)),
        }),
        docs: docs(&source.attrs),
        attrs: words,
    }
}

fn shape(words: &FieldAttrs) -> Shape {
    if let Some(At { span, value }) = words.size {
        Shape::Size(value, span)
    } else if let Some(span) = words.text {
        Shape::Text(span)
    } else if let Some(At { span, value: (digits, scale) }) = words.precision {
        Shape::Precision(digits, scale, span)
    } else {
        Shape::Own
    }
}

fn docs(attributes: &[Attribute]) -> Vec<Expr> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"))
        .filter_map(|attribute| match &attribute.meta {
            Meta::NameValue(meta) => Some(meta.value.clone()),
            _ => None,
        })
        .collect()
}

/// The fields marked `primary_key`, or else the field `id`.
fn key(columns: &[Column]) -> Vec<usize> {
    let marked: Vec<_> =
        columns.iter().filter(|c| c.attrs.primary_key.is_some()).map(|c| c.position).collect();
    if !marked.is_empty() {
        return marked;
    }
    columns.iter().filter(|c| naming::plain(&c.field) == "id").map(|c| c.position).collect()
}

/// `One<u64>`, or a tuple for a composite key. None where it has too many columns, which is reported.
fn key_type(columns: &[Column], key: &[usize], core: &Phrase) -> Option<TokenStream> {
    let types: Vec<_> = key.iter().map(|&n| &columns[n].ty).collect();
    match types[..] {
        [] => None,
        _ if types.len() > LONGEST_KEY => None,
        [only] => Some(quote!(#core::model::One<#only>)),
        _ => Some(quote!((#(#types,)*))),
    }
}

fn decide_key(columns: &mut [Column], key: &[usize]) {
    for &position in key {
        let column = &mut columns[position];
        if !is_builtin_integer(&column.ty) && matches!(column.binary, Binary::No) {
            column.binary = Binary::Key;
        }
    }
    let [only] = key else { return };
    let column = &mut columns[*only];
    column.auto_increment = match &column.attrs.auto_increment {
        Some(At { span, value }) => value.then_some(*span),
        None if column.default.is_none()
            && naming::plain(&column.field) == "id"
            && is_builtin_integer(&column.ty) =>
        {
            Some(column.ty.span())
        }
        None => None,
    };
}

/// How the DDL says this default, where it is a literal.
fn literal(expr: &Expr) -> Option<TokenStream> {
    let (lit, negative) = match crate::attr::ungroup(expr) {
        Expr::Lit(ExprLit { lit, .. }) => (lit, false),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => match crate::attr::ungroup(expr) {
            Expr::Lit(ExprLit { lit, .. }) => (lit, true),
            _ => return None,
        },
        _ => return None,
    };
    match lit {
        Lit::Int(lit) => {
            let value: i64 =
                format!("{}{}", if negative { "-" } else { "" }, lit.base10_digits()).parse().ok()?;
            Some(quote!(Int(#value)))
        }
        Lit::Float(lit) => {
            let value: f64 = lit.base10_parse().ok()?;
            let value = if negative { -value } else { value };
            Some(quote!(Float(#value)))
        }
        Lit::Str(lit) if !negative => Some(quote!(Text(#lit))),
        Lit::Bool(lit) if !negative => Some(quote!(Bool(#lit))),
        _ => None,
    }
}

/// All indexes: those of one field, those of fields that share a name, those of the struct.
fn indexes(table: &str, columns: &[Column], attrs: &ModelAttrs, errors: &Errors) -> Vec<Index> {
    let mut list: Vec<Index> = Vec::new();
    for column in columns {
        for (word, unique) in [(&column.attrs.index, false), (&column.attrs.unique, true)] {
            let Some(At { span, value }) = word else { continue };
            let Some(name) = value else {
                list.push(named_by_convention(table, columns, vec![column.position], unique, *span));
                continue;
            };
            let text = name.value();
            if let Some(index) =
                list.iter_mut().find(|index| index.name.text == text && index.unique == unique)
            {
                index.columns.push(column.position);
            } else {
                let name = Name { text, span: name.span() };
                list.push(Index { name, columns: vec![column.position], unique, span: *span });
            }
        }
    }
    for index in &attrs.indexes {
        let positions: Option<Vec<_>> =
            index.fields.iter().map(|field| position_of(field, columns, errors)).collect();
        let Some(positions) = positions else { continue };
        list.push(match &index.name {
            Some(name) => Index {
                name: Name { text: name.value(), span: name.span() },
                columns: positions,
                unique: index.unique,
                span: index.span,
            },
            None => named_by_convention(table, columns, positions, index.unique, index.span),
        });
    }
    list
}

fn named_by_convention(
    table: &str,
    columns: &[Column],
    positions: Vec<usize>,
    unique: bool,
    span: Span,
) -> Index {
    let names = positions.iter().map(|&n| columns[n].name.text.as_str());
    let name = Name { text: naming::index(table, names), span };
    Index { name, columns: positions, unique, span }
}

fn position_of(field: &Ident, columns: &[Column], errors: &Errors) -> Option<usize> {
    let wanted = naming::plain(field);
    let found = columns.iter().find(|column| naming::plain(&column.field) == wanted);
    if found.is_none() {
        let names: Vec<_> = columns.iter().map(|column| naming::plain(&column.field)).collect();
        let hint = nearest(&wanted, names.iter().map(String::as_str))
            .map(|name| format!(", did you mean `{name}`?"))
            .unwrap_or_default();
        errors.at(field.span(), format_args!("no column field `{wanted}` in this struct{hint}"));
    }
    found.map(|column| column.position)
}
