//! The far rows of many near rows.

use super::*;
use crate::sql::tree::{Children, children, count_children};

fn keys(list: &[&[i64]]) -> Vec<Vec<Value<'static>>> {
    list.iter().map(|key| key.iter().map(|&number| Value::Int(number)).collect()).collect()
}

/// With the far key's column, by which the test tells the parents apart.
fn of(link: Link, tree: Tree, parents: &[&[i64]]) -> Children {
    Children {
        tree,
        link,
        through_filter: vec![],
        through_outputs: vec![],
        keys: true,
        unordered: false,
        parents: keys(parents),
    }
}

fn page(order: Vec<OrderTerm>, limit: Option<u64>, offset: Option<u64>) -> Rows {
    Rows { order, limit, offset, ..Rows::default() }
}

pub(super) fn cases(dialect: &dyn Dialect) -> Vec<Case> {
    let mut all = Vec::new();
    let mut case = |given: Children, rows| {
        all.push(Case { statement: children(dialect, given), rows, mixed: true });
    };
    let tasks = |rows| tree(&TASKS, vec![], &[(0, 2)], rows);
    let work = |rows| of(WORK, tasks(rows), &[&[1], &[2], &[4]]);
    case(work(Rows::default()), "a,1 b,1 c,1 d,2 e,2");
    case(work(page(vec![down(by(&TASKS, 2, &[]))], None, None)), "c,1 b,1 a,1 e,2 d,2");
    case(work(filtered(vec![done()])), "a,1 d,2 e,2");
    let mut with_null = work(Rows::default());
    with_null.parents.push(vec![Value::Null]);
    case(with_null, "a,1 b,1 c,1 d,2 e,2");
    case(of(WORK, tasks(Rows::default()), &[]), "");

    // A few for each.
    case(work(page(vec![], Some(1), None)), "a,1 d,2");
    case(work(page(vec![], Some(0), None)), "");
    case(work(page(vec![], None, Some(1))), "b,1 c,1 e,2");
    case(work(page(vec![], Some(u64::MAX), Some(1))), "b,1 c,1 e,2");
    case(work(page(vec![down(by(&TASKS, 2, &[]))], Some(2), Some(1))), "b,1 a,1 d,2");
    let undone = nulls_last(by(&TASKS, 3, &[]), true);
    case(work(page(vec![undone], Some(2), None)), "b,1 a,1 d,2 e,2");
    let one = of(WORK, tasks(page(vec![down(by(&TASKS, 0, &[]))], Some(2), None)), &[&[1]]);
    case(one, "c,1 b,1");
    let not_a = Expr::Compare(&TASKS.columns[2], Compare::NotEqual, text("a"));
    case(work(Rows { filter: vec![not_a], ..page(vec![], Some(1), None) }), "b,1 d,2");
    let tagged = related(LABELS, Test::Any, vec![is(&TAGS, 1, text("z"))]);
    case(work(Rows { filter: vec![tagged], ..page(vec![], Some(1), Some(1)) }), "b,1");

    // What is joined to them: those left out do not count.
    let members = |required, rows| {
        let joins = vec![join(0, BOSS, required)];
        of(MEMBERS, tree(&USERS, joins, &[(0, 1), (1, 1)], rows), &[&[1], &[2], &[3]])
    };
    case(members(false, Rows::default()), "Ann,-,1 Bob,Ann,1 Cid,Ann,2");
    case(members(true, Rows::default()), "Bob,Ann,1 Cid,Ann,2");
    case(members(false, page(vec![], Some(1), None)), "Ann,-,1 Cid,Ann,2");
    case(members(true, page(vec![], Some(1), None)), "Bob,Ann,1 Cid,Ann,2");
    let by_boss = nulls_last(by(&USERS, 1, &[BOSS]), true);
    case(members(false, page(vec![by_boss.clone()], Some(1), None)), "Bob,Ann,1 Cid,Ann,2");
    case(members(false, page(vec![by_boss], None, None)), "Bob,Ann,1 Ann,-,1 Cid,Ann,2");
    let staff = |rows| of(STAFF, tree(&USERS, vec![], &[(0, 1)], rows), &[&[1], &[2], &[3]]);
    case(staff(Rows::default()), "Bob,1 Cid,1 Dot,2");
    case(staff(page(vec![down(by(&USERS, 1, &[]))], Some(1), None)), "Cid,1 Dot,2");
    let only = |test, rows| staff(Rows { filter: vec![related(STAFF, test, vec![])], ..rows });
    case(only(Test::Any, page(vec![], Some(2), None)), "Bob,1");
    case(only(Test::None, page(vec![], Some(2), None)), "Cid,1 Dot,2");

    // Over a join table, with its columns.
    let heavy = Expr::Compare(&PAIRS.columns[2], Compare::Greater, Value::Int(1));
    let labels = |rows, light: bool| Children {
        through_filter: if light { vec![] } else { vec![heavy.clone()] },
        through_outputs: vec![2],
        ..of(LABELS, tree(&TAGS, vec![], &[(0, 1)], rows), &[&[1], &[2], &[3]])
    };
    case(labels(Rows::default(), true), "x,5,1 y,1,1 z,9,1 x,2,2 z,3,2");
    case(labels(filtered(vec![is(&TAGS, 1, text("x"))]), true), "x,5,1 x,2,2");
    case(labels(Rows::default(), false), "x,5,1 z,9,1 x,2,2 z,3,2");
    case(labels(page(vec![], Some(1), Some(1)), false), "z,9,1 z,3,2");
    let label = down(by(&TAGS, 1, &[]));
    case(labels(page(vec![label], Some(2), None), true), "z,9,1 y,1,1 z,3,2 x,2,2");

    // Keys of two columns: the parents differ in the second.
    let lines = |rows| of(CONTENT, tree(&LINES, vec![], &[(0, 3)], rows), &[&[1, 1], &[1, 2], &[2, 3]]);
    case(lines(Rows::default()), "p,1,1 q,1,1 u,1,1 r,1,2");
    case(lines(page(vec![down(by(&LINES, 0, &[]))], Some(2), None)), "u,1,1 q,1,1 r,1,2");

    let mut count = |link, filter, through, parents: &[&[i64]], rows| {
        let statement = count_children(dialect, link, filter, through, keys(parents));
        all.push(Case { statement, rows, mixed: false });
    };
    count(WORK, vec![is(&TASKS, 1, Value::Int(1))], vec![], &[&[1], &[4]], "1,3");
    count(WORK, vec![done(), is(&TASKS, 1, Value::Int(2))], vec![], &[&[1], &[2]], "2,2");
    count(LABELS, vec![], vec![heavy.clone()], &[&[2], &[3]], "2,2");
    count(LABELS, vec![is(&TAGS, 1, text("y"))], vec![], &[&[1], &[2]], "1,1");
    count(CONTENT, vec![], vec![], &[&[1, 1]], "1,1,3");
    count(WORK, vec![related(LABELS, Test::Any, vec![])], vec![], &[&[1], &[2]], "1,2");
    all
}

