//! `mysql_async` by hand, with the features that `orm-core` uses.

use std::path::Path;

use crate::contestant::{Column, Contestant, Model, Shape, plural};

pub struct Raw;

impl Contestant for Raw {
    fn name(&self) -> &'static str {
        "mysql_async"
    }

    fn dependencies(&self, _root: &Path) -> String {
        "mysql_async = { version = \"~0.37.1\", default-features = false, features = [\"minimal-rust\", \"rustls-tls\", \"ring\", \"tls12\"] }
tokio = { version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }
"
        .to_owned()
    }

    fn shared(&self, _shape: &Shape) -> String {
        "use mysql_async::prelude::FromValue;
use mysql_async::{FromValueError, Row, Value};

fn cell<T: FromValue>(row: &mut Row, place: usize) -> Result<T, FromValueError> {
    T::from_value_opt(row.take(place).unwrap_or(Value::NULL))
}
"
        .to_owned()
    }

    /// Without the driver's feature for `chrono` a time stays a `Value`.
    fn model(&self, model: &Model) -> String {
        let name = &model.name;
        let fields = model.each(|name, kind| format!("    pub {name}: {},\n", kind.rust("Value", "Value")));
        let cell = |(place, column): (usize, &Column)| {
            format!("            {}: cell(row, {})?,\n", column.name, place + 2)
        };
        let cells: String = model.columns.iter().enumerate().map(cell).collect();
        format!(
            "use mysql_async::{{FromValueError, Row, Value}};
use super::cell;

#[derive(Debug, Clone)]
pub struct {name} {{
    pub id: u64,
    pub owner_id: u64,
{fields}}}

impl {name} {{
    pub fn read(row: &mut Row) -> Result<Self, FromValueError> {{
        Ok(Self {{
            id: cell(row, 0)?,
            owner_id: cell(row, 1)?,
{cells}        }})
    }}
}}
"
        )
    }

    fn program(&self, shape: &Shape) -> String {
        let calls = shape.associated().map(|model| {
            let (name, table) = (&model.name, model.plural());
            let (owner, owners, row, rows) = (&model.owner, plural(&model.owner), &model.row, plural(&model.row));
            let names: Vec<_> = model.columns.iter().map(|column| column.name.as_str()).collect();
            let names = names.join(", ");
            let marks = ", ?".repeat(model.columns.len());
            let moment = "Value::Date(2026, 1, 1, 12, 0, 0, 0)";
            let values = model.each(|_, kind| format!(", Value::from({})", kind.value(moment, moment)));
            format!(
                "    let insert = db.prep(\"INSERT INTO {table} (owner_id, {names}) VALUES (?{marks})\").await?;
    db.exec_drop(insert, vec![Value::from(1_u64){values}]).await?;
    let id = db.last_insert_id().unwrap_or_default();
    let find = db.prep(\"SELECT id, owner_id, {names} FROM {table} WHERE id = ?\").await?;
    let mut found: Option<Row> = db.exec_first(find, (id,)).await?;
    let found = found.as_mut().map({name}::read).transpose()?;
    let mut records = Vec::new();
    for mut row in db.query::<Row, _>(\"SELECT * FROM {table}\").await? {{
        records.push({name}::read(&mut row)?);
    }}
    let mut owners = HashMap::new();
    for mut row in db.query::<Row, _>(\"SELECT * FROM {owners} WHERE id IN (SELECT owner_id FROM {table})\").await? {{
        let owner = {owner}::read(&mut row)?;
        owners.insert(owner.id, owner);
    }}
    let mut rows: HashMap<u64, Vec<{row}>> = HashMap::new();
    for mut row in db.query::<Row, _>(\"SELECT * FROM {rows} WHERE owner_id IN (SELECT id FROM {table})\").await? {{
        let row = {row}::read(&mut row)?;
        rows.entry(row.owner_id).or_default().push(row);
    }}
    let load = |record: {name}| (owners.get(&record.owner_id).cloned(), rows.remove(&record.id), record);
    let loaded: Vec<_> = records.into_iter().map(load).collect();
    println!(\"{{id}} {{found:?}} {{loaded:?}}\");
"
            )
        });
        format!(
            "mod models;
use std::collections::HashMap;

{}use mysql_async::prelude::Queryable;
use mysql_async::{{Conn, Opts, Row, Value}};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {{
    let mut db = Conn::new(Opts::from_url(&std::env::args().nth(1).unwrap_or_default())?).await?;
{}    db.disconnect().await?;
    Ok(())
}}
",
            shape.imports(),
            calls.collect::<String>()
        )
    }
}
