//! The words that an attribute may hold, and what is said about one that it may not.

use proc_macro2::Ident;

use crate::errors::Errors;

/// One word of an attribute.
pub(crate) struct Word {
    pub(crate) name: &'static str,
    /// How it is written, without the attribute around it.
    pub(crate) example: &'static str,
    /// What others call it.
    aliases: &'static [&'static str],
    /// Whether it may be said more than once.
    pub(crate) repeatable: bool,
}

/// The words that an attribute may hold at one place.
pub(crate) struct Grammar {
    /// The attribute's name.
    pub(crate) attribute: &'static str,
    /// Where it stands, for messages: "a field".
    pub(crate) place: &'static str,
    pub(crate) words: &'static [Word],
    /// The place where the other words belong.
    other: Option<&'static Grammar>,
    /// Words that are none here though others think so, and what is said about them.
    elsewhere: &'static [(&'static str, &'static str)],
}

const fn word(name: &'static str, example: &'static str, aliases: &'static [&'static str]) -> Word {
    Word { name, example, aliases, repeatable: false }
}

const fn repeatable(name: &'static str, example: &'static str, aliases: &'static [&'static str]) -> Word {
    Word { name, example, aliases, repeatable: true }
}

/// `#[model(..)]` on a struct.
pub(crate) static MODEL: Grammar = Grammar {
    attribute: "model",
    place: "a struct",
    words: &[
        word("table", "table = \"notes\"", &["name", "table_name"]),
        word("rename_all", "rename_all = \"camelCase\"", &["rename", "underscored"]),
        repeatable("index", "index(title, created_at)", &[]),
        repeatable("unique", "unique(shop_id, number)", &[]),
        repeatable(
            "belongs_to",
            "belongs_to(order: Order, foreign_key = (shop_id, order_no))",
            &["references"],
        ),
        repeatable("has_one", "has_one(employee: Employee)", &[]),
        repeatable("has_many", "has_many(tasks: Task)", &[]),
        repeatable("many_to_many", "many_to_many(tags: Tag, through = PostTag)", &["belongs_to_many"]),
        word("draft", "draft = \"NewNote\"", &["builder"]),
        word("crate", "crate = my_reexports::orm_core", &["krate"]),
    ],
    other: Some(&FIELD),
    elsewhere: &[],
};

/// `#[model(..)]` on a field.
pub(crate) static FIELD: Grammar = Grammar {
    attribute: "model",
    place: "a field",
    words: &[
        word("primary_key", "primary_key", &["key", "pk", "id"]),
        word("auto_increment", "auto_increment", &["generated", "serial", "autoincrement"]),
        word("column", "column = \"title\"", &["name", "field", "column_name", "rename"]),
        word("column_type", "column_type = \"MEDIUMTEXT\"", &["type", "data_type", "sql_type"]),
        word("size", "size = 100", &["length", "len", "max_length"]),
        word("text", "text", &["long_text"]),
        word("case_sensitive", "case_sensitive", &["binary"]),
        word("precision", "precision = (10, 2)", &["scale"]),
        word("default", "default = 0", &["default_value"]),
        word("unique", "unique", &["unique_key"]),
        word("index", "index", &["indexed"]),
        word("belongs_to", "belongs_to = Project", &["references", "foreign_key"]),
        word("as", "as = boss", &["alias", "relation"]),
        word("target_key", "target_key = code", &["owner_key"]),
        word("on_delete", "on_delete = cascade", &[]),
        word("on_update", "on_update = no_action", &[]),
        word("unmanaged", "unmanaged", &["timestamps"]),
        word("const_name", "const_name = \"TITLE\"", &["constant"]),
        word("skip", "skip", &["ignore", "virtual"]),
    ],
    other: Some(&MODEL),
    elsewhere: &[],
};

const FOREIGN_KEY: Word = word("foreign_key", "has_many(tasks: Task, foreign_key = author_id)", &["key"]);
const SINGULAR: Word = word("singular", "has_many(children: Child, singular = child)", &["single"]);
const ON_DELETE: Word = word(
    "on_delete",
    "belongs_to(order: Order, foreign_key = (shop_id, order_no), on_delete = cascade)",
    &[],
);
const ON_UPDATE: Word = word(
    "on_update",
    "belongs_to(order: Order, foreign_key = (shop_id, order_no), on_update = no_action)",
    &[],
);

const ON_OTHER_SIDE: &str = "say it beside `belongs_to`, where the foreign key is";
const NAME: &str = "the association's name stands before the colon";
const ONE_RECORD: &str = "there is one record, whose name is the association's";

/// `belongs_to(..)` on a struct.
pub(crate) static BELONGS_TO: Grammar = Grammar {
    attribute: "model",
    place: "belongs_to",
    words: &[
        word("foreign_key", "belongs_to(order: Order, foreign_key = (shop_id, order_no))", &["key"]),
        word(
            "target_key",
            "belongs_to(order: Order, foreign_key = (shop_id, order_no), target_key = (shop, number))",
            &["other_key", "owner_key"],
        ),
        ON_DELETE,
        ON_UPDATE,
    ],
    other: None,
    elsewhere: &[("as", NAME), ("singular", ONE_RECORD), ("through", "a join table is for `many_to_many`")],
};

/// `has_one(..)`.
pub(crate) static HAS_ONE: Grammar = Grammar {
    attribute: "model",
    place: "has_one",
    words: &[FOREIGN_KEY],
    other: None,
    elsewhere: &[
        ("as", NAME),
        ("singular", ONE_RECORD),
        ("through", "a join table is for `many_to_many`"),
        ("other_key", "a join table is for `many_to_many`"),
        ("target_key", ON_OTHER_SIDE),
        ("on_delete", ON_OTHER_SIDE),
        ("on_update", ON_OTHER_SIDE),
    ],
};

