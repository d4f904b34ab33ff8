//! How MySQL and MariaDB word their SQL. They share all but the few words of [`ServerDialect`]'s fields.

use super::introspect;
use crate::schema::{ColumnDef, DataType, Literal, Table};
use crate::sql::{Capabilities, Dialect, GivenRows, Locked, Match, PerParent, RowLock};

/// MySQL.
pub(super) static MYSQL: ServerDialect = ServerDialect {
    name: "mysql",
    capabilities: &capabilities(false, PerParent::Lateral, GivenRows::ValuesRow, 1_000),
    table_options: " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci",
    binary_collation: "utf8mb4_0900_bin",
    shared_lock: " FOR SHARE",
    written: "SELECT @@global.gtid_executed",
    wait_for_written: "SELECT WAIT_FOR_EXECUTED_GTID_SET(?, ?)",
    json_is_a_type: true,
    column_checks_have_names: true,
};

/// MariaDB.
pub(super) static MARIADB: ServerDialect = ServerDialect {
    name: "mariadb",
    capabilities: &capabilities(true, PerParent::UnionAll, GivenRows::UnionAll, 100),
    table_options: " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_nopad_ai_ci",
    binary_collation: "utf8mb4_nopad_bin",
    shared_lock: " LOCK IN SHARE MODE",
    written: "SELECT @@gtid_binlog_pos",
    wait_for_written: "SELECT MASTER_GTID_WAIT(?, ?)",
    json_is_a_type: false,
    column_checks_have_names: false,
};

/// What a range of a list costs MySQL's optimizer besides the bytes of its key: 240 were measured.
const RANGE_MEMORY: usize = 300;

/// What its ranges may cost together: less than half of what a server allows (`range_optimizer_max_mem_size`).
const RANGES_MEMORY: usize = 3 * 1024 * 1024;

/// The bytes of the longest key of an index.
const LONGEST_KEY: usize = 3_072;

/// The longest name of a constraint, one below the servers' limit.
const LONGEST_NAME: usize = 63;

const fn capabilities(
    insert_returning: bool,
    per_parent: PerParent,
    given_rows: GivenRows,
    max_limited_parents: usize,
) -> Capabilities {
    Capabilities {
        insert_returning,
        max_params: 65_535,
        max_unsigned: u64::MAX,
        regexp: true,
        assignments_see_earlier: true,
        inline_indexes: true,
        compares_to_nul: false,
        transactional_ddl: false,
        row_lists_use_indexes: true,
        per_parent,
        given_rows,
        max_limited_parents,
        sound_exists: true,
    }
}

/// The dialect of one of the two servers.
#[derive(Debug)]
pub(super) struct ServerDialect {
    name: &'static str,
    capabilities: &'static Capabilities,
    table_options: &'static str,
    binary_collation: &'static str,
    /// What takes locks that others may have too.
    shared_lock: &'static str,
    /// What tells the position of what was written.
    written: &'static str,
    /// What waits for that position.
    wait_for_written: &'static str,
    /// Whether JSON is a type with an equality of its own; otherwise it is checked text.
    json_is_a_type: bool,
    /// Whether a CHECK behind a column can have a name. Where it cannot, the server names it after the column.
    column_checks_have_names: bool,
}

