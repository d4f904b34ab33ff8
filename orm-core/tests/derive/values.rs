//! Rows into records and back.

use orm_core::prelude::*;
use orm_core::query::DraftParts as _;
use orm_core::types::{ColumnType, Slots};
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

/// Sets the field of one column, where it is not set yet.
struct Fill {
    column: usize,
    value: Value<'static>,
    did: bool,
}

impl Slots for Fill {
    fn take<T: ColumnType>(&mut self, column: usize, field: &mut Option<T>) {
        if column == self.column && field.is_none() {
            *field = Some(T::decode(self.value.clone()).expect("a value of its type"));
            self.did = true;
        }
    }
}

fn fill(fields: &mut <Note as Model>::Fields, column: usize, value: Value<'static>) -> bool {
    let mut fill = Fill { column, value, did: false };
    Note::slots(fields, &mut fill);
    fill.did
}

#[test]
fn defaults_stand_in_for_what_is_not_set() {
    let mut fields = <Note as Model>::Fields::default();
    for (column, value) in [(0, Value::UInt(3)), (1, text("a")), (2, Value::Null)] {
        assert!(fill(&mut fields, column, value));
    }
    Note::defaults(&mut fields);
    let note = Note::from_fields(fields).expect("what has no default is set");
    assert_eq!((note.id, note.title.as_str(), note.score, note.views), (3, "a", None, 7));
    assert_eq!((note.label.as_deref(), note.open, note.shade.as_str()), (Some("none"), false, "grey"));
    assert!(note.extra.is_empty());
    assert_eq!(Note::VIEWS.def().default, Some(orm_core::schema::Literal::Int(7)));
    assert_eq!(Note::SHADE.def().default, None);
}

#[test]
fn what_setters_set_is_where_its_column_is() {
    let mut fields = Note::build().title("x").score(None::<i32>).into_draft().0.fields;
    assert!(!fill(&mut fields, 1, text("y")));
    assert!(!fill(&mut fields, 2, Value::Int(4)));
    assert!(fill(&mut fields, 4, Value::Null));
    assert!(fill(&mut fields, 0, Value::UInt(9)));
    Note::defaults(&mut fields);
    let note = Note::from_fields(fields).expect("what has no default is set");
    assert_eq!((note.id, note.title.as_str(), note.score, note.label), (9, "x", None, None));
}

#[test]
fn without_a_required_field_there_is_no_record() {
    let mut fields = <Note as Model>::Fields::default();
    for (column, value) in [(0, Value::UInt(3)), (2, Value::Null)] {
        assert!(fill(&mut fields, column, value));
    }
    Note::defaults(&mut fields);
    assert_eq!(Note::from_fields(fields), None);
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
