//! The size of what is written: thin, so that models cost the compiler little.

use super::model;

/// Lines that one more column of a type may cost, formatted.
fn lines_per_column(column: &str) -> usize {
    let lines = |count: usize| {
        let columns: String = (0..count).map(|n| column.replace('#', &n.to_string())).collect();
        model(&format!("struct Thing {{ id: u64, {columns} }}")).lines().count()
    };
    (lines(12) - lines(2)) / 10
}

// A draft keeps typed fields, which is about 17 lines a column: a bulk insert spends a third less on a row than with values.
#[test]
fn a_column_costs_few_lines() {
    let (required, optional) =
        (lines_per_column("title#: String,"), lines_per_column("score#: Option<i32>,"));
    assert!(required <= 85, "{required} lines for a required column");
    assert!(optional <= 55, "{optional} lines for an optional column");
    println!("{required} lines for a required column, {optional} for an optional one");
}

#[test]
fn a_model_costs_few_lines() {
    let lines = model("struct Thing { id: u64 }").lines().count();
    assert!(lines <= 195, "{lines} lines for a model of one column");
    println!("{lines} lines for a model of one column");
}
