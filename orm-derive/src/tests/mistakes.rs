//! Mistakes: each is one sentence, and all of an input are reported together.

use super::sentences;

fn model(text: &str) -> Vec<String> {
    sentences(crate::derive::model, text)
}

#[test]
fn all_mistakes_are_reported_each_once() {
    let list = model(
        "#[model(tabel = \"x\", rename_all = \"camelcase\")]
        struct Note {
            id: Option<u64>,
            #[model(text, size = 10)] a: String,
            #[model(skip, column = \"x\")] b: String,
            #[model(unmanaged)] c: String,
            #[model(auto_increment)] d: u32,
            #[model(precision = 300)] e: Decimal,
            save: bool,
        }",
    );
    let starts = [
        "unknown word `tabel`, did you mean `table`?",
        "unknown case \"camelcase\", did you mean \"camelCase\"?",
        "`precision` takes one small number for a time, two for a decimal",
        "`auto_increment` is for the primary key",
        "a field with `skip` is no column",
        "a primary key is never NULL",
        "`size` contradicts `text`",
        "only `created_at` and `updated_at` are managed",
        "`NoteDraft` has a method `save` already",
    ];
    assert_eq!(list.len(), starts.len(), "{list:#?}");
    for (sentence, start) in list.iter().zip(starts) {
        assert!(sentence.starts_with(start), "{sentence:?} does not begin with {start:?}");
    }
}

#[test]
fn a_misspelt_key_is_not_a_missing_key_too() {
    let list = model("struct Note { #[model(primry_key)] code: String }");
    assert_eq!(list.len(), 1, "{list:#?}");
}

#[test]
fn words_of_others_are_recognised() {
    for (word, ours) in [
        ("defaultValue = 0", "default"),
        ("primaryKey", "primary_key"),
        ("autoIncrement", "auto_increment"),
        ("length = 3", "size"),
        ("ignore", "skip"),
        ("field = \"x\"", "column"),
    ] {
        let list = model(&format!("struct Note {{ id: u64, #[model({word})] a: u32 }}"));
        assert!(list[0].contains(&format!("did you mean `{ours}`?")), "{list:?}");
    }
}

#[test]
fn what_resembles_nothing_gets_no_guess() {
    let list = model("struct Note { id: u64, #[model(colour)] a: u32 }");
    assert!(list[0].starts_with("unknown word `colour`\n"), "{list:?}");
}

#[test]
fn every_example_is_understood() {
    for (grammar, on_struct) in [(&crate::attr::MODEL, true), (&crate::attr::FIELD, false)] {
        for word in grammar.words {
            let attribute = format!("#[model({})]", word.example);
            let (above, before) = if on_struct { (attribute.as_str(), "") } else { ("", attribute.as_str()) };
            let errors = crate::errors::Errors::new();
            let input = super::input(&format!("{above} struct Note {{ id: u64, {before} a: String }}"));
            let known = if on_struct {
                crate::attr::items(&input.attrs, grammar, &errors).len()
            } else {
                let syn::Data::Struct(data) = &input.data else { continue };
                data.fields.iter().map(|field| crate::attr::items(&field.attrs, grammar, &errors).len()).sum()
            };
            assert_eq!((known, errors.finish().is_ok()), (1, true), "{attribute}");
        }
    }
}
