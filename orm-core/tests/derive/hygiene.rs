//! Names that get in the way of what the derives write.

/// Everything of the prelude under another meaning, and the names that the expansion uses itself.
mod shadowed {
    #![allow(dead_code, non_upper_case_globals)]

    use orm_core::{DbEnum, Model, Newtype, Projection};

    pub struct Option;
    pub struct Result;
    pub struct Vec;
    pub struct Box;
    pub struct Default;
    pub struct PhantomData;
    pub struct Value;
    pub struct Row;
    pub struct Table;
    pub struct Column;
    pub struct Draft;
    pub struct Set;
    pub struct Send;
    pub struct Sized;
    pub struct Clone2;
    #[allow(non_snake_case)]
    pub fn Ok() {}
    #[allow(non_snake_case)]
    pub fn Err() {}
    #[allow(non_snake_case)]
    pub fn Some() {}
    pub const None: u8 = 0;
    pub mod core {}
    pub mod std {}
    pub mod model {}
    pub mod types {}
    #[allow(unused_macros)]
    macro_rules! assert {
        () => {};
    }

    /// A model among them.
    #[derive(Model, Clone)]
    pub struct Note {
        pub id: u64,
        pub title: ::std::string::String,
        pub score: ::std::option::Option<i32>,
        #[model(default)]
        pub views: u32,
        #[model(default = 1)]
        pub column: i32,
        pub value: u32,
        pub row: u32,
        pub db: bool,
        #[model(skip)]
        pub extra: u8,
    }

    /// An enum among them.
    #[derive(DbEnum, Clone, Copy)]
    pub enum Kind {
        /// One that is called as the prelude's.
        Some,
        /// Another.
        None,
        /// Another.
        Ok,
    }

    /// A newtype among them.
    #[derive(Newtype, Clone)]
    pub struct Id(u64);

    /// A projection among them.
    #[derive(Projection)]
    #[projection(model = Note)]
    pub struct Card {
        pub score: ::core::option::Option<i32>,
    }
}

#[test]
fn shadowed_names_do_no_harm() {
    use orm_core::Model as _;

    assert_eq!(shadowed::Note::TABLE.columns.len(), 8);
    assert!(shadowed::Note::SCORE.def().nullable);
    let _ = shadowed::Note::build().title("x").value(1).row(2).db(true);
    let _ = (shadowed::Kind::Some, shadowed::Id::clone);
}

/// Raw identifiers, as names of everything.
mod raw {
    use orm_core::prelude::*;

    #[derive(Model, Clone)]
    #[allow(non_camel_case_types)]
    pub(crate) struct r#struct {
        #[model(primary_key)]
        pub(crate) r#type: u32,
        pub(crate) r#fn: String,
        #[model(index)]
        pub(crate) r#match: Option<u8>,
    }
}

