//! `toasty`, whose times and dates are those of `jiff`.

use std::path::Path;

use crate::contestant::{Contestant, Model, Shape};

pub struct Toasty;

impl Contestant for Toasty {
    fn name(&self) -> &'static str {
        "toasty"
    }

    fn lock(&self) -> &'static str {
        "toasty/Cargo.lock"
    }

    fn dependencies(&self, _root: &Path) -> String {
        "toasty = { version = \"0.11\", default-features = false, features = [\"mysql\", \"jiff\"] }
jiff = \"0.2\"
tokio = { version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }
"
        .to_owned()
    }

    fn model(&self, model: &Model) -> String {
        let (name, owner, row) = (&model.name, &model.owner, &model.row);
        let fields =
            model.each(|name, kind| format!("    pub {name}: {},\n", kind.rust("Timestamp", "Date")));
        format!(
            "use jiff::{{Timestamp, civil::Date}};
use toasty::{{Deferred, Model}};
{}
#[derive(Debug, Model)]
pub struct {name} {{
    #[key]
    #[auto]
    pub id: u64,
    #[index]
    pub owner_id: u64,
    #[belongs_to]
    pub owner: Deferred<{owner}>,
{fields}    #[has_many(pair = owner)]
    pub rows: Deferred<Vec<{row}>>,
}}
",
            model.imports()
        )
    }

    fn program(&self, shape: &Shape) -> String {
        let names: Vec<_> = shape.associated().map(|model| model.name).collect();
        let calls = shape.associated().map(|model| {
            let name = &model.name;
            let fields = model.each(|name, kind| {
                format!(", {name}: {}", kind.value("jiff::Timestamp::now()", "jiff::civil::date(2026, 1, 1)"))
            });
            format!(
                "    let saved = toasty::create!({name} {{ owner_id: 1_u64{fields} }}).exec(&mut db).await?;
    let found = {name}::filter_by_id(saved.id).first().exec(&mut db).await?;
    let (owner, rows) = ({name}::fields().owner(), {name}::fields().rows());
    let loaded = {name}::all().include(owner).include(rows).exec(&mut db).await?;
    println!(\"{{saved:?}} {{found:?}} {{loaded:?}}\");
"
            )
        });
        format!(
            "mod models;
{}
#[tokio::main]
async fn main() -> toasty::Result<()> {{
    let mut builder = toasty::Db::builder();
    builder.models(toasty::models!({}));
    let mut db = builder.connect(&std::env::args().nth(1).unwrap_or_default()).await?;
{}    Ok(())
}}
",
            shape.imports(),
            names.join(", "),
            calls.collect::<String>()
        )
    }
}
