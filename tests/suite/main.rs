//! Every behaviour once, run on every database.
//!
//! A behaviour is an `async fn(&Fixture) -> Outcome`, listed in the `cases!` of its module. On a server whose URL is not in the
//! environment it is shown as ignored.

use std::future::Future;
use std::pin::Pin;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use tests::{Fixture, Outcome, Server};

mod accessors;
mod aggregates;
mod bulk;
mod bulk_insert;
mod bulk_limits;
mod bulk_update;
mod constraints;
mod crud;
mod decoding;
mod definitions;
mod destroys;
mod errors;
mod executors;
mod faults;
mod fields;
mod finders;
mod foreign_keys;
mod includes;
mod keys;
mod lists;
mod logging;
mod nested_create;
mod paging;
mod pool;
mod projections;
mod raw;
mod refusals;
mod replicas;
mod schema;
mod statements;
mod streams;
mod texts;
mod timestamps;
mod transactions;
mod types;
mod updates;
mod values;

/// One behaviour.
struct Case {
    name: &'static str,
    run: for<'f> fn(&'f Fixture) -> Pin<Box<dyn Future<Output = Outcome> + 'f>>,
    /// Whether it is about what goes wrong between a program and a server. SQLite is none.
    over_network: bool,
}

/// Lists the behaviours of a module.
macro_rules! cases {
    (over a network: $($name:ident),* $(,)?) => { crate::cases!(@ true, $($name),*); };
    ($($name:ident),* $(,)?) => { crate::cases!(@ false, $($name),*); };
    (@ $over_network:literal, $($name:ident),*) => {
        pub(crate) fn cases() -> Vec<crate::Case> {
            vec![$(crate::Case {
                name: concat!(module_path!(), "::", stringify!($name)),
                run: |fixture| Box::pin($name(fixture)),
                over_network: $over_network,
            }),*]
        }
    };
}
pub(crate) use cases;

/// Fails the test, saying what was wanted and what was there.
macro_rules! check {
    ($condition:expr) => {
        if !$condition {
            return Err(format!("{}:{}: not so: {}", file!(), line!(), stringify!($condition)).into());
        }
    };
    ($condition:expr, $($message:tt)+) => {
        if !$condition {
            return Err(format!("{}:{}: {}", file!(), line!(), format_args!($($message)+)).into());
        }
    };
}
pub(crate) use check;

/// Fails the test where the two differ, showing both.
macro_rules! check_eq {
    ($left:expr, $right:expr $(,)?) => {
        match (&$left, &$right) {
            (left, right) => {
                if *left != *right {
                    let text = stringify!($left);
                    return Err(format!("{}:{}: {text} is {left:?}, not {right:?}", file!(), line!()).into());
                }
            }
        }
    };
}
pub(crate) use check_eq;

/// Fails the test where the value is of another shape, showing it.
macro_rules! check_matches {
    ($value:expr, $($pattern:tt)+) => {
        match $value {
            $($pattern)+ => {}
            other => {
                let (text, pattern) = (stringify!($value), stringify!($($pattern)+));
                return Err(format!("{}:{}: {text} is {other:?}, not {pattern}", file!(), line!()).into());
            }
        }
    };
}
pub(crate) use check_matches;

fn main() -> ExitCode {
    statements::prepare();
    let arguments = Arguments::from_args();
    let cases: Vec<Case> = [
        accessors::cases(),
        aggregates::cases(),
        bulk::cases(),
        bulk_insert::cases(),
        bulk_limits::cases(),
        bulk_update::cases(),
        constraints::actions::cases(),
        constraints::drops::cases(),
        constraints::joins::cases(),
        constraints::models::cases(),
        constraints::order::cases(),
        crud::cases(),
        decoding::cases(),
        definitions::cases(),
        destroys::cases(),
        errors::cases(),
        executors::cases(),
        faults::cases(),
        fields::cases(),
        finders::cases(),
        foreign_keys::cases(),
        includes::cases(),
        keys::cases(),
        lists::cases(),
        logging::cases(),
        nested_create::cases(),
        paging::cases(),
        pool::cases(),
        projections::cases(),
        raw::cases(),
        refusals::cases(),
        replicas::cases(),
        schema::cases(),
        streams::cases(),
        texts::cases(),
        timestamps::cases(),
        transactions::cases(),
        transactions::kinds::cases(),
        transactions::locks::cases(),
        transactions::retries::cases(),
        types::edges::cases(),
        types::own::cases(),
        types::random::cases(),
        types::refused::cases(),
        types::sums::cases(),
        updates::cases(),
        values::cases(),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut trials = Vec::new();
    for server in Server::all() {
        for case in cases.iter().filter(|case| !(case.over_network && server.is_sqlite())) {
            let (run, here) = (case.run, server.clone());
            let name = format!("{server}::{}", case.name.trim_start_matches("suite::"));
            let trial = Trial::test(name, move || perform(run, &here));
            trials.push(trial.with_ignored_flag(!server.is_available()));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn perform(
    run: for<'f> fn(&'f Fixture) -> Pin<Box<dyn Future<Output = Outcome> + 'f>>,
    server: &Server,
) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime
        .block_on(Fixture::run(server, async |fixture: &Fixture| run(fixture).await))
        .map_err(|error| Failed::from(error.to_string()))
}
