//! What a table is told to be.

use orm_core::prelude::*;
use orm_core::schema::{DataType, Literal, Managed, Table};

fn names(table: &Table) -> Vec<&str> {
    table.columns.iter().map(|column| column.name).collect()
}

#[derive(Model, Clone)]
#[model(index(views, title), unique(name = "both", columns(label, r#type)))]
struct Note {
    id: u64,
    #[model(size = 100, unique, index = "listing")]
    title: String,
    #[model(text)]
    body: Option<String>,
    #[model(default = -1, index = "listing")]
    views: i32,
    #[model(default = "new", case_sensitive)]
    label: String,
    #[model(default = true)]
    open: bool,
    #[model(default = 0.5)]
    rate: f64,
    #[model(column_type = "CHAR(3)")]
    r#type: String,
    #[model(precision = 3)]
    at: Option<DateTime<Utc>>,
    #[model(skip)]
    extra: Vec<u8>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

#[test]
fn columns_are_as_written() {
    let table = Note::TABLE;
    assert_eq!((table.model, table.name, table.primary_key), ("Note", "notes", &[0][..]));
    assert_eq!(
        names(table),
        ["id", "title", "body", "views", "label", "open", "rate", "type", "at", "created_at", "updated_at"]
    );
    let [id, title, body, views, label, open, rate, kind, at, created_at, updated_at] = table.columns else {
        panic!("eleven columns")
    };
    assert!(id.auto_increment && !id.nullable && !id.binary);
    assert_eq!(title.data_type, DataType::String { size: 100 });
    assert_eq!((body.data_type, body.nullable), (DataType::Text, true));
    assert_eq!(views.default, Some(Literal::Int(-1)));
    assert_eq!(label.default, Some(Literal::Text("new")));
    assert!(label.binary && !title.binary);
    assert_eq!(open.default, Some(Literal::Bool(true)));
    assert_eq!(rate.default, Some(Literal::Float(0.5)));
    assert_eq!((kind.name, kind.field, kind.custom_type), ("type", "type", Some("CHAR(3)")));
    assert_eq!((at.data_type, at.nullable), (DataType::DateTime { precision: 3 }, true));
    assert_eq!(created_at.managed, Some(Managed::CreatedAt));
    assert_eq!(updated_at.managed, Some(Managed::UpdatedAt));
    assert!(table.columns.iter().all(|column| column.table == "notes"));
    let note = Note::build().extra_is_not_a_column();
    assert!(note);
}

/// That a skipped field has no setter is a compile error elsewhere; here the field is only read.
trait Extra {
    fn extra_is_not_a_column(self) -> bool;
}

impl Extra for NoteDraft {
    fn extra_is_not_a_column(self) -> bool {
        let read = |note: Note| note.extra;
        let _ = read;
        true
    }
}

#[test]
fn indexes_are_named_after_their_columns() {
    let indexes: Vec<_> =
        Note::TABLE.indexes.iter().map(|index| (index.name, index.columns, index.unique)).collect();
    assert_eq!(
        indexes,
        [
            ("listing", &[1, 3][..], false),
            ("notes_title_idx", &[1][..], true),
            ("notes_views_title_idx", &[3, 1][..], false),
            ("both", &[4, 7][..], true),
        ]
    );
}

#[derive(Model, Clone)]
#[model(table = "legacy", rename_all = "camelCase", draft = "NewLegacy")]
struct Legacy {
    #[model(auto_increment = false)]
    id: i64,
    first_name: String,
    #[model(column = "Surname", const_name = "SURNAME")]
    last_name: String,
    #[model(unmanaged)]
    created_at: NaiveDate,
    updated_at: Option<NaiveDateTime>,
}

#[test]
fn names_can_be_overridden() {
    assert_eq!(Legacy::TABLE.name, "legacy");
    assert_eq!(names(Legacy::TABLE), ["id", "firstName", "Surname", "createdAt", "updatedAt"]);
    assert_eq!(Legacy::SURNAME.def().field, "last_name");
    assert!(!Legacy::ID.def().auto_increment);
    assert_eq!(Legacy::CREATED_AT.def().managed, None);
    assert_eq!(Legacy::UPDATED_AT.def().managed, Some(Managed::UpdatedAt));
    let _: NewLegacy<_, _, _, _> = Legacy::build().id(1);
}

#[derive(Model, Clone)]
struct Part {
    #[model(primary_key)]
    shop: String,
    #[model(primary_key)]
    number: u32,
    id: u32,
}

#[test]
fn keys_of_several_columns_are_not_generated() {
    assert_eq!(Part::TABLE.primary_key, [0, 1]);
    assert!(Part::TABLE.auto_increment().is_none());
    assert!(Part::SHOP.def().binary && !Part::ID.def().binary);
}

#[derive(Newtype, Clone)]
struct CodeId(u64);

#[derive(Model, Clone)]
struct Code {
    #[model(primary_key, auto_increment)]
    code_id: CodeId,
    #[model(unique)]
    a_rather_long_name_of_a_column_that_goes_on_and_on_for_a_while: u8,
}

#[test]
fn a_newtype_can_be_generated_and_long_index_names_are_cut() {
    assert_eq!(Code::TABLE.auto_increment(), Some(0));
    assert_eq!(Code::TABLE.indexes[0].name.len(), 63);
    assert!(Code::TABLE.indexes[0].name.starts_with("codes_a_rather_long"));
}
