//! Tables, and statements over several of them with what they give: each database runs all of them in the tests of its folder.

mod facts;
mod many;
mod one;

pub(crate) use many::{few, few_among, few_of, lines_of};

use super::tree::{Join, Output, Tree};
use super::{Compare, Dialect, Expr, Link, OrderTerm, Rendered, Rows, Test, Through, ddl};
use crate::error::Result;
use crate::schema::{ColumnDef, DataType, Index, Table};
use crate::value::Value;

const NUMBER: DataType = DataType::Integer { bits: 64, signed: true };
const TEXT: DataType = DataType::String { size: 20 };

const fn column(table: &'static str, name: &'static str, data_type: DataType, nullable: bool) -> ColumnDef {
    ColumnDef::new(table, name, name, data_type, nullable)
}

/// `id`, `name`
pub(crate) static TEAMS: Table = Table::new(
    "Team",
    "teams",
    &[column("teams", "id", NUMBER, false), column("teams", "name", TEXT, false)],
    &[0],
);

/// `id`, `name`, `boss_id`, `team_id`
pub(crate) static USERS: Table = Table::new(
    "User",
    "users",
    &[
        column("users", "id", NUMBER, false),
        column("users", "name", TEXT, false),
        column("users", "boss_id", NUMBER, true),
        column("users", "team_id", NUMBER, true),
    ],
    &[0],
)
.with_indexes(&[Index::new("users_boss_id_idx", &[2], false), Index::new("users_team_id_idx", &[3], false)]);

/// `id`, `user_id`, `title`, `done`
pub(crate) static TASKS: Table = Table::new(
    "Task",
    "tasks",
    &[
        column("tasks", "id", NUMBER, false),
        column("tasks", "user_id", NUMBER, true),
        column("tasks", "title", TEXT, false),
        column("tasks", "done", DataType::Bool, true),
    ],
    &[0],
)
.with_indexes(&[Index::new("tasks_user_id_idx", &[1], false)]);

/// `id`, `label`
pub(crate) static TAGS: Table = Table::new(
    "Tag",
    "tags",
    &[column("tags", "id", NUMBER, false), column("tags", "label", TEXT, false)],
    &[0],
);

/// `task_id`, `tag_id`, `weight`
pub(crate) static PAIRS: Table = Table::new(
    "TaskTag",
    "task_tags",
    &[
        column("task_tags", "task_id", NUMBER, false),
        column("task_tags", "tag_id", NUMBER, false),
        column("task_tags", "weight", NUMBER, false),
    ],
    &[0, 1],
)
.with_indexes(&[Index::new("task_tags_tag_id_idx", &[1], false)]);

/// `shop_id`, `no`
pub(crate) static ORDERS: Table = Table::new(
    "Order",
    "orders",
    &[column("orders", "shop_id", NUMBER, false), column("orders", "no", NUMBER, false)],
    &[0, 1],
);

/// `id`, `shop_id`, `order_no`, `text`. Named as an alias would be.
pub(crate) static LINES: Table = Table::new(
    "Line",
    "T1",
    &[
        column("T1", "id", NUMBER, false),
        column("T1", "shop_id", NUMBER, false),
        column("T1", "order_no", NUMBER, true),
        column("T1", "text", TEXT, false),
    ],
    &[0],
)
.with_indexes(&[Index::new("lines_order_idx", &[1, 2], false)]);

const fn link(
    source: &'static Table,
    near: &'static [usize],
    target: &'static Table,
    far: &'static [usize],
) -> Link {
    Link { source, target, near, far, through: None }
}

pub(crate) const TEAM: Link = link(&USERS, &[3], &TEAMS, &[0]);
pub(crate) const MEMBERS: Link = link(&TEAMS, &[0], &USERS, &[3]);
pub(crate) const BOSS: Link = link(&USERS, &[2], &USERS, &[0]);
pub(crate) const STAFF: Link = link(&USERS, &[0], &USERS, &[2]);
pub(crate) const WORK: Link = link(&USERS, &[0], &TASKS, &[1]);
pub(crate) const WORKER: Link = link(&TASKS, &[1], &USERS, &[0]);
pub(crate) const PAIR: Link = link(&TASKS, &[0], &PAIRS, &[0]);
pub(crate) const LABELS: Link = Link {
    source: &TASKS,
    target: &TAGS,
    near: &[0],
    far: &[0],
    through: Some(Through { table: &PAIRS, near: &[0], far: &[1] }),
};
pub(crate) const CONTENT: Link = link(&ORDERS, &[0, 1], &LINES, &[1, 2]);
pub(crate) const ORDER: Link = link(&LINES, &[1, 2], &ORDERS, &[0, 1]);

