//! Rows into records and back.

use orm_core::prelude::*;
use orm_core::query::IntoDraft as _;
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
fn defaults_stand_in_for_what_is_not_set() {
    let mut fields = Note::fields();
    assert_eq!(Note::fill(&mut fields, 0, Value::UInt(3)).ok(), Some(true));
    assert_eq!(Note::fill(&mut fields, 1, text("a")).ok(), Some(true));
    let note = Note::from_fields(fields).expect("what has no default is set");
    assert_eq!((note.id, note.title.as_str(), note.score, note.views), (3, "a", None, 7));
    assert_eq!((note.label.as_deref(), note.open, note.shade.as_str()), (Some("none"), false, "grey"));
    assert!(note.extra.is_empty());
    assert_eq!(Note::VIEWS.def().default, Some(orm_core::schema::Literal::Int(7)));
    assert_eq!(Note::SHADE.def().default, None);
}

#[test]
fn only_fields_that_are_not_set_are_filled() {
    let mut fields = Note::build().title("x").score(None::<i32>).into_draft().0.fields;
    assert_eq!(Note::fill(&mut fields, 1, text("y")).ok(), Some(false));
    assert_eq!(Note::fill(&mut fields, 2, Value::Int(4)).ok(), Some(false));
    assert_eq!(Note::fill(&mut fields, 4, Value::Null).ok(), Some(true));
    assert!(Note::fill(&mut fields, 0, text("no id")).is_err());
    assert_eq!(Note::fill(&mut fields, 0, Value::UInt(9)).ok(), Some(true));
    let note = Note::from_fields(fields).expect("what has no default is set");
    assert_eq!((note.id, note.title.as_str(), note.score, note.label), (9, "x", None, None));
}

#[test]
fn a_required_field_that_is_not_set_is_an_error() {
    let mut fields = Note::fields();
    assert_eq!(Note::fill(&mut fields, 0, Value::UInt(3)).ok(), Some(true));
    let error = Note::from_fields(fields).expect_err("it has no title");
    assert!(error.to_string().contains("notes.title"), "{error}");
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
