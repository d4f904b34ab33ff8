//! `orm-core`.

use std::path::Path;

use crate::contestant::{Contestant, Shape};

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

    fn models(&self, shape: &Shape) -> String {
        let keys = if self.associated { 2 } else { 1 };
        let models = shape.models(keys).map(|model| {
            let (name, owner, row) = (&model.name, &model.owner, &model.row);
            let (many, one) = if self.associated {
                (
                    format!("#[model(has_many(rows: {row}, foreign_key = owner_id))]\n"),
                    format!("    #[model(belongs_to = {owner})]\n    pub owner_id: u64,\n"),
                )
            } else {
                Default::default()
            };
            let columns = model
                .each(|name, kind| format!("    pub {name}: {},\n", kind.rust("DateTime<Utc>", "NaiveDate")));
            format!("#[derive(Model, Debug, Clone)]\n{many}pub struct {name} {{\n    pub id: u64,\n{one}{columns}}}\n")
        });
        format!("pub use orm_core::prelude::*;\n{}", models.collect::<String>())
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
use models::*;

#[tokio::main]
async fn main() -> Result<(), Error> {{
    let db = Db::connect(std::env::args().nth(1).unwrap_or_default()).await?;
{}    db.close().await
}}
",
            calls.collect::<String>()
        )
    }
}
