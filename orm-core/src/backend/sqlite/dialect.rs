//! How SQLite words its SQL.

use std::fmt::Write as _;

use super::{decimal, introspect, value};
use crate::schema::{Action, ColumnDef, DataType, Literal, Table};
use crate::sql::{Capabilities, Dialect, GivenRows, Match, PerParent};

/// SQLite, with STRICT tables.
#[derive(Debug)]
pub(super) struct SqliteDialect;

static CAPABILITIES: Capabilities = Capabilities {
    insert_returning: true,
    max_params: 32_766,
    max_unsigned: i64::MAX.unsigned_abs(),
    regexp: false,
    assignments_see_earlier: false,
    inline_indexes: false,
    // LIKE, GLOB and the collation NOCASE.
    compares_to_nul: true,
    transactional_ddl: true,
    // It would read the whole table; of an OR it looks each term up.
    row_lists_use_indexes: false,
    per_parent: PerParent::RowNumber,
    given_rows: GivenRows::With,
    max_limited_parents: 1_000,
    sound_exists: false,
};

impl Dialect for SqliteDialect {
    fn name(&self) -> &'static str {
        "sqlite"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn quote(&self) -> char {
        '"'
    }

    fn column_definition(&self, out: &mut String, table: &Table, column: &ColumnDef) {
        if column.auto_increment && self.primary_key_is_inline(table) {
            // Only a column of exactly these words is the row's own id.
            out.push_str("INTEGER PRIMARY KEY AUTOINCREMENT");
            return;
        }
        out.push_str(column.custom_type.unwrap_or_else(|| storage(column)));
        if !column.nullable {
            out.push_str(" NOT NULL");
        }
        if let Some(literal) = column.default {
            out.push_str(" DEFAULT ");
            default(out, column, literal);
        }
        if column.custom_type.is_none() {
            self.check(out, column);
        }
    }

    fn primary_key_is_inline(&self, table: &Table) -> bool {
        matches!(table.primary_key, [only] if table.columns[*only].auto_increment)
    }

    fn table_options(&self) -> &'static str {
        " STRICT"
    }

    fn action(&self, action: Action) -> &'static str {
        match action {
            // RESTRICT cannot be deferred: tables that refer to each other could never be dropped. NO ACTION is checked at the end of
            // the statement and refuses the same.
            Action::Restrict => Action::NoAction.sql(),
            other => other.sql(),
        }
    }

    fn referrers_sql(&self) -> &'static str {
        introspect::REFERRERS
    }

    fn foreign_key_names_sql(&self) -> Option<&'static str> {
        None
    }

    fn defer_foreign_keys(&self) -> Option<&'static str> {
        Some("PRAGMA defer_foreign_keys = ON")
    }

    fn table_name_sql(&self) -> &'static str {
        introspect::TABLE_NAME
    }

    fn index_names_sql(&self) -> &'static str {
        introspect::INDEX_NAMES
    }

    fn truncate(&self, table: &Table) -> Vec<String> {
        let mut delete = "DELETE FROM ".to_owned();
        self.identifier(&mut delete, table.name);
        let mut statements = vec![delete];
        if table.auto_increment().is_some() {
            let mut forget = introspect::FORGET_SEQUENCE.to_owned();
            text(&mut forget, table.name);
            statements.push(forget);
        }
        statements
    }

    fn limit_offset(&self, out: &mut String, limit: bool, offset: bool, _position: usize) {
        // A bare parameter would be looked at while planning, and the statement prepared anew each time one is bound.
        match (limit, offset) {
            (true, true) => out.push_str("LIMIT ? + 0 OFFSET ?"),
            (true, false) => out.push_str("LIMIT ? + 0"),
            (false, true) => out.push_str("LIMIT -1 OFFSET ?"),
            (false, false) => {}
        }
    }

    fn null_safe_equal(&self, out: &mut String, left: &str, right: &str, negated: bool) {
        let operator = if negated { "IS NOT" } else { "IS" };
        // Writing to a String does not fail.
        let _ = write!(out, "{left} {operator} {right}");
    }

    fn text_match(&self, kind: Match, text: &str, binary: bool) -> (&'static str, String) {
        // LIKE takes `a` for `A` whatever the column's collation says; GLOB never does.
        let (operator, any) = if binary { ("GLOB ?", '*') } else { ("LIKE ? ESCAPE '|'", '%') };
        let mut pattern = String::with_capacity(text.len() + 2);
        if kind != Match::StartsWith {
            pattern.push(any);
        }
        for character in text.chars() {
            match (binary, character) {
                (true, _) => push_glob_literal(&mut pattern, character),
                (false, '%' | '_' | '|') => pattern.extend(['|', character]),
                (false, _) => pattern.push(character),
            }
        }
        if kind != Match::EndsWith {
            pattern.push(any);
        }
        (operator, pattern)
    }

    fn like(&self, mut pattern: String, binary: bool) -> (&'static str, String) {
        if binary {
            return ("GLOB ?", glob(&pattern));
        }
        // A backslash at the very end stands for itself, as on the servers.
        let trailing = pattern.bytes().rev().take_while(|byte| *byte == b'\\').count();
        if trailing % 2 == 1 {
            pattern.push('\\');
        }
        ("LIKE ? ESCAPE '\\'", pattern)
    }

    fn json_equal(&self, out: &mut String, column: &str, placeholder: &str) {
        let _ = write!(out, "json({column}) = json({placeholder})");
    }

    fn arithmetic(&self, out: &mut String, column: &ColumnDef, left: &str, op: char, right: &str) {
        let _ = match (column.data_type, op) {
            (DataType::Decimal { .. }, '-') => write!(out, "orm_decimal_sub({left}, {right})"),
            (DataType::Decimal { .. }, _) => write!(out, "orm_decimal_add({left}, {right})"),
            _ => write!(out, "{left} {op} {right}"),
        };
    }

    fn aggregate(&self, function: &'static str, column: &ColumnDef) -> &'static str {
        match (column.data_type, function) {
            (DataType::Decimal { .. }, "SUM") => "orm_decimal_sum",
            (DataType::Decimal { scale, .. }, "AVG") => {
                decimal::AVERAGES.get(usize::from(scale)).copied().unwrap_or("orm_decimal_avg")
            }
            _ => function,
        }
    }
}