impl Dialect for ServerDialect {
    fn name(&self) -> &'static str {
        self.name
    }

    fn capabilities(&self) -> &'static Capabilities {
        self.capabilities
    }

    fn quote(&self) -> char {
        '`'
    }

    /// A CAST: of rows that are given as values the servers take the type from the first one, and bytes for text.
    fn typed_placeholder(&self, out: &mut String, _position: usize, column: &ColumnDef) {
        out.push_str("CAST(? AS ");
        match column.data_type {
            DataType::Integer { signed: true, .. } | DataType::Bool => out.push_str("SIGNED"),
            DataType::Integer { signed: false, .. } => out.push_str("UNSIGNED"),
            // It holds every f32, too.
            DataType::Float | DataType::Double => out.push_str("DOUBLE"),
            DataType::Bytes { .. } | DataType::Uuid => out.push_str("BINARY"),
            DataType::DateTime { .. } | DataType::Date | DataType::Time { .. } | DataType::Decimal { .. } => {
                column_type(out, column.data_type);
            }
            DataType::String { .. } | DataType::Text | DataType::Json | DataType::Enum(_) => {
                // Compared byte by byte, as keys are: a join by another collation than the key's would use no index.
                push_all(out, &["CHAR CHARACTER SET utf8mb4) COLLATE ", self.binary_collation]);
                return;
            }
        }
        out.push(')');
    }

    /// On MySQL each key is a range, and there are as many as have room by far: beyond its limit the server reads the whole table. With few of them it
    /// does not see that most rows of a table are wanted, which are read faster without an index. MariaDB makes a table of them that it joins,
    /// from a thousand on.
    fn max_parents(&self, key: &mut dyn Iterator<Item = &ColumnDef>) -> usize {
        let bytes = |column: &ColumnDef| {
            column.data_type.index_length().map_or(LONGEST_KEY, |length| length as usize * 4)
        };
        let memory: usize = key.map(|column| RANGE_MEMORY + bytes(column)).sum();
        (RANGES_MEMORY / memory.max(1)).clamp(500, 10_000)
    }

    fn replica_status_sql(&self) -> Option<&'static str> {
        Some("SHOW REPLICA STATUS")
    }

    fn written_sql(&self) -> Option<&'static str> {
        Some(self.written)
    }

    fn wait_for_written_sql(&self) -> Option<&'static str> {
        Some(self.wait_for_written)
    }

    fn row_lock(&self, out: &mut String, lock: RowLock) {
        out.push_str(if lock.shared { self.shared_lock } else { " FOR UPDATE" });
        out.push_str(match lock.locked {
            Locked::Wait => "",
            Locked::Skip => " SKIP LOCKED",
            Locked::Fail => " NOWAIT",
        });
    }

    fn column_definition(&self, out: &mut String, table: &Table, column: &ColumnDef) {
        match column.custom_type {
            Some(custom) => out.push_str(custom),
            None => column_type(out, column.data_type),
        }
        // The check of an enum must not let other spellings pass: its texts are compared byte by byte too.
        let is_enum = matches!(column.data_type, DataType::Enum(_));
        let is_text = is_enum || matches!(column.data_type, DataType::String { .. } | DataType::Text);
        if is_text && column.custom_type.is_none() && (column.binary || is_enum) {
            out.push_str(" COLLATE ");
            out.push_str(self.binary_collation);
        }
        out.push_str(if column.nullable { " NULL" } else { " NOT NULL" });
        if let Some(text) = column.default.and_then(literal) {
            // Columns of unlimited length take a default only as an expression.
            let unlimited =
                matches!(column.data_type, DataType::Text | DataType::Json | DataType::Bytes { size: None });
            let (open, close) = if unlimited { ("(", ")") } else { ("", "") };
            push_all(out, &[" DEFAULT ", open, &text, close]);
        }
        if column.auto_increment {
            out.push_str(" AUTO_INCREMENT");
        }
        if let (DataType::Enum(texts), None) = (column.data_type, column.custom_type) {
            self.enum_check(out, table, column, texts);
        }
    }

    fn table_options(&self) -> &'static str {
        self.table_options
    }

    fn referrers_sql(&self) -> &'static str {
        introspect::REFERRERS
    }

    fn foreign_key_names_sql(&self) -> Option<&'static str> {
        Some(introspect::FOREIGN_KEY_NAMES)
    }

    fn defer_foreign_keys(&self) -> Option<&'static str> {
        None
    }

    fn table_name_sql(&self) -> &'static str {
        introspect::TABLE_NAME
    }

    fn index_names_sql(&self) -> &'static str {
        introspect::INDEX_NAMES
    }

    fn truncate(&self, table: &Table) -> Vec<String> {
        let mut sql = String::from("TRUNCATE TABLE ");
        self.identifier(&mut sql, table.name);
        vec![sql]
    }

    fn limit_offset(&self, out: &mut String, limit: bool, offset: bool, _position: usize) {
        out.push_str(match (limit, offset) {
            (true, true) => "LIMIT ? OFFSET ?",
            (true, false) => "LIMIT ?",
            // There is no OFFSET without a LIMIT: this is the largest.
            (false, true) => "LIMIT 18446744073709551615 OFFSET ?",
            (false, false) => "",
        });
    }

    /// Sets a column to what it is: IGNORE would hide other mistakes too.
    fn skip_duplicates(&self, out: &mut String, columns: &mut dyn Iterator<Item = &str>) {
        if let Some(column) = columns.next() {
            out.push_str(" ON DUPLICATE KEY UPDATE ");
            self.identifier(out, column);
            out.push_str(" = ");
            self.identifier(out, column);
        }
    }

    fn null_safe_equal(&self, out: &mut String, left: &str, right: &str, negated: bool) {
        if negated {
            push_all(out, &["NOT (", left, " <=> ", right, ")"]);
        } else {
            push_all(out, &[left, " <=> ", right]);
        }
    }

    fn text_match(&self, kind: Match, text: &str, _binary: bool) -> (&'static str, String) {
        let mut pattern = String::with_capacity(text.len() + 2);
        if kind != Match::StartsWith {
            pattern.push('%');
        }
        for character in text.chars() {
            // Not the backslash: what it means depends on sql_mode.
            if matches!(character, '%' | '_' | '|') {
                pattern.push('|');
            }
            pattern.push(character);
        }
        if kind != Match::EndsWith {
            pattern.push('%');
        }
        ("LIKE ? ESCAPE '|'", pattern)
    }

    fn json_equal(&self, out: &mut String, column: &str, placeholder: &str) {
        if self.json_is_a_type {
            push_all(out, &[column, " = CAST(", placeholder, " AS JSON)"]);
        } else {
            // JSON_EQUALS does not say NULL for a NULL, as every other comparison does.
            push_all(out, &["IF(", column, " IS NULL, NULL, JSON_EQUALS(", column, ", ", placeholder, "))"]);
        }
    }
}

