//! Foreign keys: what they forbid, in raw SQL and for models.

use orm_core::error::Violation;
use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use crate::{cases, check_eq};

cases![in_raw_sql, of_a_model];

/// Model, table, columns, constraint.
type Parts<'v> = (Option<&'static str>, Option<&'v str>, Vec<&'v str>, Option<&'v str>);

fn parts(rule: &Violation) -> Parts<'_> {
    let columns = rule.columns.iter().map(|column| &**column).collect();
    (rule.model, rule.table.as_deref(), columns, rule.constraint.as_deref())
}

/// The rule that was broken, where the error is of this variant.
macro_rules! broken {
    ($variant:ident, $outcome:expr) => {
        match $outcome {
            Err(Error::$variant(rule)) => *rule,
            other => {
                let text = stringify!($outcome);
                let variant = stringify!($variant);
                return Err(format!("{}:{}: {text} is {other:?}, not {variant}", file!(), line!()).into());
            }
        }
    };
}

const PARENTS: &str = "CREATE TABLE parents (id INT PRIMARY KEY)";
const CHILDREN: &str = "CREATE TABLE children (id INT PRIMARY KEY, parent_id INT, \
     CONSTRAINT children_parent_fk FOREIGN KEY (parent_id) REFERENCES parents (id))";

async fn in_raw_sql(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    for sql in [PARENTS, CHILDREN, "INSERT INTO parents VALUES (1)", "INSERT INTO children VALUES (1, 1)"] {
        db.execute(sql, ()).await?;
    }
    let orphan = broken!(ForeignKeyViolation, db.execute("INSERT INTO children VALUES (2, 2)", ()).await);
    let parent = broken!(ForeignKeyViolation, db.execute("DELETE FROM parents", ()).await);
    // SQLite does not say which key it was.
    if !fixture.is_sqlite() {
        for rule in [orphan, parent] {
            let wanted = (None, Some("children"), vec!["parent_id"], Some("children_parent_fk"));
            check_eq!(parts(&rule), wanted);
        }
    }
    check_eq!(db.query_as::<i64>("SELECT COUNT(*) FROM children", ()).await?, [1]);
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Parent {
    #[model(auto_increment = false)]
    id: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "children")]
struct Child {
    #[model(auto_increment = false)]
    id: i32,
    parent_id: Option<i32>,
}

async fn of_a_model(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    db.execute(PARENTS, ()).await?;
    db.execute(CHILDREN, ()).await?;
    let parent = Parent::build().id(1).save(db).await?;
    let mut child = Child::build().id(1).parent_id(1).save(db).await?;
    let orphan = broken!(ForeignKeyViolation, Child::build().id(2).parent_id(2).save(db).await);
    // SQLite does not say whose key it was.
    let wanted = if fixture.is_sqlite() { (None, None) } else { (Some("Child"), Some("children")) };
    check_eq!((parts(&orphan).0, parts(&orphan).1), wanted);
    broken!(ForeignKeyViolation, child.update(db, Child::PARENT_ID.set(9)).await);
    broken!(ForeignKeyViolation, parent.destroy(db).await);
    broken!(ForeignKeyViolation, Parent::find().everything().destroy(db).await);
    child.update(db, Child::PARENT_ID.set_null()).await?;
    parent.destroy(db).await?;
    Ok(())
}