impl SqliteDialect {
    /// Writes the check of what the storage class alone does not say. Its name ends in the kind of error it stands for.
    fn check(&self, out: &mut String, column: &ColumnDef) {
        let mut name = String::new();
        self.identifier(&mut name, column.name);
        let (kind, condition) = match column.data_type {
            DataType::Integer { bits: 64, signed: true } => return,
            DataType::Integer { bits: 64, signed: false } => ("range", format!("{name} >= 0")),
            DataType::Integer { bits, signed } => {
                let (low, high) = range(bits, signed);
                ("range", format!("{name} BETWEEN {low} AND {high}"))
            }
            DataType::Bool => ("check", format!("{name} IN (0, 1)")),
            DataType::String { size } | DataType::Bytes { size: Some(size) } => {
                ("length", format!("length({name}) <= {size}"))
            }
            DataType::Uuid => ("check", format!("length({name}) = 16")),
            DataType::Json => ("check", format!("json_valid({name})")),
            DataType::Enum(variants) => {
                let mut list = format!("{name} IN (");
                for (n, variant) in variants.iter().enumerate() {
                    list.push_str(if n == 0 { "" } else { ", " });
                    text(&mut list, variant);
                }
                list.push(')');
                ("check", list)
            }
            _ => return,
        };
        out.push_str(" CONSTRAINT ");
        self.identifier(out, &format!("{}_{}_{kind}", column.table, column.name));
        let _ = write!(out, " CHECK ({condition})");
    }
}

/// The GLOB that means what this LIKE pattern does.
fn glob(pattern: &str) -> String {
    let mut glob = String::with_capacity(pattern.len() + 2);
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        let literal = match character {
            '%' => {
                glob.push('*');
                continue;
            }
            '_' => {
                glob.push('?');
                continue;
            }
            '\\' => characters.next().unwrap_or('\\'),
            other => other,
        };
        push_glob_literal(&mut glob, literal);
    }
    glob
}

fn push_glob_literal(glob: &mut String, character: char) {
    match character {
        '*' | '?' | '[' => glob.extend(['[', character, ']']),
        _ => glob.push(character),
    }
}

/// The least and the largest integer of a width below 64 bits.
fn range(bits: u8, signed: bool) -> (i64, i64) {
    let bits = u32::from(bits.min(63));
    if signed {
        let half = 1_i64 << bits.saturating_sub(1);
        (-half, half - 1)
    } else {
        (0, (1_i64 << bits) - 1)
    }
}

/// The storage class, one of those that a STRICT table knows, and the collation.
fn storage(column: &ColumnDef) -> &'static str {
    match column.data_type {
        DataType::Integer { .. } | DataType::Bool => "INTEGER",
        DataType::Float | DataType::Double => "REAL",
        DataType::String { .. } | DataType::Text if !column.binary => "TEXT COLLATE NOCASE",
        DataType::Decimal { .. } => "TEXT COLLATE orm_decimal",
        DataType::Bytes { .. } | DataType::Uuid => "BLOB",
        _ => "TEXT",
    }
}

/// Writes a literal in the form in which the column stores it.
fn default(out: &mut String, column: &ColumnDef, literal: Literal) {
    let number = match literal {
        Literal::Int(number) => number.to_string(),
        // `{:?}` keeps a point or an exponent; SQLite has no words for the others.
        Literal::Float(number) if number.is_finite() => format!("{number:?}"),
        Literal::Float(_) => "NULL".to_owned(),
        Literal::Bool(truth) => u8::from(truth).to_string(),
        Literal::Text(literal) => return text_default(out, column, literal),
    };
    match (column.data_type, literal) {
        // Without an exponent, which a decimal does not have.
        (DataType::Decimal { .. }, Literal::Float(value)) if value.is_finite() => {
            text(out, &value.to_string())
        }
        (DataType::Decimal { .. }, Literal::Int(_)) => text(out, &number),
        _ => out.push_str(&number),
    }
}

fn text_default(out: &mut String, column: &ColumnDef, literal: &str) {
    match column.data_type {
        DataType::DateTime { .. } => text(out, value::normal_datetime(literal).as_deref().unwrap_or(literal)),
        DataType::Time { .. } => text(out, value::normal_time(literal).as_deref().unwrap_or(literal)),
        DataType::Uuid => blob(out, &uuid_bytes(literal).unwrap_or_else(|| literal.as_bytes().to_vec())),
        DataType::Bytes { .. } => blob(out, literal.as_bytes()),
        _ => text(out, literal),
    }
}

/// The sixteen bytes of a UUID in its usual writing.
fn uuid_bytes(literal: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = literal
        .chars()
        .filter(|character| *character != '-')
        .map(|character| character.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    (digits.len() == 32).then(|| digits.chunks(2).map(|pair| pair[0] * 16 + pair[1]).collect())
}

/// Writes a text literal; quotes inside it are doubled.
fn text(out: &mut String, text: &str) {
    out.push('\'');
    out.push_str(&text.replace('\'', "''"));
    out.push('\'');
}

/// Writes a blob literal.
fn blob(out: &mut String, bytes: &[u8]) {
    out.push_str("X'");
    for byte in bytes {
        let _ = write!(out, "{byte:02X}");
    }
    out.push('\'');
}