/// Tasks of two users, the done ones first.
pub(crate) fn few(dialect: &dyn Dialect, limit: Option<u64>, offset: Option<u64>) -> Rendered {
    few_of(dialect, vec![Value::Int(1), Value::Int(2)], limit, offset, true)
}

/// Tasks of these users.
pub(crate) fn few_of(
    dialect: &dyn Dialect,
    users: Vec<Value<'static>>,
    limit: Option<u64>,
    offset: Option<u64>,
    ordered: bool,
) -> Rendered {
    let order = if ordered { vec![down(by(&TASKS, 3, &[]))] } else { vec![] };
    let tree = tree(&TASKS, vec![], &[(0, 2)], page(order, limit, offset));
    let parents = users.into_iter().map(|user| vec![user]).collect();
    children(dialect, Children { parents, ..of(WORK, tree, &[]) }).unwrap()
}

/// Lines of so many orders.
pub(crate) fn lines_of(dialect: &dyn Dialect, orders: i64) -> Rendered {
    let tree = tree(&LINES, vec![], &[(0, 3)], Rows::default());
    let parents = (0..orders).map(|no| vec![Value::Int(no % 50), Value::Int(no)]).collect();
    children(dialect, Children { parents, ..of(CONTENT, tree, &[]) }).unwrap()
}

/// One task each of two users, among so many ids.
pub(crate) fn few_among(dialect: &dyn Dialect, ids: i64) -> Rendered {
    let among =
        Expr::In { column: &TASKS.columns[0], values: (0..ids).map(Value::Int).collect(), negated: false };
    let rows = Rows { filter: vec![among], ..page(vec![], Some(1), None) };
    children(dialect, of(WORK, tree(&TASKS, vec![], &[(0, 2)], rows), &[&[1], &[2]])).unwrap()
}
