//! `sea-orm`, with the entities that its 2.0 documents begin with: `#[sea_orm::model]`, associations as fields ("dense").

use std::path::Path;

use crate::contestant::{Contestant, Model, Shape, module};

pub struct SeaOrm;

impl Contestant for SeaOrm {
    fn name(&self) -> &'static str {
        "sea-orm"
    }

    fn dependencies(&self, _root: &Path) -> String {
        "sea-orm = { version = \"2.0\", default-features = false, features = [\"sqlx-mysql\", \"runtime-tokio\", \"macros\", \"with-chrono\"] }
tokio = { version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }
"
        .to_owned()
    }

    fn model(&self, model: &Model) -> String {
        let (table, owner, row) = (model.plural(), module(&model.owner), module(&model.row));
        let fields =
            model.each(|name, kind| format!("    pub {name}: {},\n", kind.rust("DateTimeUtc", "Date")));
        format!(
            "use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = \"{table}\")]
pub struct Model {{
    #[sea_orm(primary_key)]
    pub id: u64,
    pub owner_id: u64,
{fields}    #[sea_orm(belongs_to, from = \"owner_id\", to = \"id\")]
    pub owner: BelongsTo<super::{owner}::Entity>,
    #[sea_orm(has_many)]
    pub rows: HasMany<super::{row}::Entity>,
}}

impl ActiveModelBehavior for ActiveModel {{}}
"
        )
    }

    fn program(&self, shape: &Shape) -> String {
        let calls = shape.associated().map(|model| {
            let (name, owner, row) = (module(&model.name), module(&model.owner), module(&model.row));
            let fields = model.each(|name, kind| {
                format!("{name}: Set({}), ", kind.value("ChronoUtc::now()", "ChronoUtc::now().date_naive()"))
            });
            format!(
                "    let new = {name}::ActiveModel {{ owner_id: Set(1), {fields}..Default::default() }};
    let saved = new.insert(&db).await?;
    let found = {name}::Entity::find_by_id(saved.id).one(&db).await?;
    let loaded = {name}::Entity::load().with({owner}::Entity).with({row}::Entity).all(&db).await?;
    println!(\"{{saved:?}} {{found:?}} {{loaded:?}}\");
"
            )
        });
        format!(
            "mod models;
use models::*;
use sea_orm::entity::prelude::*;
use sea_orm::{{ActiveValue::Set, Database}};

#[tokio::main]
async fn main() -> Result<(), DbErr> {{
    let db = Database::connect(std::env::args().nth(1).unwrap_or_default()).await?;
{}    db.close().await
}}
",
            calls.collect::<String>()
        )
    }
}