/// `has_many(..)`.
pub(crate) static HAS_MANY: Grammar = Grammar {
    attribute: "model",
    place: "has_many",
    words: &[FOREIGN_KEY, SINGULAR],
    other: None,
    elsewhere: &[
        ("as", NAME),
        ("through", "a join table is for `many_to_many`"),
        ("other_key", "a join table is for `many_to_many`"),
        ("target_key", ON_OTHER_SIDE),
        ("on_delete", ON_OTHER_SIDE),
        ("on_update", ON_OTHER_SIDE),
    ],
};

/// `many_to_many(..)`.
pub(crate) static MANY_TO_MANY: Grammar = Grammar {
    attribute: "model",
    place: "many_to_many",
    words: &[
        word("through", "many_to_many(tags: Tag, through = PostTag)", &["join", "join_table"]),
        word("foreign_key", "many_to_many(tags: Tag, through = PostTag, foreign_key = post_id)", &["key"]),
        word("other_key", "many_to_many(tags: Tag, through = PostTag, other_key = tag_id)", &["target_key"]),
        word("singular", "many_to_many(media: Medium, through = PostMedium, singular = medium)", &["single"]),
    ],
    other: None,
    elsewhere: &[
        ("as", NAME),
        ("on_delete", "say it beside `belongs_to` of the join table's model"),
        ("on_update", "say it beside `belongs_to` of the join table's model"),
    ],
};

/// `#[db_enum(..)]` on an enum.
pub(crate) static DB_ENUM: Grammar = Grammar {
    attribute: "db_enum",
    place: "an enum",
    words: &[
        word("rename_all", "rename_all = \"camelCase\"", &[]),
        word("crate", "crate = my_reexports::orm_core", &["krate"]),
    ],
    other: Some(&VARIANT),
    elsewhere: &[],
};

/// `#[db_enum(..)]` on a variant.
pub(crate) static VARIANT: Grammar = Grammar {
    attribute: "db_enum",
    place: "a variant",
    words: &[word("rename", "rename = \"done\"", &["name", "value", "text"])],
    other: Some(&DB_ENUM),
    elsewhere: &[],
};

/// `#[newtype(..)]` on a struct.
pub(crate) static NEWTYPE: Grammar = Grammar {
    attribute: "newtype",
    place: "a struct",
    words: &[word("crate", "crate = my_reexports::orm_core", &["krate"])],
    other: None,
    elsewhere: &[],
};

/// `#[view(..)]` on a struct.
pub(crate) static VIEW: Grammar = Grammar {
    attribute: "view",
    place: "a struct",
    words: &[word("crate", "crate = my_reexports::orm_core", &["krate"])],
    other: None,
    elsewhere: &[],
};

/// `#[projection(..)]` on a struct.
pub(crate) static PROJECTION: Grammar = Grammar {
    attribute: "projection",
    place: "a struct",
    words: &[
        word("model", "model = Note", &["of", "from"]),
        word("crate", "crate = my_reexports::orm_core", &["krate"]),
    ],
    other: Some(&PROJECTION_FIELD),
    elsewhere: &[],
};

/// `#[projection(..)]` on a field.
pub(crate) static PROJECTION_FIELD: Grammar = Grammar {
    attribute: "projection",
    place: "a field",
    words: &[word("column", "column = description", &["field", "name"])],
    other: Some(&PROJECTION),
    elsewhere: &[],
};

impl Grammar {
    /// The word of this name. Where there is none here, says what is wrong.
    pub(crate) fn look_up(&self, name: &Ident, errors: &Errors) -> Option<&'static Word> {
        let text = name.to_string();
        if let Some(word) = self.words.iter().find(|word| word.name == text) {
            return Some(word);
        }
        let attribute = self.attribute;
        if let Some(other) = self.other
            && let Some(word) = other.words.iter().find(|word| word.name == text)
        {
            let (place, here, example) = (other.place, self.place, word.example);
            errors.at(
                name.span(),
                format_args!(
                    "`{text}` belongs on {place}, not on {here}: write #[{attribute}({example})] there"
                ),
            );
            return None;
        }
        if let Some((_, why)) = self.elsewhere.iter().find(|(word, _)| *word == text) {
            errors.at(name.span(), format_args!("`{text}` means nothing for {}: {why}", self.place));
            return None;
        }
        let words: Vec<_> = self.words.iter().map(|word| format!("`{}`", word.name)).collect();
        let hint = self.guess(&text).map(|word| format!(", did you mean `{word}`?")).unwrap_or_default();
        let place = if self.other.is_some() || self.elsewhere.is_empty() {
            format!("on {}, #[{attribute}(..)]", self.place)
        } else {
            format!("{}(..)", self.place)
        };
        errors.at(
            name.span(),
            format_args!("unknown word `{text}`{hint}\n{place} takes: {}", words.join(", ")),
        );
        None
    }

    fn guess(&self, text: &str) -> Option<&'static str> {
        let plain = heck::ToSnakeCase::to_snake_case(text);
        self.words
            .iter()
            .find(|word| word.name == plain || word.aliases.contains(&plain.as_str()))
            .map(|word| word.name)
            .or_else(|| nearest(&plain, self.words.iter().map(|word| word.name)))
    }
}

/// The candidate that `text` was probably meant to be.
pub(crate) fn nearest<'a>(text: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (text.chars().count() / 3).max(1);
    candidates
        .map(|candidate| (strsim::damerau_levenshtein(text, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
