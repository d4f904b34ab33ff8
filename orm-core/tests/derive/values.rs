//! Rows into records and back.

use orm_core::prelude::*;
use orm_core::value::Value;

use crate::cells::{record, text};

#[derive(Model, Debug, Clone, PartialEq)]
struct Note {
    id: u64,
    title: String,
    score: Option<i32>,
    #[model(default = 7)]
    views: u32,
    #[model(default = "none")]
    label: Option<String>,
    #[model(default)]
    open: bool,
    #[model(default = shade())]
    shade: String,
    #[model(skip)]
    extra: Vec<u8>,
}

fn shade() -> String {
    "grey".to_owned()
}

fn row() -> Vec<Value<'static>> {
    vec![Value::UInt(3), text("a"), Value::Null, Value::UInt(1), Value::Null, Value::Int(1), text("red")]
}

#[test]
fn a_row_becomes_a_record_and_a_record_values() {
    let note: Note = record(row()).expect("a good row");
    assert_eq!(note.id, 3);
    assert!(note.open && note.extra.is_empty());
    for (n, value) in row().into_iter().enumerate() {
        assert_eq!(note.value(n).expect("it encodes"), value);
    }
    assert_eq!(note.clone_record(), note);
}

#[test]
fn a_wrong_cell_names_its_column() {
    let mut cells = row();
    cells[3] = text("many");
    let error = record::<Note>(cells).expect_err("text is no number");
    assert!(error.to_string().contains("notes.views"), "{error}");
}

#[test]
fn fields_are_set_by_position() {
    let mut note: Note = record(row()).expect("a good row");
    note.set_value(2, Value::Int(-4)).expect("a number");
    note.set_value(1, text("b")).expect("a text");
    assert_eq!((note.score, note.title.as_str()), (Some(-4), "b"));
    assert!(note.set_value(0, Value::Int(-1)).is_err());
}

#[test]
fn defaults_are_values() {
    let default = |column: orm_core::Result<Value<'static>>| column.expect("it encodes");
    assert!(Note::default_value(0).is_none());
    assert_eq!(Note::default_value(3).map(default), Some(Value::UInt(7)));
    assert_eq!(Note::default_value(4).map(default), Some(text("none")));
    assert_eq!(Note::default_value(5).map(default), Some(Value::Int(0)));
    assert_eq!(Note::default_value(6).map(default), Some(text("grey")));
    assert_eq!(Note::VIEWS.def().default, Some(orm_core::schema::Literal::Int(7)));
    assert_eq!(Note::SHADE.def().default, None);
}

#[test]
fn drafts_take_what_columns_take() {
    let title = String::from("x");
    let _ = Note::build().title("x").score(1);
    let _ = Note::build().title(&title).score(None::<i32>).label("y");
    let _ = Note::build().score(Some(2)).title(title).label(None::<&str>).views(3_u32).id(9).open(true);
}

fn is_send<T: Send>(_: &T) {}

#[test]
fn drafts_can_cross_threads() {
    is_send(&Note::build());
}
