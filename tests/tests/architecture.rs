//! The house rules that a machine can hold: a database is a folder.

use std::fs;
use std::path::{Path, PathBuf};

/// A word, and the places (below the root) that may have it.
struct Rule {
    word: &'static str,
    allowed: &'static [&'static str],
    why: &'static str,
}

const RULES: &[Rule] = &[
    Rule {
        word: "mysql_async",
        allowed: &["orm-core/src/backend/mysql/"],
        why: "a driver is named only in its own folder",
    },
    Rule {
        word: "rusqlite",
        allowed: &["orm-core/src/backend/sqlite/"],
        why: "a driver is named only in its own folder",
    },
    Rule {
        word: "feature = \"mysql\"",
        allowed: &["orm-core/src/backend/mod.rs"],
        why: "a database's feature is asked for only where the databases are listed",
    },
    Rule {
        word: "feature = \"sqlite\"",
        allowed: &["orm-core/src/backend/mod.rs"],
        why: "a database's feature is asked for only where the databases are listed",
    },
];

/// What no floor may use of the floors above it: the folder or file, and the modules that lie higher.
const FLOORS: &[(&str, &[&str])] = &[
    (
        "error.rs",
        &["value", "types", "schema", "sql", "model", "driver", "backend", "db", "query", "relation"],
    ),
    ("value.rs", &["types", "schema", "sql", "model", "driver", "backend", "db", "query", "relation"]),
    ("schema/", &["sql", "model", "driver", "backend", "db", "query", "relation"]),
    ("types/", &["sql", "model", "driver", "backend", "db", "query", "relation"]),
    ("sql/", &["model", "driver", "backend", "db", "query", "relation"]),
    ("model/", &["backend", "db", "query", "relation"]),
    ("driver.rs", &["model", "backend", "db", "query", "relation"]),
    ("backend/", &["model", "db", "query", "relation"]),
    ("db/", &["query", "relation"]),
    ("query/", &["relation"]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the workspace").to_owned()
}

/// All Rust files below a folder, with their path below the root and their text.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(path) = open.pop() {
        for entry in fs::read_dir(&path).expect("a folder of the workspace") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root()).expect("below the root").display().to_string();
                found.push((name, fs::read_to_string(&path).expect("a readable file")));
            }
        }
    }
    assert!(found.len() > 5, "no sources below {folder}");
    found
}

/// The text without comments and without the unit tests at its end.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.split("\n#[cfg(test)]\nmod ")
        .next()
        .unwrap_or(text)
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
}

#[test]
fn databases_stay_in_their_folders() {
    let mut wrong = Vec::new();
    for (name, text) in sources("orm-core/src").into_iter().chain(sources("orm-derive/src")) {
        for rule in RULES {
            let allowed = rule.allowed.iter().any(|place| name.starts_with(place));
            if !allowed && code(&text).any(|line| line.contains(rule.word)) {
                wrong.push(format!("{name} has `{}`: {}", rule.word, rule.why));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_import_runs_upwards() {
    let mut wrong = Vec::new();
    for (name, text) in sources("orm-core/src") {
        let Some(inside) = name.strip_prefix("orm-core/src/") else { continue };
        let Some((_, higher)) = FLOORS.iter().find(|(floor, _)| inside.starts_with(floor)) else { continue };
        for line in code(&text) {
            let import = line.trim_start().strip_prefix("pub(crate) ").unwrap_or(line.trim_start());
            for module in *higher {
                if import.starts_with("use ") && import.contains(&format!("crate::{module}")) {
                    wrong.push(format!("{name}: {line}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "imports that run upwards:\n{}", wrong.join("\n"));
}

#[test]
fn no_database_is_decided_by_its_name() {
    let mut wrong = Vec::new();
    for (name, text) in sources("orm-core/src") {
        let outside = !name.starts_with("orm-core/src/backend/");
        if outside
            && code(&text)
                .any(|line| ["\"mysql\"", "\"mariadb\"", "\"sqlite\""].iter().any(|word| line.contains(word)))
        {
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "a database's name in: {}", wrong.join(", "));
}