impl ServerDialect {
    fn enum_check(&self, out: &mut String, table: &Table, column: &ColumnDef, texts: &[&str]) {
        if self.column_checks_have_names {
            out.push_str(" CONSTRAINT ");
            self.identifier(out, &short_name(&format!("{}_{}_check", table.name, column.name)));
        }
        out.push_str(" CHECK (");
        self.identifier(out, column.name);
        out.push_str(" IN (");
        for (n, text) in texts.iter().enumerate() {
            out.push_str(if n == 0 { "" } else { ", " });
            out.push_str(&quoted(text));
        }
        out.push_str("))");
    }
}

fn column_type(out: &mut String, data_type: DataType) {
    out.push_str(&match data_type {
        DataType::Integer { bits, signed } => {
            let name = match bits {
                8 => "TINYINT",
                16 => "SMALLINT",
                32 => "INT",
                _ => "BIGINT",
            };
            format!("{name}{}", if signed { "" } else { " UNSIGNED" })
        }
        DataType::Bool => "TINYINT(1)".to_owned(),
        DataType::Float => "FLOAT".to_owned(),
        DataType::Double => "DOUBLE".to_owned(),
        DataType::String { size } => format!("VARCHAR({size})"),
        DataType::Text => "LONGTEXT".to_owned(),
        DataType::Bytes { size: Some(size) } => format!("VARBINARY({size})"),
        DataType::Bytes { size: None } => "LONGBLOB".to_owned(),
        DataType::DateTime { precision } => format!("DATETIME({precision})"),
        DataType::Date => "DATE".to_owned(),
        DataType::Time { precision } => format!("TIME({precision})"),
        DataType::Decimal { precision, scale } => format!("DECIMAL({precision},{scale})"),
        DataType::Uuid => "BINARY(16)".to_owned(),
        DataType::Json => "JSON".to_owned(),
        // As long as `DataType::index_length` takes it to be, unless one of the texts is longer.
        DataType::Enum(texts) => {
            let longest = texts.iter().map(|text| text.chars().count()).max().unwrap_or(0);
            format!("VARCHAR({})", longest.max(64))
        }
    });
}

/// A literal as SQL, where it can be one.
fn literal(literal: Literal) -> Option<String> {
    match literal {
        Literal::Int(number) => Some(number.to_string()),
        // The exponent form is the one that a server reads as a float.
        Literal::Float(number) => number.is_finite().then(|| format!("{number:e}")),
        Literal::Text(text) => Some(quoted(text)),
        Literal::Bool(truth) => Some(if truth { "TRUE" } else { "FALSE" }.to_owned()),
    }
}

/// A text of the model's own as a literal. The session's `sql_mode`, which we set, leaves the backslash its meaning.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// The name, or as much of it as the servers take, made distinct by a hash (FNV-1a) of the whole.
fn short_name(name: &str) -> String {
    if name.chars().count() <= LONGEST_NAME {
        return name.to_owned();
    }
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let start: String = name.chars().take(LONGEST_NAME - 17).collect();
    format!("{start}_{hash:016x}")
}

fn push_all(out: &mut String, pieces: &[&str]) {
    for piece in pieces {
        out.push_str(piece);
    }
}
