//! What is told of conditions without a database.

use super::*;

#[test]
fn conditions_on_other_rows_that_do_not_depend_on_the_row() {
    let (always, never) = (|| vec![Expr::And(vec![])], || vec![Expr::Or(vec![])]);
    for (test, of_all, of_nothing) in
        [(Test::Any, None, Some(false)), (Test::None, None, Some(true)), (Test::Every, Some(true), None)]
    {
        assert_eq!(related(WORK, test, vec![]).constant(), of_all, "{test:?}");
        assert_eq!(related(WORK, test, always()).constant(), of_all, "{test:?}");
        assert_eq!(related(WORK, test, never()).constant(), of_nothing, "{test:?}");
        assert_eq!(related(WORK, test, vec![done()]).constant(), None, "{test:?}");
        let pairs =
            Expr::Related { link: LABELS, test, filter: vec![is(&TAGS, 1, text("x"))], through: never() };
        assert_eq!(pairs.constant(), Some(test != Test::Any), "{test:?}");
    }
    assert!(filtered(vec![related(WORK, Test::Every, vec![])]).is_everything());
    assert!(!filtered(vec![related(WORK, Test::Any, vec![])]).is_everything());
    let none = Expr::InRows { columns: vec![&LINES.columns[1], &LINES.columns[2]], rows: vec![] };
    assert_eq!(none.constant(), Some(false));
}

#[test]
fn a_condition_on_another_row_does_not_pin_the_key() {
    let key = || is(&USERS, 0, Value::Int(1));
    assert!(filtered(vec![key()]).pins_key(&USERS));
    assert!(filtered(vec![key(), related(BOSS, Test::Any, vec![])]).pins_key(&USERS));
    assert!(!filtered(vec![related(BOSS, Test::Any, vec![key()])]).pins_key(&USERS));
}

#[test]
fn the_tables_that_a_condition_looks_into() {
    let nested = related(TEAM, Test::Any, vec![related(MEMBERS, Test::None, vec![])]);
    let wrapped = Expr::Not(Box::new(Expr::Or(vec![done(), nested])));
    assert!(wrapped.has_subquery() && wrapped.looks_into(&USERS) && wrapped.looks_into(&TEAMS));
    assert!(!wrapped.looks_into(&TASKS));
    assert!(related(LABELS, Test::Any, vec![]).looks_into(&PAIRS));
    assert!(!done().has_subquery());
}

#[test]
fn links_to_one_row() {
    for (link, unique) in
        [(TEAM, true), (BOSS, true), (ORDER, true), (WORK, false), (CONTENT, false), (LABELS, false)]
    {
        assert_eq!(link.is_unique(), unique, "{} to {}", link.source.name, link.target.name);
    }
    // Half of the key.
    assert!(!PAIR.is_unique());
}
