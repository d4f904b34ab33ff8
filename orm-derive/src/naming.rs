//! How names in Rust become names in the database, and names of what the derive makes.

use heck::{
    ToKebabCase as _, ToLowerCamelCase as _, ToPascalCase as _, ToShoutyKebabCase as _,
    ToShoutySnakeCase as _, ToSnakeCase as _,
};
use proc_macro2::Ident;
use syn::ext::IdentExt as _;

use crate::attr::{Item, nearest};
use crate::errors::Errors;

/// The longest name that every database takes, in bytes.
pub(crate) const LONGEST_NAME: usize = 63;

/// A way to write several words as one. The names are serde's.
#[derive(Clone, Copy)]
pub(crate) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

const CASES: [(&str, Case); 8] = [
    ("lowercase", Case::Lower),
    ("UPPERCASE", Case::Upper),
    ("PascalCase", Case::Pascal),
    ("camelCase", Case::Camel),
    ("snake_case", Case::Snake),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ("kebab-case", Case::Kebab),
    ("SCREAMING-KEBAB-CASE", Case::ScreamingKebab),
];

impl Case {
    /// The value of `rename_all`.
    pub(crate) fn read(item: &Item, errors: &Errors) -> Option<Self> {
        let text = item.string(errors)?.value;
        let value = text.value();
        let found = CASES.iter().find(|(name, _)| *name == value);
        if found.is_none() {
            let names: Vec<_> = CASES.iter().map(|(name, _)| format!("{name:?}")).collect();
            let hint = nearest(&value, CASES.iter().map(|(name, _)| *name))
                .map(|name| format!(", did you mean {name:?}?"))
                .unwrap_or_default();
            errors.at(
                text.span(),
                format_args!("unknown case {value:?}{hint}\n`rename_all` takes one of: {}", names.join(", ")),
            );
        }
        found.map(|(_, case)| *case)
    }

    pub(crate) fn apply(self, name: &str) -> String {
        match self {
            Self::Lower => name.to_lowercase(),
            Self::Upper => name.to_uppercase(),
            Self::Pascal => name.to_pascal_case(),
            Self::Camel => name.to_lower_camel_case(),
            Self::Snake => name.to_snake_case(),
            Self::ScreamingSnake => name.to_shouty_snake_case(),
            Self::Kebab => name.to_kebab_case(),
            Self::ScreamingKebab => name.to_shouty_kebab_case(),
        }
    }
}

/// The name without `r#`.
pub(crate) fn plain(name: &Ident) -> String {
    name.unraw().to_string()
}

/// The table of a struct: its name in snake_case, the last word in the plural.
pub(crate) fn table(model: &Ident) -> String {
    let name = plain(model).to_snake_case();
    match name.rsplit_once('_') {
        Some((first, last)) => format!("{first}_{}", plural(last)),
        None => plural(&name),
    }
}

fn plural(word: &str) -> String {
    pluralizer::pluralize(word, 2, false)
}

/// The constant of a field.
pub(crate) fn constant(field: &Ident) -> String {
    let name = plain(field);
    if name.chars().any(char::is_uppercase) { name.to_shouty_snake_case() } else { name.to_uppercase() }
}

/// The name of an index: `notes_title_idx`, cut with a hash where it would be too long.
pub(crate) fn index<'a>(table: &str, columns: impl Iterator<Item = &'a str>) -> String {
    let mut name = table.to_owned();
    for column in columns {
        name.push('_');
        name.push_str(column);
    }
    name.push_str("_idx");
    if name.len() <= LONGEST_NAME {
        return name;
    }
    let hash = fnv1a(name.as_bytes());
    let mut end = LONGEST_NAME - 9;
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name.truncate(end);
    format!("{name}_{hash:08x}")
}

/// A hash that is the same for ever: the name of an index must not change with the compiler.
fn fnv1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;

    use super::*;

    #[test]
    fn tables_are_plural() {
        for (model, expected) in [
            ("Note", "notes"),
            ("Person", "people"),
            ("Dummy", "dummies"),
            ("Category", "categories"),
            ("Address", "addresses"),
            ("Status", "statuses"),
            ("Child", "children"),
            ("Sheep", "sheep"),
            ("News", "news"),
            ("Box", "boxes"),
            ("Wife", "wives"),
            ("Analysis", "analyses"),
            ("Hero", "heroes"),
            ("Photo", "photos"),
            ("Day", "days"),
            ("Bonus", "bonuses"),
            ("PostTag", "post_tags"),
            ("SalesPerson", "sales_people"),
            ("HTTPRequest", "http_requests"),
            ("r#Box", "boxes"),
        ] {
            let ident = match model.strip_prefix("r#") {
                Some(raw) => Ident::new_raw(raw, Span::call_site()),
                None => Ident::new(model, Span::call_site()),
            };
            assert_eq!(table(&ident), expected);
        }
    }

    #[test]
    fn constants_are_upper_case() {
        for (field, expected) in [("created_at", "CREATED_AT"), ("a1", "A1"), ("createdAt", "CREATED_AT")] {
            assert_eq!(constant(&Ident::new(field, Span::call_site())), expected);
        }
    }

    #[test]
    fn long_index_names_are_cut_with_a_hash() {
        assert_eq!(index("notes", ["title", "day"].into_iter()), "notes_title_day_idx");
        assert_eq!(index("notes", ["title"].into_iter()), "notes_title_idx");
        let long = "a".repeat(40);
        let one = index(&long, [long.as_str(), "x"].into_iter());
        let other = index(&long, [long.as_str(), "y"].into_iter());
        assert_eq!(one.len(), LONGEST_NAME);
        assert_ne!(one, other);
        let accents = index(&"é".repeat(40), ["x"].into_iter());
        assert!(accents.len() <= LONGEST_NAME);
    }
}
