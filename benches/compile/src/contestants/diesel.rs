//! `diesel`, with one `allow_tables_to_appear_in_same_query!` for all tables, as its command line tool writes it.

use std::path::Path;

use crate::contestant::{Contestant, Kind, Model, Shape, module, plural};

pub struct Diesel;

/// Above so many tables, which are listed in one call, the compiler asks for a higher limit.
const TABLES: usize = 100;

fn sql_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "Varchar",
        Kind::Int => "Integer",
        Kind::MaybeText => "Nullable<Varchar>",
        Kind::Float => "Double",
        Kind::Unsigned => "Unsigned<BigInt>",
        Kind::Moment => "Datetime",
        Kind::Flag => "Bool",
        Kind::MaybeBig => "Nullable<BigInt>",
        Kind::Day => "Date",
    }
}

impl Contestant for Diesel {
    fn name(&self) -> &'static str {
        "diesel"
    }

    fn dependencies(&self, _root: &Path) -> String {
        "diesel = { version = \"2.3\", features = [\"mysql\", \"chrono\"] }
chrono = { version = \"0.4\", default-features = false, features = [\"std\", \"now\"] }
"
        .to_owned()
    }

    /// What its command line tool writes into one file: all tables.
    fn shared(&self, shape: &Shape) -> String {
        let limit = if shape.models > TABLES { "#![recursion_limit = \"512\"]\n" } else { "" };
        let mut text = format!("{limit}pub mod schema {{\n");
        for model in shape.associated() {
            let columns = model.each(|name, kind| format!("            {name} -> {},\n", sql_type(kind)));
            text += &format!(
                "    diesel::table! {{
        {} (id) {{
            id -> Unsigned<BigInt>,
            owner_id -> Unsigned<BigInt>,
{columns}        }}
    }}
",
                model.plural()
            );
        }
        for model in shape.associated() {
            let (table, owners) = (model.plural(), plural(&model.owner));
            text += &format!("    diesel::joinable!({table} -> {owners} (owner_id));\n");
        }
        let tables: Vec<_> = shape.associated().map(|model| model.plural()).collect();
        text + &format!("    diesel::allow_tables_to_appear_in_same_query!({});\n}}\n", tables.join(", "))
    }

    fn model(&self, model: &Model) -> String {
        let (name, table, owner) = (&model.name, model.plural(), &model.owner);
        let fields = model
            .each(|name, kind| format!("    pub {name}: {},\n", kind.rust("NaiveDateTime", "NaiveDate")));
        format!(
            "use chrono::{{NaiveDate, NaiveDateTime}};
use diesel::prelude::*;
use super::schema::{table};
use super::{}::{owner};

#[derive(Queryable, Selectable, Identifiable, Associations, AsChangeset, Debug, Clone)]
#[diesel(table_name = {table}, belongs_to({owner}, foreign_key = owner_id), check_for_backend(diesel::mysql::Mysql))]
pub struct {name} {{
    pub id: u64,
    pub owner_id: u64,
{fields}}}

#[derive(Insertable, Debug, Clone)]
#[diesel(table_name = {table}, check_for_backend(diesel::mysql::Mysql))]
pub struct New{name} {{
    pub owner_id: u64,
{fields}}}
",
            module(owner)
        )
    }

    fn program(&self, shape: &Shape) -> String {
        let calls = shape.associated().map(|model| {
            let (name, table, owner, row) = (&model.name, model.plural(), &model.owner, &model.row);
            let owners = plural(owner);
            let fields = model.each(|name, kind| {
                format!("{name}: {}, ", kind.value("Utc::now().naive_utc()", "Utc::now().date_naive()"))
            });
            format!(
                "    let new = New{name} {{ owner_id: 1, {fields}}};
    diesel::insert_into({table}::table).values(&new).execute(db)?;
    let id: u64 = diesel::select(last_insert_id()).get_result(db)?;
    let found = {table}::table.find(id).select({name}::as_select()).first(db).optional()?;
    let loaded = {table}::table.inner_join({owners}::table).select(({name}::as_select(), {owner}::as_select()));
    let loaded: Vec<({name}, {owner})> = loaded.load(db)?;
    let (records, owners): (Vec<{name}>, Vec<{owner}>) = loaded.into_iter().unzip();
    let rows = {row}::belonging_to(&records).select({row}::as_select()).load(db)?.grouped_by(&records);
    let loaded: Vec<_> = records.into_iter().zip(owners).zip(rows).collect();
    println!(\"{{new:?}} {{found:?}} {{loaded:?}}\");
"
            )
        });
        let imports: String = shape
            .associated()
            .map(|Model { name, .. }| format!("use models::{}::{{{name}, New{name}}};\n", module(&name)))
            .collect();
        format!(
            "mod models;
use chrono::Utc;
use diesel::prelude::*;
use models::schema::*;
{}
diesel::define_sql_function! {{
    fn last_insert_id() -> Unsigned<BigInt>;
}}

fn main() -> Result<(), Box<dyn std::error::Error>> {{
    let db = &mut MysqlConnection::establish(&std::env::args().nth(1).unwrap_or_default())?;
{}    Ok(())
}}
",
            imports,
            calls.collect::<String>()
        )
    }
}
