//! The tables as `sea-orm`'s entities.

/// What everybody reads.
pub mod item {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "items")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: u64,
        pub name: String,
        pub category: String,
        pub price: f64,
        pub stock: i64,
        pub added: DateTimeUtc,
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
        pub id: u64,
        pub name: String,
        pub category: String,
        pub price: f64,
        pub stock: i64,
        pub added: DateTimeUtc,
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
                added: Set(new.added),
                ..Default::default()
            }
        }
    }

    /// The record of a row that was inserted.
    pub fn saved(new: NewItem, id: u64) -> Model {
        let NewItem { name, category, price, stock, added } = new;
        Model { id, name, category, price, stock, added }
    }
}

pub mod wide {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "wides")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: u64,
        pub small: i16,
        pub medium: i32,
        pub big: i64,
        pub flag: bool,
        pub ratio: f64,
        pub title: String,
        pub code: String,
        pub body: String,
        pub note: Option<String>,
        pub parent: Option<u64>,
        pub made: DateTimeUtc,
        pub day: Date,
        pub amount: Decimal,
        pub document: Json,
        pub payload: Vec<u8>,
    }

    impl ActiveModelBehavior for ActiveModel {}

    crate::wide_cells!(Model);
}

pub mod user {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "users")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: u64,
        pub name: String,
        pub email: String,
        pub joined: DateTimeUtc,
        #[sea_orm(has_many)]
        pub posts: HasMany<super::post::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod post {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "posts")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: u64,
        pub user_id: u64,
        pub title: String,
        pub body: String,
        pub published: DateTimeUtc,
        #[sea_orm(belongs_to, from = "user_id", to = "id")]
        pub user: BelongsTo<super::user::Entity>,
        #[sea_orm(has_many)]
        pub comments: HasMany<super::comment::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod comment {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "comments")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: u64,
        pub post_id: u64,
        pub author: String,
        pub body: String,
        #[sea_orm(belongs_to, from = "post_id", to = "id")]
        pub post: BelongsTo<super::post::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod order {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "orders")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: u64,
        pub customer: String,
        pub placed: DateTimeUtc,
        pub paid: bool,
        #[sea_orm(has_many)]
        pub details: HasMany<super::detail::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod detail {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "details")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: u64,
        pub order_id: u64,
        pub product: String,
        pub quantity: i32,
        pub price: f64,
        #[sea_orm(belongs_to, from = "order_id", to = "id")]
        pub order: BelongsTo<super::order::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

crate::tree_cells!(user::ModelEx, post::ModelEx, comment::ModelEx, order::ModelEx, detail::ModelEx);
