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
}

const fn word(name: &'static str, example: &'static str, aliases: &'static [&'static str]) -> Word {
    Word { name, example, aliases, repeatable: false }
}

const fn repeatable(name: &'static str, example: &'static str) -> Word {
    Word { name, example, aliases: &[], repeatable: true }
}

/// `#[model(..)]` on a struct.
pub(crate) static MODEL: Grammar = Grammar {
    attribute: "model",
    place: "a struct",
    words: &[
        word("table", "table = \"notes\"", &["name", "table_name"]),
        word("rename_all", "rename_all = \"camelCase\"", &["rename", "underscored"]),
        repeatable("index", "index(title, created_at)"),
        repeatable("unique", "unique(shop_id, number)"),
        word("draft", "draft = \"NewNote\"", &["builder"]),
        word("crate", "crate = my_reexports::orm_core", &["krate"]),
    ],
    other: Some(&FIELD),
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
        word("unmanaged", "unmanaged", &["timestamps"]),
        word("const_name", "const_name = \"TITLE\"", &["constant"]),
        word("skip", "skip", &["ignore", "virtual"]),
    ],
    other: Some(&MODEL),
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
};

/// `#[db_enum(..)]` on a variant.
pub(crate) static VARIANT: Grammar = Grammar {
    attribute: "db_enum",
    place: "a variant",
    words: &[word("rename", "rename = \"done\"", &["name", "value", "text"])],
    other: Some(&DB_ENUM),
};

/// `#[newtype(..)]` on a struct.
pub(crate) static NEWTYPE: Grammar = Grammar {
    attribute: "newtype",
    place: "a struct",
    words: &[word("crate", "crate = my_reexports::orm_core", &["krate"])],
    other: None,
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
};

/// `#[projection(..)]` on a field.
pub(crate) static PROJECTION_FIELD: Grammar = Grammar {
    attribute: "projection",
    place: "a field",
    words: &[word("column", "column = description", &["field", "name"])],
    other: Some(&PROJECTION),
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
        let words: Vec<_> = self.words.iter().map(|word| format!("`{}`", word.name)).collect();
        let hint = self.guess(&text).map(|word| format!(", did you mean `{word}`?")).unwrap_or_default();
        errors.at(
            name.span(),
            format_args!(
                "unknown word `{text}`{hint}\non {}, #[{attribute}(..)] takes: {}",
                self.place,
                words.join(", ")
            ),
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
