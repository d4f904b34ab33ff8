//! How one database words its SQL. The renderer asks; it never looks at a database's name.

use std::fmt;

use super::RowLock;
use crate::schema::{Action, ColumnDef, Table};

/// What a database can do and how much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// `INSERT .. RETURNING`.
    pub insert_returning: bool,
    /// The most placeholders in one statement.
    pub max_params: usize,
    /// The largest unsigned integer that it holds exactly.
    pub max_unsigned: u64,
    /// `REGEXP`.
    pub regexp: bool,
    /// Whether later assignments of one UPDATE see the values that earlier ones set.
    pub assignments_see_earlier: bool,
    /// Whether indexes stand inside CREATE TABLE.
    pub inline_indexes: bool,
    /// Whether comparing text looks no further than its first NUL character, so that it would find other rows.
    pub compares_to_nul: bool,
    /// Whether statements that change tables can be rolled back.
    pub transactional_ddl: bool,
    /// Whether a list of rows, `(a, b) IN ((?, ?), ..)`, is looked up in an index over the columns.
    pub row_lists_use_indexes: bool,
    /// How it reads a few rows for each of many parents.
    pub per_parent: PerParent,
    /// How an UPDATE is given many rows of values.
    pub given_rows: GivenRows,
    /// The most parents whose rows are read by one statement where each parent has a limit.
    pub max_limited_parents: usize,
    /// Whether an EXISTS can be trusted. SQLite makes a join of it, whose rows have been seen to count for an OFFSET.
    pub sound_exists: bool,
}

/// How the rows of many parents are read where each parent has a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PerParent {
    /// A subquery in FROM that sees the row of the parent.
    Lateral,
    /// A SELECT for each parent, put together by UNION ALL.
    UnionAll,
    /// One SELECT that numbers the rows of each parent.
    RowNumber,
}

/// How an UPDATE is given many rows of values, each for the row of the table that has its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenRows {
    /// `VALUES ROW(..), ROW(..)`, with the types of the table's columns, joined.
    ValuesRow,
    /// A SELECT for each row, put together by UNION ALL and joined.
    UnionAll,
    /// `WITH .. AS (VALUES (..), (..))`, and UPDATE .. FROM that.
    With,
}

/// Where in a text a given piece has to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// At its start.
    StartsWith,
    /// At its end.
    EndsWith,
    /// Anywhere.
    Contains,
}

/// How one database words its SQL.
pub trait Dialect: fmt::Debug + Send + Sync {
    /// `mysql`, `mariadb`, `sqlite`: for logs, never to decide by.
    fn name(&self) -> &'static str;

    /// What it can do.
    fn capabilities(&self) -> &'static Capabilities;

    /// The character around names.
    fn quote(&self) -> char;

    /// Writes a name, quoted; the quote character inside it is doubled. The only way a name gets into SQL.
    fn identifier(&self, out: &mut String, name: &str) {
        let quote = self.quote();
        out.push(quote);
        // To look whether one is there is several times as fast as to look for all.
        if name.contains(quote) {
            // Between two quotes within the name stand the two that mean one.
            for (n, part) in name.split(quote).enumerate() {
                if n > 0 {
                    out.push(quote);
                    out.push(quote);
                }
                out.push_str(part);
            }
        } else {
            out.push_str(name);
        }
        out.push(quote);
    }

    /// Writes the placeholder for the parameter at this position, counted from 1.
    fn placeholder(&self, out: &mut String, _position: usize) {
        out.push('?');
    }

    /// Writes the placeholder for a value that has this column's type, where the database would not know that by itself.
    fn typed_placeholder(&self, out: &mut String, position: usize, _column: &ColumnDef) {
        self.placeholder(out, position);
    }

    /// The most parents whose rows are read by one statement, found by these columns.
    fn max_parents(&self, _key: &mut dyn Iterator<Item = &ColumnDef>) -> usize {
        1_000
    }

