//! What the compiler says of mistakes: one program a mistake, one message.
//!
//! Messages are worded by rustc, so they are compared on one recorded version; on any other the programs need only be refused.
//! After a change of wording: `TRYBUILD=overwrite cargo test -p tests --test ui`, then read the difference.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The version of rustc whose wording the messages have.
const RECORDED: &str = "rustc 1.95.";

#[test]
fn mistakes_are_explained() {
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    let programs = if rustc_version().starts_with(RECORDED) { programs } else { without_messages(&programs) };
    trybuild::TestCases::new().compile_fail(programs.join("*/*.rs"));
}

/// Each mistake is one error: a message file with two has to say so in its program.
#[test]
fn one_mistake_is_one_error() {
    let mut wrong = Vec::new();
    for program in all_programs(&Path::new(env!("CARGO_MANIFEST_DIR")).join("ui")) {
        let message =
            fs::read_to_string(program.with_extension("stderr")).expect("every program has its message");
        let text = fs::read_to_string(&program).expect("a readable program");
        let errors = message.lines().filter(|line| line.starts_with("error")).count();
        // A first line `// errors: 2` says that a program has two mistakes, on purpose.
        let said = text
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("// errors: "))
            .map_or(1, |n| n.parse().expect("a number"));
        if errors != said {
            wrong.push(format!("{}: {errors} errors, {said} expected", program.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn rustc_version() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().expect("rustc runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn all_programs(folder: &Path) -> Vec<PathBuf> {
    let mut programs = Vec::new();
    for group in fs::read_dir(folder).expect("the folder of programs") {
        for program in fs::read_dir(group.expect("an entry").path()).expect("a group of programs") {
            let program = program.expect("an entry").path();
            if program.extension().is_some_and(|extension| extension == "rs") {
                programs.push(program);
            }
        }
    }
    assert!(programs.len() >= 40, "only {} programs", programs.len());
    programs
}

/// Copies the programs without their messages, so that any message will do.
fn without_messages(folder: &Path) -> PathBuf {
    let copy = std::env::current_exe().expect("this test's path").with_extension("ui");
    for program in all_programs(folder) {
        let to = copy.join(program.strip_prefix(folder).expect("below the folder"));
        fs::create_dir_all(to.parent().expect("a group")).expect("a folder in the build folder");
        fs::copy(&program, to).expect("a copy");
    }
    copy
}
