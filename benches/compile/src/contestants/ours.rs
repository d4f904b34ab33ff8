//! `orm-core`.

use std::path::Path;

use crate::contestant::{Contestant, Model, Shape};

pub struct Ours {
    pub associated: bool,
}

impl Contestant for Ours {
    fn name(&self) -> &'static str {
        "orm-core"
    }

    fn dependencies(&self, root: &Path) -> String {
        format!(
            "orm-core = {{ path = {:?}, default-features = false, features = [\"mysql\"] }}
tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}
",
            root.join("orm-core")
        )
    }

    fn keys(&self) -> usize {
        if self.associated { 2 } else { 1 }
    }

    fn model(&self, model: &Model) -> String {
        let (name, owner, row) = (&model.name, &model.owner, &model.row);
        let (imports, many, one) = if self.associated {
            (
                model.imports(),
                format!("#[model(has_many(rows: {row}, foreign_key = owner_id))]\n"),
                format!("    #[model(belongs_to = {owner})]\n    pub owner_id: u64,\n"),
            )
        } else {
            Default::default()
        };
        let columns = model
            .each(|name, kind| format!("    pub {name}: {},\n", kind.rust("DateTime<Utc>", "NaiveDate")));
        format!(
            "use orm_core::prelude::*;
{imports}
#[derive(Model, Debug, Clone)]
{many}pub struct {name} {{
    pub id: u64,
{one}{columns}}}
"
        )
    }

    fn program(&self, shape: &Shape) -> String {
        let calls = shape.associated().map(|model| {
            let name = &model.name;
            let set = model.each(|name, kind| {
                format!(".{name}({})", kind.value("Utc::now()", "Utc::now().date_naive()"))
            });
            format!(
                "    let saved = {name}::build().owner_id(1_u64){set}.save(&db).await?;
    let found = {name}::find_by_id(&db, saved.id).await?;
    let loaded = {name}::find().include({name}::OWNER).include({name}::ROWS).all(&db).await?;
    println!(\"{{saved:?}} {{found:?}} {{loaded:?}}\");
"
            )
        });
        format!(
            "mod models;
{}use orm_core::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Error> {{
    let db = Db::connect(std::env::args().nth(1).unwrap_or_default()).await?;
{}    db.close().await
}}
",
            shape.imports(),
            calls.collect::<String>()
        )
    }
}
