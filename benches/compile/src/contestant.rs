//! What a library must be able to say, and the models that all of them write.

use std::collections::BTreeSet;
use std::path::Path;

/// A library whose models are compiled.
pub trait Contestant {
    fn name(&self) -> &'static str;

    /// The lock file below `benches/` that has its versions.
    fn lock(&self) -> &'static str {
        "Cargo.lock"
    }

    /// The lines below `[dependencies]`.
    fn dependencies(&self, root: &Path) -> String;

    /// How many of a model's columns are keys.
    fn keys(&self) -> usize {
        2
    }

    /// What all models share. It stands in the module that theirs are in.
    fn shared(&self, _shape: &Shape) -> String {
        String::new()
    }

    /// The module of a model, a file of its own. A model belongs to the next one of its ring, and that has many of it.
    fn model(&self, model: &Model) -> String;

    /// A program, beside the module `models`, that creates, finds by key and loads with its associations a record of each model.
    fn program(&self, shape: &Shape) -> String;
}

/// How many models there are and what they look like.
#[derive(Clone, Copy)]
pub struct Shape {
    pub models: usize,
    /// With `id`, and with `owner_id` where there is one.
    pub columns: usize,
    /// The first model has a column more.
    pub edited: bool,
}

#[derive(Clone, Copy)]
pub enum Kind {
    Text,
    Int,
    MaybeText,
    Float,
    Unsigned,
    Moment,
    Flag,
    MaybeBig,
    Day,
}

pub struct Column {
    pub name: String,
    pub kind: Kind,
}

/// One model of a shape, and the two that it is associated with.
pub struct Model {
    pub name: String,
    pub owner: String,
    pub row: String,
    /// Without `id` and `owner_id`.
    pub columns: Vec<Column>,
}

/// The least length of a ring. One ring of all is too long a way for the compiler where models hold one another (sea-orm).
const RING: usize = 10;

const KINDS: [Kind; 9] = [
    Kind::Text,
    Kind::Int,
    Kind::MaybeText,
    Kind::Float,
    Kind::Unsigned,
    Kind::Moment,
    Kind::Flag,
    Kind::MaybeBig,
    Kind::Day,
];

impl Shape {
    /// The models, where `keys` of the columns are keys.
    pub fn models(self, keys: usize) -> impl Iterator<Item = Model> {
        let rings = (self.models / RING).max(1);
        let start = move |ring: usize| ring * self.models / rings;
        let ring = move |ring| {
            (start(ring)..start(ring + 1)).map(move |number| (number, start(ring), start(ring + 1)))
        };
        let name = |number: usize| format!("Model{number}");
        (0..rings).flat_map(ring).map(move |(number, first, end)| {
            let column =
                |n: usize| Column { name: format!("column_{n}"), kind: KINDS[(n - 1) % KINDS.len()] };
            let added = (self.edited && number == 0)
                .then(|| Column { name: "added".to_owned(), kind: Kind::MaybeBig });
            Model {
                name: name(number),
                owner: name(if number + 1 == end { first } else { number + 1 }),
                row: name(if number == first { end } else { number } - 1),
                columns: (1..=self.columns - keys).map(column).chain(added).collect(),
            }
        })
    }

    /// The models with their two keys.
    pub fn associated(self) -> impl Iterator<Item = Model> {
        self.models(2)
    }

    /// Lines that bring the models' names in.
    pub fn imports(self) -> String {
        self.associated().map(|model| import("models", &model.name)).collect()
    }
}

impl Model {
    /// Of the table.
    pub fn plural(&self) -> String {
        plural(&self.name)
    }

    /// Lines that bring the names of the two others in.
    pub fn imports(&self) -> String {
        let others = BTreeSet::from([&self.owner, &self.row]);
        others.into_iter().filter(|other| **other != self.name).map(|other| import("super", other)).collect()
    }

    /// A line for each column.
    pub fn each(&self, line: impl Fn(&str, Kind) -> String) -> String {
        self.columns.iter().map(|column| line(&column.name, column.kind)).collect()
    }
}

fn import(parent: &str, model: &str) -> String {
    format!("use {parent}::{}::{model};\n", module(model))
}

/// The module of a model.
pub fn module(model: &str) -> String {
    model.to_lowercase()
}

/// The table of a model.
pub fn plural(model: &str) -> String {
    format!("{}s", model.to_lowercase())
}

impl Kind {
    /// The type of a field, where times and dates are these types.
    pub fn rust(self, moment: &'static str, day: &'static str) -> &'static str {
        match self {
            Self::Text => "String",
            Self::Int => "i32",
            Self::MaybeText => "Option<String>",
            Self::Float => "f64",
            Self::Unsigned => "u64",
            Self::Moment => moment,
            Self::Flag => "bool",
            Self::MaybeBig => "Option<i64>",
            Self::Day => day,
        }
    }

    /// An expression of such a value.
    pub fn value(self, moment: &'static str, day: &'static str) -> &'static str {
        match self {
            Self::Text => "String::from(\"some text\")",
            Self::Int => "-7",
            Self::MaybeText => "Some(String::from(\"more text\"))",
            Self::Float => "2.5",
            Self::Unsigned => "7",
            Self::Moment => moment,
            Self::Flag => "true",
            Self::MaybeBig => "Some(-70)",
            Self::Day => day,
        }
    }
}
