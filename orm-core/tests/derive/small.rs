//! `DbEnum`, `Newtype`, `Projection`.

use orm_core::model::Row;
use orm_core::prelude::*;
use orm_core::schema::DataType;
use orm_core::types::ColumnType;
use orm_core::value::Value;

use crate::cells::{Given, record, text};

#[derive(DbEnum, Debug, Clone, Copy, PartialEq)]
enum Status {
    WellOpen,
    #[db_enum(rename = "done")]
    Closed,
}

#[derive(DbEnum, Debug, Clone, Copy, PartialEq)]
#[db_enum(rename_all = "SCREAMING-KEBAB-CASE")]
enum Loud {
    VeryLoud = 3,
    r#Type,
}

#[derive(Newtype, Debug, Clone, PartialEq)]
struct NoteId(u64);

#[derive(Newtype, Debug, Clone, PartialEq)]
pub struct Title(pub String);

#[derive(Model, Debug, Clone)]
struct Note {
    #[model(primary_key, auto_increment)]
    id: NoteId,
    title: Title,
    #[model(default = Status::WellOpen)]
    status: Status,
    loud: Option<Loud>,
    parent: Option<NoteId>,
}

#[test]
fn enums_are_texts() {
    assert_eq!(Status::VALUES, ["well_open", "done"]);
    assert_eq!(Loud::VALUES, ["VERY-LOUD", "TYPE"]);
    assert_eq!(Status::Closed.as_str(), "done");
    assert_eq!(Status::from_text("well_open"), Some(Status::WellOpen));
    assert_eq!(Status::from_text("Done"), None);
    assert_eq!(Status::DATA_TYPE, DataType::Enum(&["well_open", "done"]));
    assert_eq!(Status::Closed.encode(Note::STATUS.def()), Ok(text("done")));
    assert_eq!(Loud::decode(Value::Bytes(b"TYPE".into())), Ok(Loud::r#Type));
    assert!(Loud::decode(text("type")).is_err());
}

#[test]
fn newtypes_are_what_they_wrap() {
    assert_eq!(Title::DATA_TYPE, String::DATA_TYPE);
    assert_eq!(NoteId(4).encode(Note::ID.def()), Ok(Value::UInt(4)));
    assert_eq!(Title("x".into()).into_value(Note::TITLE.def()), Ok(text("x")));
    assert!(NoteId::decode(Value::Int(-1)).is_err());
    let _ = Note::TITLE.starts_with("x") & Note::ID.gt(NoteId(1)) & Note::PARENT.eq(Some(NoteId(2)));
}

#[test]
fn models_hold_them() {
    let cells = vec![Value::UInt(1), text("a"), text("done"), Value::Null, Value::UInt(2)];
    let note: Note = record(cells).expect("a good row");
    assert_eq!((note.status, note.loud, note.parent), (Status::Closed, None, Some(NoteId(2))));
    let _ =
        Note::build().title(Title("x".into())).status(Status::Closed).parent(NoteId(1)).loud(Loud::VeryLoud);
}

#[derive(Projection, Debug, PartialEq)]
#[projection(model = Note)]
struct Card {
    #[projection(column = title)]
    text: Title,
    id: NoteId,
}

#[test]
fn projections_are_some_columns() {
    assert_eq!(Card::COLUMNS, [1, 0]);
    let card = Card::from_row(&mut Row::new(&mut Given(vec![text("a"), Value::UInt(5)]), 0));
    assert_eq!(card.expect("a good row"), Card { text: Title("a".into()), id: NoteId(5) });
}
