//! The tables as `sea-orm`'s entities for SQLite. With a time zone in its type, a time would be stored in another form than everybody's.

/// What everybody reads.
pub mod item {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "items")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub name: String,
        pub category: String,
        pub price: f64,
        pub stock: i64,
        pub added: DateTime,
    }

    impl ActiveModelBehavior for ActiveModel {}

    crate::item_cells!(Model);
}

/// What is written to.
pub mod insert {
    use sea_orm::ActiveValue::Set;
    use sea_orm::entity::prelude::*;

    use crate::data::NewItem;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "inserts")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub name: String,
        pub category: String,
        pub price: f64,
        pub stock: i64,
        pub added: DateTime,
    }

    impl ActiveModelBehavior for ActiveModel {}

    crate::item_cells!(Model);

    impl From<&NewItem> for ActiveModel {
        fn from(new: &NewItem) -> Self {
            Self {
                name: Set(new.name.clone()),
                category: Set(new.category.clone()),
                price: Set(new.price),
                stock: Set(new.stock),
                added: Set(new.added.naive_utc()),
                ..Default::default()
            }
        }
    }

    /// The record of a row that was inserted.
    pub fn saved(new: NewItem, id: i64) -> Model {
        let NewItem { name, category, price, stock, added } = new;
        Model { id, name, category, price, stock, added: added.naive_utc() }
    }
}

pub mod wide {
    use sea_orm::entity::prelude::*;

    use crate::contestants::peers::sqlite::amount::Amount;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "wides")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub small: i16,
        pub medium: i32,
        pub big: i64,
        pub flag: bool,
        pub ratio: f64,
        pub title: String,
        pub code: String,
        pub body: String,
        pub note: Option<String>,
        pub parent: Option<i64>,
        pub made: DateTime,
        pub day: Date,
        pub amount: Amount,
        pub document: Json,
        pub payload: Vec<u8>,
    }

    impl ActiveModelBehavior for ActiveModel {}

    crate::wide_cells!(Model);
}
