//! Rows with those that belong to them, and conditions on others.

use super::*;
use crate::sql::select::{Wanted, select as plain};
use crate::sql::tree::{Wants, select};

pub(super) fn cases(dialect: &dyn Dialect) -> Vec<Case> {
    let mut all = Vec::new();
    let mut case = |statement, rows| all.push(Case { statement, rows, mixed: false });
    let by_id = |table: &'static Table| Rows { order: vec![by(table, 0, &[])], ..Rows::default() };

    // Joins.
    let users = |joins: Vec<Join>, rows| tree(&USERS, joins, &[(0, 0), (1, 1)], rows);
    let rows = |tree| select(dialect, tree, Wants::Rows);
    case(rows(users(vec![join(0, TEAM, false)], by_id(&USERS))), "1,red 2,red 3,blue 4,-");
    case(rows(users(vec![join(0, BOSS, true)], by_id(&USERS))), "2,Ann 3,Ann 4,Bob");
    let ann = Join { filter: vec![is(&USERS, 1, text("Ann"))], ..join(0, BOSS, false) };
    case(rows(users(vec![ann.clone()], by_id(&USERS))), "1,- 2,Ann 3,Ann 4,-");
    case(rows(users(vec![Join { required: true, ..ann }], by_id(&USERS))), "2,Ann 3,Ann");
    let chain = |first, second| {
        let joins = vec![join(0, WORKER, first), join(1, BOSS, second)];
        tree(&TASKS, joins, &[(0, 0), (1, 1), (2, 1)], by_id(&TASKS))
    };
    case(rows(chain(false, false)), "1,Ann,- 2,Ann,- 3,Ann,- 4,Bob,Ann 5,Bob,Ann 6,-,- 7,Cid,Ann");
    case(rows(chain(false, true)), "1,-,- 2,-,- 3,-,- 4,Bob,Ann 5,Bob,Ann 6,-,- 7,Cid,Ann");
    case(rows(chain(true, false)), "1,Ann,- 2,Ann,- 3,Ann,- 4,Bob,Ann 5,Bob,Ann 7,Cid,Ann");
    case(rows(chain(true, true)), "4,Bob,Ann 5,Bob,Ann 7,Cid,Ann");
    for (first, second, number) in
        [(false, false, "7"), (false, true, "7"), (true, false, "6"), (true, true, "3")]
    {
        case(select(dialect, chain(first, second), Wants::Count), number);
    }
    let mut page = chain(true, false);
    (page.rows.limit, page.rows.offset) = (Some(4), Some(3));
    case(rows(page.clone()), "4,Bob,Ann 5,Bob,Ann 7,Cid,Ann");
    case(select(dialect, page, Wants::Count), "3");
    let lines = tree(&LINES, vec![join(0, ORDER, false)], &[(0, 0), (1, 1)], by_id(&LINES));
    case(rows(lines), "1,1 2,1 3,2 4,1 5,- 6,1");

    // One of several.
    let first = |filter, order| Join { filter, first: Some(order), ..join(0, WORK, false) };
    let title = |join| rows(tree(&USERS, vec![join], &[(0, 0), (1, 2)], by_id(&USERS)));
    case(title(first(vec![], vec![])), "1,a 2,d 3,g 4,-");
    case(title(first(vec![], vec![down(by(&TASKS, 2, &[]))])), "1,c 2,e 3,g 4,-");
    case(title(first(vec![done()], vec![down(by(&TASKS, 2, &[]))])), "1,a 2,e 3,- 4,-");
    let heaviest = Join { first: Some(vec![down(by(&PAIRS, 2, &[]))]), ..join(0, PAIR, true) };
    case(rows(tree(&TASKS, vec![heaviest], &[(0, 0), (1, 1), (1, 2)], by_id(&TASKS))), "1,3,9 2,3,3");

    // Conditions on other rows.
    let found = |table: &'static Table, condition: Expr| {
        plain(dialect, table, Wanted::Columns(&[0]), Rows { filter: vec![condition], ..by_id(table) })
    };
    case(found(&USERS, related(WORK, Test::Any, vec![done()])), "1 2");
    case(found(&USERS, related(WORK, Test::None, vec![done()])), "3 4");
    case(found(&USERS, related(WORK, Test::Every, vec![done()])), "2 4");
    case(found(&USERS, related(WORK, Test::Any, vec![])), "1 2 3");
    case(found(&USERS, related(WORK, Test::None, vec![])), "4");
    case(found(&USERS, related(WORK, Test::Every, vec![])), "1 2 3 4");
    case(found(&USERS, related(WORK, Test::Every, vec![done(), is(&TASKS, 2, text("d"))])), "4");
    case(found(&USERS, Expr::Not(Box::new(related(WORK, Test::Every, vec![done()])))), "1 3");
    case(found(&USERS, related(BOSS, Test::Any, vec![is(&USERS, 1, text("Ann"))])), "2 3");
    case(found(&USERS, related(BOSS, Test::None, vec![is(&USERS, 1, text("Ann"))])), "1 4");
    case(found(&USERS, related(STAFF, Test::Any, vec![related(STAFF, Test::Any, vec![])])), "1");
    let either = Expr::Or(vec![related(STAFF, Test::None, vec![]), is(&USERS, 1, text("Ann"))]);
    case(found(&USERS, either), "1 3 4");
    let labelled = |label| related(LABELS, Test::Any, vec![is(&TAGS, 1, text(label))]);
    case(found(&TASKS, labelled("x")), "1 2");
    case(found(&TASKS, labelled("y")), "1");
    case(found(&USERS, related(WORK, Test::Any, vec![labelled("y"), done()])), "1");
    case(found(&TASKS, related(LABELS, Test::Every, vec![is(&TAGS, 1, text("x"))])), "3 4 5 6 7");
    let heavy = |test| Expr::Related {
        link: LABELS,
        test,
        filter: vec![is(&TAGS, 1, text("x"))],
        through: vec![Expr::Compare(&PAIRS.columns[2], Compare::Less, Value::Int(3))],
    };
    case(found(&TASKS, heavy(Test::Any)), "2");
    case(found(&TASKS, heavy(Test::None)), "1 3 4 5 6 7");
    case(found(&TASKS, heavy(Test::Every)), "2 3 4 5 6 7");
    let content = |test| related(CONTENT, test, vec![is(&LINES, 3, text("r"))]);
    let order = |condition| plain(dialect, &ORDERS, Wanted::All, filtered(vec![condition]));
    case(order(content(Test::Any)), "1,2");
    case(found(&LINES, related(ORDER, Test::None, vec![])), "5");
    let keys = |rows: &[(i64, i64)]| Expr::InRows {
        columns: vec![&LINES.columns[1], &LINES.columns[2]],
        rows: rows.iter().map(|&(shop, no)| vec![Value::Int(shop), Value::Int(no)]).collect(),
    };
    case(found(&LINES, keys(&[(1, 2), (2, 1), (7, 7)])), "3 4");
    case(found(&LINES, keys(&[])), "");
    let counted = |limit| {
        let filter = vec![related(WORK, Test::Any, vec![])];
        plain(dialect, &USERS, Wanted::Count, Rows { filter, limit, ..Rows::default() })
    };
    case(counted(None), "3");
    case(counted(Some(2)), "2");
    let largest = |limit| {
        let rows = Rows { filter: vec![related(WORK, Test::Any, vec![])], limit, ..by_id(&USERS) };
        let wanted = Wanted::Aggregate("MAX", &USERS.columns[0]);
        plain(dialect, &USERS, wanted, if limit.is_some() { rows } else { filtered(rows.filter) })
    };
    case(largest(None), "3");
    case(largest(Some(2)), "2");

    // Orders by columns of other rows.
    let ordered = |table: &'static Table, order: Vec<OrderTerm>| {
        plain(dialect, table, Wanted::Columns(&[0]), Rows { order, ..Rows::default() })
    };
    let team = nulls_last(down(by(&TEAMS, 1, &[TEAM])), true);
    case(ordered(&USERS, vec![team, down(by(&USERS, 0, &[]))]), "2 1 3 4");
    let team = nulls_last(by(&TEAMS, 1, &[TEAM]), false);
    case(ordered(&USERS, vec![team, by(&USERS, 0, &[])]), "4 3 1 2");
    let boss = nulls_last(by(&USERS, 1, &[WORKER, BOSS]), true);
    case(ordered(&TASKS, vec![boss, down(by(&TASKS, 0, &[]))]), "7 5 4 6 3 2 1");
    // A has_one of which there are several: the one of the smallest key.
    let task = nulls_last(down(by(&TASKS, 2, &[WORK])), true);
    case(ordered(&USERS, vec![task]), "3 2 1 4");
    let joined = Rows { order: vec![down(by(&USERS, 1, &[BOSS])), by(&USERS, 0, &[])], ..Rows::default() };
    case(rows(users(vec![join(0, BOSS, true)], joined)), "4,Bob 2,Ann 3,Ann");
    all
}