/// The tables made and filled.
pub(crate) fn setup(dialect: &dyn Dialect) -> Vec<String> {
    let mut all = Vec::new();
    for table in [&TEAMS, &USERS, &TASKS, &TAGS, &PAIRS, &ORDERS, &LINES] {
        all.push(ddl::create_table(dialect, table, table.foreign_keys));
        if !dialect.capabilities().inline_indexes {
            all.extend(table.indexes.iter().map(|index| ddl::create_index(dialect, table, index)));
        }
    }
    let rows = [
        "teams VALUES (1, 'red'), (2, 'blue'), (3, 'empty')",
        "users VALUES (1, 'Ann', NULL, 1), (2, 'Bob', 1, 1), (3, 'Cid', 1, 2), (4, 'Dot', 2, NULL)",
        "tasks VALUES (1, 1, 'a', TRUE), (2, 1, 'b', FALSE), (3, 1, 'c', NULL), (4, 2, 'd', TRUE), \
         (5, 2, 'e', TRUE), (6, NULL, 'f', FALSE), (7, 3, 'g', NULL)",
        "tags VALUES (1, 'x'), (2, 'y'), (3, 'z')",
        "task_tags VALUES (1, 1, 5), (1, 2, 1), (1, 3, 9), (2, 1, 2), (2, 3, 3)",
        "orders VALUES (1, 1), (1, 2), (2, 1)",
        "T1 VALUES (1, 1, 1, 'p'), (2, 1, 1, 'q'), (3, 1, 2, 'r'), (4, 2, 1, 's'), (5, 2, NULL, 't'), (6, 1, 1, 'u')",
    ];
    all.extend(rows.map(|rows| format!("INSERT INTO {rows}")));
    all
}

/// A statement and the rows that it gives: cells with commas between, rows with spaces, `-` for NULL.
pub(crate) struct Case {
    pub(crate) statement: Result<Rendered>,
    pub(crate) rows: &'static str,
    /// Whether rows of several parents may come mixed: they are compared parent by parent, the last cell being the parent's key.
    pub(crate) mixed: bool,
}

/// All statements.
pub(crate) fn cases(dialect: &dyn Dialect) -> Vec<Case> {
    let mut all = one::cases(dialect);
    all.extend(many::cases(dialect));
    all
}

/// Compares what came with what should.
pub(crate) fn compare(case: &Case, sql: &str, rows: Vec<Vec<Value<'static>>>) {
    let mut rows: Vec<Vec<String>> =
        rows.into_iter().map(|row| row.into_iter().map(shown).collect()).collect();
    if case.mixed {
        rows.sort_by(|one, other| one.last().cmp(&other.last()));
    }
    let rows: Vec<String> = rows.into_iter().map(|row| row.join(",")).collect();
    assert_eq!(rows.join(" "), case.rows, "{sql}");
}

fn shown(value: Value<'static>) -> String {
    match value {
        Value::Null => "-".into(),
        Value::Int(number) => number.to_string(),
        Value::UInt(number) => number.to_string(),
        Value::Text(text) => text.into_owned(),
        Value::Bytes(bytes) => String::from_utf8(bytes.into_owned()).unwrap(),
        other => panic!("{other:?}"),
    }
}

pub(crate) fn text(text: &'static str) -> Value<'static> {
    Value::Text(text.into())
}

pub(crate) fn is(table: &'static Table, column: usize, value: Value<'static>) -> Expr {
    Expr::Compare(&table.columns[column], Compare::Equal, value)
}

pub(crate) fn done() -> Expr {
    is(&TASKS, 3, Value::Int(1))
}

pub(crate) fn related(link: Link, test: Test, filter: Vec<Expr>) -> Expr {
    Expr::Related { link, test, filter, through: Vec::new() }
}

pub(crate) fn filtered(filter: Vec<Expr>) -> Rows {
    Rows { filter, ..Rows::default() }
}

fn by(table: &'static Table, column: usize, path: &[Link]) -> OrderTerm {
    OrderTerm { path: path.to_vec(), ..OrderTerm::of(&table.columns[column]) }
}

fn down(term: OrderTerm) -> OrderTerm {
    OrderTerm { descending: true, ..term }
}

fn nulls_last(term: OrderTerm, last: bool) -> OrderTerm {
    OrderTerm { nulls_last: Some(last), ..term }
}

fn join(parent: usize, link: Link, required: bool) -> Join {
    Join { parent, link, required, filter: Vec::new(), first: None }
}

/// A tree that reads these columns: of which node, at which position.
fn tree(table: &'static Table, joins: Vec<Join>, outputs: &[(usize, usize)], rows: Rows) -> Tree {
    let outputs = outputs.iter().map(|&(node, column)| {
        let table = node.checked_sub(1).map_or(table, |n| joins[n].link.target);
        Output { node, column: &table.columns[column] }
    });
    Tree { table, outputs: outputs.collect(), joins, rows }
}