#[test]
fn raw_identifiers_lose_their_prefix() {
    use orm_core::Model as _;

    let table = raw::r#struct::TABLE;
    assert_eq!((table.model, table.name), ("struct", "structs"));
    let names: Vec<_> = table.columns.iter().map(|column| (column.name, column.field)).collect();
    assert_eq!(names, [("type", "type"), ("fn", "fn"), ("match", "match")]);
    assert_eq!(table.indexes[0].name, "structs_match_idx");
    let _ = raw::r#struct::build().r#type(1).r#fn("x");
    let _ = (raw::r#struct::TYPE, raw::r#struct::FN);
}

/// Models of every visibility, one inside another's module.
pub mod visible {
    #![deny(missing_docs)]

    use orm_core::prelude::*;

    /// Public, and documented where its author can.
    #[derive(Model, Clone, Debug)]
    pub struct Open {
        /// The key.
        pub id: u64,
        /// The owner.
        pub owner: u32,
        created_at: DateTime<Utc>,
    }

    pub mod inner {
        //! A module in a module.

        use orm_core::prelude::*;

        #[derive(Model, Clone)]
        pub(in crate::hygiene) struct Half {
            pub(super) id: u64,
            name: String,
        }

        #[derive(Model, Clone)]
        struct Hidden {
            id: u64,
            state: State,
        }

        #[derive(DbEnum, Clone, Copy)]
        enum State {
            On,
            Off,
        }

        #[test]
        fn hidden_models_work() {
            assert_eq!(Hidden::TABLE.name, "hiddens");
            let _ = Hidden::build().state(State::On);
            let _ = (State::Off, |half: Half| half.name, |hidden: Hidden| (hidden.id, hidden.state));
        }
    }
}

#[test]
fn visibility_is_the_structs() {
    let _ = visible::Open::build().owner(1);
    let _ = visible::inner::Half::build().name("x");
    let _ = visible::inner::Half::ID;
}

/// The crate under another name.
mod renamed {
    use crate::elsewhere::database::{DbEnum, Model, Newtype, Projection};

    #[derive(Model, Clone)]
    #[model(crate = crate::elsewhere::database)]
    pub(crate) struct Note {
        pub(crate) id: u64,
        pub(crate) kind: Kind,
        pub(crate) code: Code,
    }

    #[derive(DbEnum, Clone, Copy)]
    #[db_enum(crate = crate::elsewhere::database)]
    pub(crate) enum Kind {
        A,
    }

    #[derive(Newtype, Clone)]
    #[newtype(crate = crate::elsewhere::database)]
    pub(crate) struct Code(pub(crate) u8);

    #[derive(Projection)]
    #[projection(model = Note, crate = crate::elsewhere::database)]
    pub(crate) struct Card {
        pub(crate) code: Code,
    }
}

#[test]
fn the_crate_can_have_another_name() {
    let _ = renamed::Note::build().kind(renamed::Kind::A).code(renamed::Code(1));
    let _ = |note: renamed::Note, card: renamed::Card| (note.id, note.kind, note.code.0, card.code.0);
}

#[test]
fn models_can_be_inside_functions() {
    use orm_core::prelude::*;

    #[derive(Model, Clone)]
    struct Local {
        id: u64,
        kind: Kind,
        code: Code,
    }

    #[derive(DbEnum, Clone, Copy)]
    enum Kind {
        A,
    }

    #[derive(Newtype, Clone)]
    struct Code(u8);

    #[derive(Projection)]
    #[projection(model = Local)]
    struct Card {
        id: u64,
    }

    {
        #[derive(Model, Clone)]
        struct Local {
            id: u64,
            other: bool,
        }
        let _ = Local::build().other(true);
        let _ = |local: Local| (local.id, local.other);
    }
    let _ = Local::build().kind(Kind::A).code(Code(1));
    let _ = |local: Local, card: Card| (local.id, local.kind, local.code, card.id);
}

/// Types that are named as the generic parameters and the fields.
mod same_names {
    use orm_core::{Model, Newtype};

    #[derive(Newtype, Clone)]
    pub(crate) struct Title(pub(crate) String);

    #[derive(Model, Clone)]
    pub(crate) struct Titled {
        pub(crate) id: u64,
        pub(crate) title: Title,
        pub(crate) set: bool,
        pub(crate) self_: bool,
        pub(crate) _x: u8,
    }
}

#[test]
fn fields_may_be_named_as_types() {
    let title = same_names::Title(String::new());
    let _ = same_names::Titled::build().title(title).set(true).self_(false)._x(1);
    let _ = |it: same_names::Titled| (it.id, it.title.0, it.set, it.self_, it._x);
}

macro_rules! made_by_macro {
    ($name:ident, $field:ident: $type:ty = $default:expr, $size:literal) => {
        #[derive(orm_core::Model, Clone)]
        struct $name {
            id: u64,
            #[model(default = $default)]
            $field: $type,
            #[model(size = $size)]
            text: Option<String>,
        }
    };
}

made_by_macro!(Made, views: i32 = -3, 40);

#[test]
fn macros_can_make_models() {
    assert_eq!(Made::VIEWS.def().default, Some(orm_core::schema::Literal::Int(-3)));
    let _ = |made: Made| (made.id, made.views, made.text);
    assert!(matches!(Made::TEXT.def().data_type, orm_core::schema::DataType::String { size: 40 }));
}
