//! Says of an error which statement, model and columns it is about.

use crate::error::{Error, Violation};
use crate::schema::Table;

/// Adds what only the caller of a statement knows to an error that the database reported for it.
pub(super) fn explain(mut error: Error, table: Option<&'static Table>, sql: &str) -> Error {
    match &mut error {
        Error::Database(inner) | Error::Conflict(inner) | Error::LockTimeout(inner) => {
            inner.sql = sql.to_owned();
        }
        Error::UniqueViolation(violation) => {
            if let Some(table) = table {
                join_name(violation, table);
                locate(violation, table);
                name_key(violation, table);
            }
        }
        Error::NotNullViolation(violation)
        | Error::CheckViolation(violation)
        | Error::ValueTooLong(violation)
        | Error::OutOfRange(violation) => {
            if let Some(table) = table {
                locate(violation, table);
            }
        }
        // The rule may be another table's, that of the rows that refer to this one: where the database names none, none is claimed.
        Error::ForeignKeyViolation(violation) if violation.table.is_some() => {
            if let Some(table) = table {
                own(violation, table);
            }
        }
        _ => {}
    }
    error
}

/// A rule of the statement's own table.
fn locate(violation: &mut Violation, table: &'static Table) {
    if !own(violation, table) {
        return;
    }
    if violation.columns.is_empty()
        && let Some(constraint) = violation.constraint.as_deref()
    {
        violation.columns = columns_of(constraint, table);
    }
}

/// A name with a point in it, which was taken for that between a table and an index.
fn join_name(violation: &mut Violation, table: &'static Table) {
    let (Some(before), Some(after)) = (&violation.table, &violation.constraint) else { return };
    let whole = format!("{before}.{after}");
    let known = |name: &str| table.indexes.iter().any(|index| index.name.eq_ignore_ascii_case(name));
    let behind = whole.get(table.name.len() + 1..).filter(|_| whole.starts_with(table.name));
    if let Some(name) = [Some(&*whole), behind].into_iter().flatten().find(|name| known(name)) {
        (violation.table, violation.constraint) = (None, Some(name.to_owned()));
    }
}

/// SQLite names the columns of a key and no constraint; the servers call it PRIMARY.
fn name_key(violation: &mut Violation, table: &'static Table) {
    if violation.constraint.is_none()
        && violation.model.is_some()
        && violation.columns == names(table.primary_key, table)
    {
        violation.constraint = Some("PRIMARY".to_owned());
    }
}

/// Fills in model and table, unless the database named another table.
fn own(violation: &mut Violation, table: &'static Table) -> bool {
    match &violation.table {
        // Servers that fold names to lower case report them so.
        Some(named) if !named.eq_ignore_ascii_case(table.name) => return false,
        _ => violation.table = Some(table.name.to_owned()),
    }
    violation.model = Some(table.model);
    true
}

/// The columns of a constraint, from its name alone.
fn columns_of(constraint: &str, table: &'static Table) -> Vec<String> {
    // MySQL says `notes.PRIMARY` and `notes.notes_title_idx`, MariaDB leaves the table out.
    let name = constraint
        .split_once('.')
        .filter(|(prefix, _)| prefix.eq_ignore_ascii_case(table.name))
        .map_or(constraint, |(_, name)| name);
    if name.eq_ignore_ascii_case("PRIMARY") {
        return names(table.primary_key, table);
    }
    if let Some(index) = table.indexes.iter().find(|index| index.name.eq_ignore_ascii_case(name)) {
        return names(index.columns, table);
    }
    // Checks are named `<table>_<column>_<what>`; the longest column wins, for `size` and `size_unit` may both exist.
    let of_table = name.strip_prefix(table.name).and_then(|rest| rest.strip_prefix('_')).unwrap_or(name);
    table
        .columns
        .iter()
        .map(|column| column.name)
        .filter(|column| {
            // One word behind it says what it is; with more the rule may be about further columns.
            let what = |rest: &str| {
                rest.is_empty() || rest.strip_prefix('_').is_some_and(|word| !word.contains('_'))
            };
            of_table.strip_prefix(column).is_some_and(what)
        })
        .max_by_key(|column| column.len())
        .map(|column| vec![column.to_owned()])
        .unwrap_or_default()
}

fn names(positions: &[usize], table: &'static Table) -> Vec<String> {
    positions.iter().filter_map(|&n| table.columns.get(n)).map(|column| column.name.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::explain;
    use crate::error::{DatabaseError, Error, Violation};
    use crate::schema::{ColumnDef, DataType, Index, Table};

    static TABLE: Table = Table::new("Note", "notes", COLUMNS, &[0]).with_indexes(INDEXES);
    const INTEGER: DataType = DataType::Integer { bits: 64, signed: false };
    const COLUMNS: &[ColumnDef] = &[
        ColumnDef::new("notes", "id", "id", INTEGER, false),
        ColumnDef::new("notes", "size", "size", INTEGER, false),
        ColumnDef::new("notes", "size_unit", "size_unit", INTEGER, false),
    ];
    const INDEXES: &[Index] = &[Index::new("notes_size_idx", &[1, 2], true)];

    fn unique(table: Option<&str>, constraint: &str) -> Violation {
        let violation = Violation {
            table: table.map(str::to_owned),
            constraint: Some(constraint.to_owned()),
            ..Violation::default()
        };
        match explain(Error::UniqueViolation(Box::new(violation)), Some(&TABLE), "INSERT") {
            Error::UniqueViolation(violation) => *violation,
            other => panic!("became {other}"),
        }
    }

    #[test]
    fn a_constraint_leads_to_model_and_columns() {
        for (name, columns) in [
            ("PRIMARY", vec!["id"]),
            ("notes.PRIMARY", vec!["id"]),
            ("notes.notes_size_idx", vec!["size", "size_unit"]),
            ("notes_size_idx", vec!["size", "size_unit"]),
            ("notes_size_unit_check", vec!["size_unit"]),
            ("notes_size_check", vec!["size"]),
            ("notes_sizes", vec![]),
            // Of an index that the model does not know.
            ("notes_size_colour_key", vec![]),
            ("notes_size_key", vec!["size"]),
        ] {
            let violation = unique(None, name);
            assert_eq!(
                (violation.model, violation.table.as_deref()),
                (Some("Note"), Some("notes")),
                "{name}"
            );
            assert_eq!(violation.columns, columns, "{name}");
        }
    }

    #[test]
    fn a_rule_of_another_table_is_not_claimed() {
        let violation = unique(Some("tags"), "PRIMARY");
        assert_eq!((violation.model, violation.table.as_deref()), (None, Some("tags")));
        assert!(violation.columns.is_empty());
    }

    #[test]
    fn a_foreign_key_is_claimed_only_where_the_database_names_the_table() {
        for (named, model) in [(None, None), (Some("tags"), None), (Some("NOTES"), Some("Note"))] {
            let violation = Violation { table: named.map(str::to_owned), ..Violation::default() };
            let error = explain(Error::ForeignKeyViolation(Box::new(violation)), Some(&TABLE), "DELETE");
            let Error::ForeignKeyViolation(violation) = error else { panic!("became {error}") };
            assert_eq!(violation.model, model, "{named:?}");
            assert_eq!(violation.table.is_some(), named.is_some(), "{named:?}");
        }
    }

    #[test]
    fn a_refusal_tells_the_statement() {
        let error = Error::Database(DatabaseError::new(1064, "42000", "syntax"));
        assert!(explain(error, None, "SELEKT").to_string().ends_with("in: SELEKT"));
    }
}
