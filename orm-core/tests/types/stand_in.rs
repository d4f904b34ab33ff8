//! What may stand for a value: everything here has to compile without a type said, on a model written by hand.

#![expect(clippy::needless_borrows_for_generic_args, reason = "that references will do is what is tested")]

use chrono::{DateTime, NaiveDate, Utc};
use orm_core::driver::Cells;
use orm_core::error::Result;
use orm_core::model::{Assignment, Column, Expr, Model, One, Row, Statements};
use orm_core::schema::{ColumnDef, Table};
use orm_core::types::{self, ColumnType, Json, Slots, Values, ValuesMut};
use orm_core::value::Value;
use rust_decimal::Decimal;
use uuid::Uuid;

macro_rules! thing {
    ($($position:literal $field:ident $constant:ident $type:ty;)*) => {
        #[derive(Debug, Clone, PartialEq)]
        struct Thing { $($field: $type),* }

        impl Thing {
            $(const $constant: Column<Self, $type> = Column::new($position);)*
        }

        impl Model for Thing {
            type Key = One<u64>;
            type Blank = ();
            type Fields = ();
            const TABLE: &'static Table = &Table::new("Thing", "things", &[$(ColumnDef::new(
                "things",
                stringify!($field),
                stringify!($field),
                <$type as ColumnType>::DATA_TYPE,
                <$type as ColumnType>::NULLABLE,
            )),*], &[0]);

            fn statements() -> &'static Statements {
                static STATEMENTS: Statements = Statements::new();
                &STATEMENTS
            }

            fn clone_record(&self) -> Self {
                self.clone()
            }

            fn from_row(row: &mut Row<'_>) -> Result<Self> {
                Ok(Self { $($field: row.column($position, &Self::TABLE.columns[$position])?),* })
            }

            fn values<'r>(&'r self, to: &mut impl Values<'r>) {
                $(ColumnType::give(&self.$field, $position, to);)*
            }

            fn values_mut(&mut self, to: &mut impl ValuesMut) {
                $(ColumnType::give_mut(&mut self.$field, $position, to);)*
            }

            fn slots(_fields: &mut (), _to: &mut impl Slots) {}

            fn from_fields(_fields: ()) -> Option<Self> {
                None
            }
        }
    };
}

thing! {
    0 id ID u64;
    1 small SMALL Option<i32>;
    2 name NAME String;
    3 nick NICK Option<String>;
    4 data DATA Vec<u8>;
    5 more MORE Option<Vec<u8>>;
    6 price PRICE Decimal;
    7 born BORN NaiveDate;
    8 seen SEEN Option<DateTime<Utc>>;
    9 tag TAG Uuid;
    10 free FREE serde_json::Value;
    11 list LIST Option<Json<Vec<u8>>>;
    12 done DONE bool;
    13 ratio RATIO f64;
}

fn expr(expr: Expr<Thing>) {
    drop(expr);
}

fn assignment(assignment: Assignment<Thing>) {
    drop(assignment);
}

#[test]
fn literals_need_no_type() {
    expr(Thing::ID.eq(3));
    expr(Thing::ID.is_in([3, 6]));
    expr(Thing::ID.is_in(vec![3]));
    expr(Thing::ID.is_in(&[3, 6]));
    expr(Thing::ID.is_in(1..4));
    expr(Thing::ID.between(3, 6));
    expr(Thing::ID.gt(3) & (Thing::NAME.starts_with("W") | !Thing::ID.eq(5)));
    expr(Thing::SMALL.eq(3));
    expr(Thing::SMALL.eq(-3));
    expr(Thing::SMALL.eq(Some(3)));
    expr(Thing::SMALL.eq(None::<i32>));
    expr(Thing::SMALL.is_in([Some(3), None]));
    expr(Thing::SMALL.between(1, 2));
    expr(Thing::DONE.eq(true));
    expr(Thing::RATIO.gt(0.5));
    assignment(Thing::ID.set(3));
    assignment(Thing::ID.increment(1));
    assignment(Thing::SMALL.set(3));
    assignment(Thing::SMALL.set(Some(3)));
    assignment(Thing::SMALL.set_null());
    assignment(Thing::RATIO.increment(0.5));
}

