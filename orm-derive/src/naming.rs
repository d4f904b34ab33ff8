//! How names in Rust become names in the database, and names of what the derive makes.

use heck::{
    ToKebabCase as _, ToLowerCamelCase as _, ToPascalCase as _, ToShoutyKebabCase as _,
    ToShoutySnakeCase as _, ToSnakeCase as _,
};
use proc_macro2::{Ident, Span};
use syn::ext::IdentExt as _;

use crate::attr::{Item, nearest};
use crate::errors::Errors;
use crate::words;

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
        Some((first, last)) => format!("{first}_{}", words::plural(last)),
        None => words::plural(&name),
    }
}

/// The name of one of these: its last word in the singular.
pub(crate) fn singular(name: &str) -> String {
    match name.rsplit_once('_') {
        Some((first, last)) => format!("{first}_{}", words::singular(last)),
        None => words::singular(name),
    }
}

/// The field that refers to a struct by convention: its name in snake_case and `_id`.
pub(crate) fn foreign_key(model: &Ident) -> String {
    format!("{}_id", plain(model).to_snake_case())
}

/// The name of an identifier, with `r#` where Rust asks for it.
pub(crate) fn identifier(name: &str, span: Span) -> Ident {
    syn::parse_str::<Ident>(name).map_or_else(
        |_| Ident::new_raw(name, span),
        |mut ident| {
            ident.set_span(span);
            ident
        },
    )
}

/// The constant of a field.
pub(crate) fn constant(field: &Ident) -> String {
    let name = plain(field);
    if name.chars().any(char::is_uppercase) { name.to_shouty_snake_case() } else { name.to_uppercase() }
}

/// The name of an index: `notes_title_idx`, cut with a hash where it would be too long.
pub(crate) fn index<'a>(table: &str, columns: impl Iterator<Item = &'a str>) -> String {
    of_columns(table, columns, "_idx")
}

/// The name of a foreign key's constraint: `tasks_user_id_fkey`, cut with a hash where it would be too long.
pub(crate) fn constraint<'a>(table: &str, columns: impl Iterator<Item = &'a str>) -> String {
    of_columns(table, columns, "_fkey")
}

fn of_columns<'a>(table: &str, columns: impl Iterator<Item = &'a str>, end: &str) -> String {
    let mut name = table.to_owned();
    for column in columns {
        name.push('_');
        name.push_str(column);
    }
    name.push_str(end);
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

/// What stands for the fields of a foreign key in the type system, where a name cannot: 64 bits of FNV-1a of `shop_id,order_no`.
pub(crate) fn hash(fields: &[String]) -> u64 {
    fields.join(",").bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// A hash that is the same for ever: the name of an index must not change with the compiler.
fn fnv1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_is_made_singular() {
        for (name, expected) in [
            ("tasks", "task"),
            ("blog_posts", "blog_post"),
            ("people", "person"),
            ("children", "child"),
            ("categories", "category"),
            ("addresses", "address"),
            ("statuses", "status"),
            ("sheep", "sheep"),
            ("sales_people", "sales_person"),
        ] {
            assert_eq!(singular(name), expected);
        }
    }

    #[test]
    fn hashes_are_the_well_known_ones() {
        let fields = |list: &[&str]| list.iter().map(|&field| field.to_owned()).collect::<Vec<_>>();
        assert_eq!(hash(&fields(&["foobar"])), 0x8594_4171_f739_67e8);
        assert_eq!(hash(&fields(&["a", "b"])), hash(&fields(&["a,b"])));
        assert_ne!(hash(&fields(&["a", "b"])), hash(&fields(&["b", "a"])));
    }

    #[test]
    fn keywords_become_raw_identifiers() {
        for (name, expected) in [("type", "r#type"), ("task", "task")] {
            assert_eq!(identifier(name, Span::call_site()).to_string(), expected);
        }
    }

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
