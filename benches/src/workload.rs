//! What is measured.

use std::fmt;

use crate::data::{self, NewItem, ROWS};

/// One kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Workload {
    FindByKey,
    FindOne,
    FindHundred,
    FindAll,
    FindWide,
    Insert,
    InsertHundred,
    InsertMany,
    Update,
    Delete,
    Page,
    /// A transaction that finds by key and updates by key.
    Transaction,
    /// Users with their posts, and those with their comments.
    IncludeNested,
    /// Many orders, each with few details.
    IncludeMany,
    /// By key, by 64 tasks at once.
    Pool,
    /// By key, by 1,000 tasks at once.
    PoolThousand,
    /// The SQL of the page, which is not sent.
    Build,
}

/// One piece of work, with all that it needs.
#[derive(Debug)]
pub enum Input {
    /// The item with this id.
    FindByKey(u64),
    /// So many items.
    FindSome(u64),
    /// All items.
    FindAll,
    /// All wide rows.
    FindWide,
    /// One row into `inserts`, its id back.
    Insert(NewItem),
    /// These rows into `inserts`, all or none, as records with their ids.
    BulkInsert(Vec<NewItem>),
    /// Sets the stock of the item with this id.
    Update { id: u64, stock: i64 },
    /// The same in a transaction that has found the item before.
    Transaction { id: u64, stock: i64 },
    /// Deletes the row of `inserts` with this id, which is there.
    Delete(u64),
    /// The ten newest items of a category that cost more.
    Page { category: String, price: f64 },
    /// All users with their posts and those with their comments.
    Nested,
    /// All orders with their details.
    Many,
}

impl Workload {
    /// All of one connection.
    pub const SINGLE: &[Self] = &[
        Self::FindByKey,
        Self::FindOne,
        Self::FindHundred,
        Self::FindAll,
        Self::FindWide,
        Self::Insert,
        Self::InsertHundred,
        Self::InsertMany,
        Self::Update,
        Self::Delete,
        Self::Page,
        Self::Transaction,
    ];

    /// Records with what belongs to them.
    pub const INCLUDES: &[Self] = &[Self::IncludeNested, Self::IncludeMany];

    /// Whether it changes the table `inserts`, which is emptied before each slot then.
    pub fn inserts(self) -> bool {
        matches!(self, Self::Insert | Self::InsertHundred | Self::InsertMany)
    }

    /// Whether it reads nothing and gives no record.
    pub fn gives_nothing(self) -> bool {
        matches!(self, Self::Update | Self::Delete)
    }

    /// The n-th piece of this work. No two updates set the same value, and no two deletes want the same row.
    pub fn input(self, n: u64) -> Input {
        let id = 1 + data::scattered(n) % ROWS;
        match self {
            Self::FindByKey | Self::Pool | Self::PoolThousand => Input::FindByKey(id),
            Self::FindOne => Input::FindSome(1),
            Self::FindHundred => Input::FindSome(100),
            Self::FindAll => Input::FindAll,
            Self::FindWide => Input::FindWide,
            Self::Insert => Input::Insert(data::item(n)),
            Self::InsertHundred => Input::BulkInsert((n..n + 100).map(data::item).collect()),
            Self::InsertMany => Input::BulkInsert((n..n + 10_000).map(data::item).collect()),
            Self::Update => Input::Update { id, stock: 1_000 + i64::try_from(n).unwrap_or(0) },
            Self::Delete => Input::Delete(n),
            Self::Transaction => Input::Transaction { id, stock: 1_000 + i64::try_from(n).unwrap_or(0) },
            Self::IncludeNested => Input::Nested,
            Self::IncludeMany => Input::Many,
            Self::Page | Self::Build => Input::Page { category: data::category(n), price: (n % 800) as f64 },
        }
    }

    /// How many pieces make a slot of about `seconds`, one of them taking `each`.
    pub fn slot_length(self, seconds: f64, each: f64) -> usize {
        // Each task of the pool needs several, or starting and ending the tasks would be measured.
        let (least, most) = match self {
            Self::Pool | Self::PoolThousand => (4_000, 4_000),
            Self::Build => (1, 50_000),
            _ => (1, 2_000),
        };
        ((seconds / each).round() as usize).clamp(least, most)
    }
}

impl Input {
    /// The id of the row that it deletes.
    pub fn deleted(&self) -> Option<u64> {
        match self {
            Self::Delete(id) => Some(*id),
            _ => None,
        }
    }
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FindByKey => "find by key",
            Self::FindOne => "find 1 row",
            Self::FindHundred => "find 100 rows",
            Self::FindAll => "find 10,000 rows",
            Self::FindWide => "find 10,000 rows of 16 columns",
            Self::Insert => "insert one, id back",
            Self::InsertHundred => "bulk insert 100",
            Self::InsertMany => "bulk insert 10,000",
            Self::Update => "update by key",
            Self::Delete => "delete by key",
            Self::Page => "filter, order, limit 10",
            Self::IncludeNested => "include 100 × 10 × 5, nested",
            Self::IncludeMany => "include 10,000 × 3",
            Self::Transaction => "transaction: find and update by key",
            Self::PoolThousand => "1,000 tasks, pool of 10: find by key",
            Self::Build => "building the SQL of: filter, order, limit 10",
            Self::Pool => "64 tasks, pool of 10: find by key",
        })
    }
}