#[test]
fn texts_in_every_form() {
    let name = String::from("x");
    expr(Thing::NAME.eq("x"));
    expr(Thing::NAME.eq(name.as_str()));
    expr(Thing::NAME.eq(&name));
    expr(Thing::NAME.eq(name.clone()));
    expr(Thing::NAME.is_in(["x", "y"]));
    expr(Thing::NAME.is_in(vec![name.clone()]));
    expr(Thing::NAME.is_in(&vec![name.clone()]));
    expr(Thing::NAME.is_in(Vec::<String>::new()));
    expr(Thing::NICK.eq("x"));
    expr(Thing::NICK.eq(&name));
    expr(Thing::NICK.eq(Some("x")));
    expr(Thing::NICK.eq(Some(&name)));
    expr(Thing::NICK.eq(Some(name.clone())));
    expr(Thing::NICK.eq(None::<&str>));
    expr(Thing::NICK.is_in(["x", "y"]));
    assignment(Thing::NAME.set("x"));
    assignment(Thing::NICK.set(Some("x")));
    assignment(Thing::NICK.set(name));
}

#[test]
fn all_others() {
    let data = vec![1, 2];
    expr(Thing::DATA.eq(b"abc"));
    expr(Thing::DATA.eq(&data));
    expr(Thing::DATA.eq(data.as_slice()));
    expr(Thing::DATA.eq(vec![1, 2, 3]));
    expr(Thing::MORE.eq(b"abc"));
    expr(Thing::MORE.eq(Some(b"abc")));
    expr(Thing::MORE.eq(Some(data.as_slice())));
    expr(Thing::MORE.eq(None::<Vec<u8>>));
    expr(Thing::PRICE.eq(Decimal::ONE));
    expr(Thing::PRICE.is_in([Decimal::ONE]));
    assignment(Thing::PRICE.increment(Decimal::ONE));
    expr(Thing::BORN.lt(NaiveDate::default()));
    expr(Thing::SEEN.gt(Utc::now()));
    expr(Thing::SEEN.gt(Some(Utc::now())));
    expr(Thing::TAG.eq(Uuid::nil()));
    expr(Thing::TAG.eq(&Uuid::nil()));
    expr(Thing::FREE.eq(serde_json::json!({})));
    expr(Thing::LIST.eq(Json(vec![1])));
    expr(Thing::LIST.eq(&Json(vec![1])));
    expr(Thing::LIST.eq(Some(&Json(vec![1]))));
    expr(Thing::LIST.eq(None::<Json<Vec<u8>>>));
    assignment(Thing::LIST.set(Json(vec![1])));
}

#[test]
fn what_stands_for_a_value_encodes_like_it() {
    fn sent<T>(column: &'static ColumnDef, value: impl types::IntoValue<T>) -> Value<'static> {
        value.into_value(column).unwrap()
    }
    let name = Thing::NAME.def();
    let text = Value::Text("x".into());
    assert_eq!(sent::<String>(name, "x"), text);
    assert_eq!(sent::<String>(name, &"x".to_owned()), text);
    assert_eq!(sent::<Option<String>>(name, Some("x")), text);
    assert_eq!(sent::<Option<String>>(name, None::<&str>), Value::Null);
    let data = Thing::DATA.def();
    assert_eq!(sent::<Vec<u8>>(data, b"ab"), Value::Bytes(b"ab".as_slice().into()));
    assert_eq!(sent::<Option<Vec<u8>>>(data, None::<&[u8; 2]>), Value::Null);
    let list = Thing::LIST.def();
    assert_eq!(sent::<Option<Json<Vec<u8>>>>(list, &Json(vec![1])), Value::Text("[1]".into()));
}

struct Sent(Vec<Value<'static>>);

impl Cells for Sent {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn is_null(&self, index: usize) -> bool {
        self.0[index].is_null()
    }

    fn take(&mut self, index: usize) -> Value<'_> {
        std::mem::replace(&mut self.0[index], Value::Null)
    }
}

#[test]
fn a_whole_record_there_and_back() {
    let thing = Thing {
        id: u64::MAX,
        small: None,
        name: "🦀".into(),
        nick: Some(String::new()),
        data: vec![0, 255],
        more: None,
        price: "12.34".parse().unwrap(),
        born: NaiveDate::default(),
        seen: DateTime::from_timestamp(-1, 999_999_000),
        tag: Uuid::max(),
        free: serde_json::json!({"a": [1, null]}),
        list: Some(Json(vec![1, 2])),
        done: true,
        ratio: 0.1,
    };
    let values = (0..Thing::TABLE.columns.len()).map(|n| thing.value(n).unwrap().into_owned()).collect();
    let read = Thing::from_row(&mut Row::new(&mut Sent(values), 0)).unwrap();
    assert_eq!(read, thing);
}