    /// What tells how far a replica is behind, if it is one: a row with the column `Seconds_Behind_Source` or `Seconds_Behind_Master`, NULL where it
    /// has stopped.
    fn replica_status_sql(&self) -> Option<&'static str> {
        None
    }

    /// What tells, on the connection that has just written, up to where a replica has to come to have that too: one text, empty where the server
    /// does not know.
    fn written_sql(&self) -> Option<&'static str> {
        None
    }

    /// What waits on a replica until it has come that far, the first parameter, for so many seconds at most, the second: 0 once it has.
    fn wait_for_written_sql(&self) -> Option<&'static str> {
        None
    }

    /// Writes what locks the rows of a SELECT; nothing where whoever writes has the whole database to himself.
    fn row_lock(&self, _out: &mut String, _lock: RowLock) {}

    /// Writes what follows a column's name in CREATE TABLE: type, collation, NOT NULL, default, generation, checks.
    fn column_definition(&self, out: &mut String, table: &Table, column: &ColumnDef);

    /// Whether `column_definition` has said PRIMARY KEY already, so that the table must not say it again.
    fn primary_key_is_inline(&self, _table: &Table) -> bool {
        false
    }

    /// What follows the closing parenthesis of CREATE TABLE, with a space before it, or nothing.
    fn table_options(&self) -> &'static str;

    /// What a foreign key does, in this database's words.
    fn action(&self, action: Action) -> &'static str {
        action.sql()
    }

    /// A query for the foreign keys of other tables to the table of this name: the name of each table, with its database's before it
    /// where that is another, and that of the constraint, where there is one to be asked for. Two parameters: the name, twice.
    fn referrers_sql(&self) -> &'static str;

    /// A query for the names of the foreign keys of the table of this name; nothing where they all stand inside CREATE TABLE, since a
    /// table may refer to one that does not exist yet. One parameter.
    fn foreign_key_names_sql(&self) -> Option<&'static str>;

    /// What lets tables that refer to each other be dropped one after the other in a transaction; nothing where their foreign keys have
    /// to go first.
    fn defer_foreign_keys(&self) -> Option<&'static str>;

    /// A query for the name of the table of this name. One parameter.
    fn table_name_sql(&self) -> &'static str;

    /// A query for the names of the indexes of the table of this name. One parameter.
    fn index_names_sql(&self) -> &'static str;

    /// The statements that empty a table and let generated ids start again. It has been checked that nothing refers to it.
    fn truncate(&self, table: &Table) -> Vec<String>;

    /// Writes `LIMIT .. OFFSET ..`, with placeholders from `position` on. `true` stands for a given number; the
    /// numbers are bound in the order limit, offset.
    fn limit_offset(&self, out: &mut String, limit: bool, offset: bool, position: usize);

    /// Writes what makes an INSERT leave out rows of which there is one already with the same values in these columns, which are unique.
    fn skip_duplicates(&self, out: &mut String, columns: &mut dyn Iterator<Item = &str>) {
        out.push_str(" ON CONFLICT (");
        for (n, column) in columns.enumerate() {
            out.push_str(if n == 0 { "" } else { ", " });
            self.identifier(out, column);
        }
        out.push_str(") DO NOTHING");
    }

    /// Writes the operator of null-safe equality, such as `<=>`; `negated` asks for its opposite where there is one.
    fn null_safe_equal(&self, out: &mut String, left: &str, right: &str, negated: bool);

    /// The operator (with a placeholder and an ESCAPE as needed) and the pattern that finds `text` there literally.
    /// `binary` tells that the column compares bytes.
    fn text_match(&self, kind: Match, text: &str, binary: bool) -> (&'static str, String);

    /// The operator (with a placeholder) and the pattern for a LIKE of the caller's own, in which `%` and `_` are wildcards and a
    /// backslash escapes. `binary` tells that the column compares bytes.
    fn like(&self, pattern: String, _binary: bool) -> (&'static str, String) {
        ("LIKE ?", pattern)
    }

    /// Writes the comparison of two JSON documents, the column's name and the placeholder given.
    fn json_equal(&self, out: &mut String, column: &str, placeholder: &str);

    /// Writes `left op right` for the numbers of this column; `op` is `+` or `-`.
    fn arithmetic(&self, out: &mut String, _column: &ColumnDef, left: &str, op: char, right: &str) {
        out.push_str(left);
        out.push(' ');
        out.push(op);
        out.push(' ');
        out.push_str(right);
    }

    /// The name of the function that adds up (`SUM`) or averages (`AVG`) this column; `function` is the standard's name.
    fn aggregate(&self, function: &'static str, _column: &ColumnDef) -> &'static str {
        function
    }
}
