//! Runs the tutorial's programs in its order, each as a process of its own, on every database, and checks what they print.
//!
//! The expected lines are in `tutorial.txt`, those of other programs about associations in `associations.txt`. Quotes around names differ by database and are compared as `"`; `<ts>` stands for a
//! time, `..` at the end of a line for the rest of it.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Failed, Trial};
use tests::{Fixture, Outcome, Server};

const TUTORIAL: &str = include_str!("tutorial.txt");

/// Programs about associations, without the statements that they log.
const ASSOCIATIONS: &str = include_str!("associations.txt");

type Test = fn(&Fixture) -> Outcome;

const TESTS: [(&str, Test); 3] =
    [("tutorial", tutorial), ("quickstart", quickstart), ("associations", associations)];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for server in Server::all() {
        for (name, test) in TESTS {
            let here = server.clone();
            let trial = Trial::test(format!("{server}::{name}"), move || on(&here, test));
            trials.push(trial.with_ignored_flag(!server.is_available()));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn on(server: &Server, test: Test) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime
        .block_on(Fixture::run(server, async |fixture: &Fixture| test(fixture)))
        .map_err(|error| error.to_string().into())
}

fn tutorial(fixture: &Fixture) -> Outcome {
    for (name, expected) in sections(TUTORIAL) {
        compare(name, expected, &run(name, fixture)?)?;
    }
    Ok(())
}

fn associations(fixture: &Fixture) -> Outcome {
    for (name, expected) in sections(ASSOCIATIONS) {
        compare(name, expected, &unlogged(&run(name, fixture)?).join("\n"))?;
    }
    Ok(())
}

/// Each program with the lines that it should print.
fn sections(expected: &str) -> impl Iterator<Item = (&str, &str)> {
    expected.split("== ").skip(1).filter_map(|section| section.split_once('\n'))
}

/// What was printed besides the statements.
fn unlogged(printed: &str) -> Vec<&str> {
    printed.lines().filter(|line| !line.starts_with("Executing")).collect()
}

fn quickstart(fixture: &Fixture) -> Outcome {
    let printed = run("quickstart", fixture)?;
    let expected = [
        "saved Emma as 1, and 3 more",
        "Emma was lent 1 time(s)",
        "4: Utopia",
        "3: Ulysses",
        "3 changed, 1 gone, 3 left",
    ];
    if unlogged(&printed) != expected {
        return Err(format!("quickstart printed\n{printed}").into());
    }
    Ok(())
}

/// Runs an example on the fixture's database and gives what it printed.
fn run(name: &str, fixture: &Fixture) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let output = Command::new(example(name)?).env("DATABASE_URL", fixture.url()).output()?;
    if !output.status.success() {
        return Err(format!("{name} failed: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8(output.stdout)?.replace('`', "\""))
}

/// Cargo builds the examples of a package before it runs its tests, beside them.
fn example(name: &str) -> Result<PathBuf, String> {
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let folder = this.parent().and_then(Path::parent).ok_or("a test lies in a folder of the build folder")?;
    let program = folder.join("examples").join(name);
    if program.exists() {
        Ok(program)
    } else {
        Err(format!("{} is not built: cargo build --examples", program.display()))
    }
}

fn compare(name: &str, expected: &str, printed: &str) -> Outcome {
    let (mut wanted, mut got) = (expected.lines(), printed.lines());
    loop {
        match (wanted.next(), got.next()) {
            (None, None) => return Ok(()),
            (Some(wanted), Some(got)) if agrees(wanted, got) => {}
            (wanted, got) => {
                return Err(format!("{name}: wanted {wanted:?}, got {got:?} in\n{printed}").into());
            }
        }
    }
}

fn agrees(wanted: &str, got: &str) -> bool {
    if let Some(start) = wanted.strip_suffix("..") {
        return got.starts_with(start);
    }
    match wanted.split_once("<ts>") {
        None => wanted == got,
        // `2026-01-31T12:00:00.123456Z`, with as many digits behind the second as it takes.
        Some((before, after)) => {
            got.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)).is_some_and(is_time)
        }
    }
}

fn is_time(text: &str) -> bool {
    chrono::DateTime::parse_from_rfc3339(text).is_ok()
}
