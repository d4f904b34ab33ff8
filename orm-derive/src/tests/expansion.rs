//! One snapshot a shape of model, which together use every word.

use insta::assert_snapshot;

use super::{input, model, pretty};

#[test]
fn a_plain_model() {
    assert_snapshot!(model(
        "/// A note.
        pub struct Note {
            id: u64,
            /// What was done.
            description: String,
            score: Option<i32>,
            #[model(default = 0)]
            views: u32,
            created_at: DateTime<Utc>,
            updated_at: DateTime<Utc>,
        }"
    ));
}

#[test]
fn every_word_of_a_field() {
    assert_snapshot!(model(
        "struct Everything {
            #[model(primary_key, auto_increment)]
            key: Key,
            #[model(column = \"kind\", const_name = \"KIND\")]
            r#type: String,
            #[model(column_type = \"CHAR(3)\")]
            code: String,
            #[model(size = 100, unique)]
            title: String,
            #[model(text)]
            body: Option<String>,
            #[model(case_sensitive, index)]
            token: String,
            #[model(precision = (10, 2))]
            price: Decimal,
            #[model(precision = 3)]
            at: NaiveTime,
            #[model(default = -1)]
            level: i32,
            #[model(default = \"new\")]
            label: Option<String>,
            #[model(default = Status::Open)]
            status: Status,
            #[model(default)]
            open: bool,
            #[model(unmanaged)]
            created_at: i64,
            #[model(skip)]
            cache: Vec<u8>,
        }"
    ));
}

#[test]
fn every_word_of_a_struct() {
    assert_snapshot!(model(
        "#[model(table = \"parts_list\", rename_all = \"camelCase\", draft = \"NewPart\", crate = other::orm)]
        #[model(index(label_text, number), unique(name = \"one\", columns(label_text, shop_id)))]
        pub(crate) struct Part {
            #[model(primary_key)]
            shop_id: String,
            #[model(primary_key, index = \"both\")]
            number: u32,
            #[model(index = \"both\")]
            label_text: String,
        }"
    ));
}

#[test]
fn a_model_without_required_fields() {
    assert_snapshot!(model("struct Tick { id: i32, created_at: DateTime<Utc> }"));
}

#[test]
fn a_model_with_a_mistake() {
    assert_snapshot!(model("struct Note { id: u64, #[model(uniqe)] title: String, table: u8 }"));
}

#[test]
fn an_enum_with_a_mistake() {
    assert_snapshot!(model("enum Note { A }"));
}

#[test]
fn an_enum_of_texts() {
    let input = input("enum Status { WellOpen, #[db_enum(rename = \"done\")] Closed }");
    assert_snapshot!(pretty(crate::db_enum::derive(&input)));
}

#[test]
fn a_newtype() {
    assert_snapshot!(pretty(crate::newtype::derive(&input("struct UserId(u64);"))));
}

#[test]
fn a_projection() {
    let input = input(
        "#[projection(model = crate::Note)]
        struct Card { id: u64, #[projection(column = description)] text: String }",
    );
    assert_snapshot!(pretty(crate::projection::derive(&input)));
}
