//! Creating, dropping and emptying tables, and what stands in the way.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use crate::statements::Listener;
use crate::{cases, check, check_eq, check_matches};

cases![
    syncing_twice_changes_nothing,
    a_missing_index_is_added,
    an_index_that_cannot_be_added_is_an_error,
    force_begins_anew,
    dropping_what_is_not_there,
    emptied_tables_count_from_one,
    a_table_that_others_refer_to_stays,
    a_table_that_refers_to_itself_goes,
    tables_together,
];

#[derive(Model, Debug, Clone, PartialEq)]
#[model(index(shop, number))]
struct Invoice {
    id: u64,
    #[model(unique, size = 30)]
    code: String,
    #[model(index, size = 20)]
    shop: String,
    number: u32,
}

/// The same table in an older version of the program.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "invoices")]
struct OldInvoice {
    id: u64,
    #[model(size = 30)]
    code: String,
    #[model(size = 20)]
    shop: String,
    number: u32,
}

async fn invoice(db: &Db, code: &str) -> Result<u64, Error> {
    Ok(Invoice::build().code(code).shop("s").number(1_u32).save(db).await?.id)
}

/// The names of a table's indexes, without those of its key.
async fn indexes(fixture: &Fixture) -> Result<Vec<String>, Error> {
    let sql = if fixture.is_sqlite() {
        "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'invoices' ORDER BY name"
    } else {
        "SELECT DISTINCT INDEX_NAME FROM information_schema.STATISTICS \
         WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'invoices' AND INDEX_NAME <> 'PRIMARY' ORDER BY INDEX_NAME"
    };
    fixture.db.query_as(sql, ()).await
}

const ALL: [&str; 3] = ["invoices_code_idx", "invoices_shop_idx", "invoices_shop_number_idx"];

async fn syncing_twice_changes_nothing(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Invoice::sync(db).await?;
    check_eq!(indexes(fixture).await?, ALL);
    let id = invoice(db, "a").await?;
    let listener = Listener::start();
    Invoice::sync(db).await?;
    let heard = listener.sql();
    check_eq!(heard.iter().filter(|sql| sql.contains("CREATE")).count(), 1);
    check!(heard[0].starts_with(r#"CREATE TABLE IF NOT EXISTS "invoices" ("#));
    check_eq!(indexes(fixture).await?, ALL);
    check_eq!(Invoice::find().select(Invoice::ID).all(db).await?, [id]);
    check_matches!(invoice(db, "a").await, Err(Error::UniqueViolation(_)));
    // Several programs may start at once.
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move { Invoice::sync(&db).await })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    Ok(())
}

async fn a_missing_index_is_added(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    OldInvoice::sync(db).await?;
    check_eq!(indexes(fixture).await?, Vec::<String>::new());
    invoice(db, "a").await?;
    let listener = Listener::start();
    Invoice::sync(db).await?;
    let added: Vec<_> = listener
        .sql()
        .into_iter()
        .filter(|sql| !sql.starts_with("CREATE TABLE") && sql.contains("INDEX "))
        .collect();
    check!(added.contains(&r#"CREATE UNIQUE INDEX "invoices_code_idx" ON "invoices" ("code")"#.to_owned()));
    check!(
        added.contains(
            &r#"CREATE INDEX "invoices_shop_number_idx" ON "invoices" ("shop", "number")"#.to_owned()
        )
    );
    check_eq!((added.len(), indexes(fixture).await?), (3, ALL.map(str::to_owned).to_vec()));
    check_matches!(invoice(db, "a").await, Err(Error::UniqueViolation(_)));
    // An older program takes nothing away.
    OldInvoice::sync(db).await?;
    check_eq!(indexes(fixture).await?, ALL);
    Ok(())
}

async fn an_index_that_cannot_be_added_is_an_error(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    OldInvoice::sync(db).await?;
    invoice(db, "a").await?;
    invoice(db, "a").await?;
    check_matches!(Invoice::sync(db).await, Err(Error::UniqueViolation(_)));
    check_eq!(Invoice::find().count(db).await?, 2);
    check!(!indexes(fixture).await?.contains(&"invoices_code_idx".to_owned()));
    Ok(())
}

async fn force_begins_anew(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    OldInvoice::sync(db).await?;
    invoice(db, "a").await?;
    Invoice::sync_force(db).await?;
    check_eq!(
        (Invoice::find().count(db).await?, indexes(fixture).await?),
        (0, ALL.map(str::to_owned).to_vec())
    );
    check_eq!(invoice(db, "a").await?, 1);
    Invoice::sync_force(db).await?;
    check_eq!(Invoice::find().count(db).await?, 0);
    Ok(())
}

async fn dropping_what_is_not_there(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Invoice::drop_table(db).await?;
    Invoice::sync(db).await?;
    Invoice::drop_table(db).await?;
    check_matches!(Invoice::find().count(db).await, Err(Error::Database(_)));
    Invoice::drop_table(db).await?;
    check_matches!(Invoice::truncate(db).await, Err(Error::Database(_)));
    Invoice::sync(db).await?;
    check_eq!(Invoice::find().count(db).await?, 0);
    Ok(())
}

async fn emptied_tables_count_from_one(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Invoice::sync(db).await?;
    Invoice::truncate(db).await?;
    check_eq!((invoice(db, "a").await?, invoice(db, "b").await?), (1, 2));
    Invoice::truncate(db).await?;
    check_eq!(Invoice::find().count(db).await?, 0);
    check_eq!(invoice(db, "a").await?, 1);
    check_eq!(indexes(fixture).await?, ALL);
    Ok(())
}

async fn a_table_that_others_refer_to_stays(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Invoice::sync(db).await?;
    invoice(db, "a").await?;
    let child = if fixture.is_sqlite() {
        "CREATE TABLE lines (invoice INTEGER REFERENCES invoices (id) ON DELETE CASCADE)"
    } else {
        "CREATE TABLE `lines` (invoice BIGINT UNSIGNED, FOREIGN KEY (invoice) REFERENCES invoices (id) ON DELETE CASCADE)"
    };
    db.execute(child, ()).await?;
    let insert =
        if fixture.is_sqlite() { "INSERT INTO lines VALUES (1)" } else { "INSERT INTO `lines` VALUES (1)" };
    db.execute(insert, ()).await?;
    let listener = Listener::start();
    let tried = [
        Invoice::drop_table(db).await,
        Invoice::truncate(db).await,
        Invoice::sync_force(db).await,
        db.sync_force(&[Ledger::TABLE, Invoice::TABLE]).await,
    ];
    for outcome in tried {
        check_matches!(&outcome, Err(Error::TableReferenced { table, referrers }) if &**table == "invoices" && **referrers == ["lines"]);
    }
    // Only questions were sent.
    check!(listener.sql().iter().all(|sql| sql.starts_with("SELECT")));
    check_eq!(Invoice::find().count(db).await?, 1);
    let count =
        if fixture.is_sqlite() { "SELECT COUNT(*) FROM lines" } else { "SELECT COUNT(*) FROM `lines`" };
    check_eq!(db.query_as::<u64>(count, ()).await?, [1]);
    db.execute(if fixture.is_sqlite() { "DROP TABLE lines" } else { "DROP TABLE `lines`" }, ()).await?;
    Invoice::truncate(db).await?;
    Invoice::drop_table(db).await?;
    Ok(())
}

async fn a_table_that_refers_to_itself_goes(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let table = if fixture.is_sqlite() {
        "CREATE TABLE ledgers (id INTEGER PRIMARY KEY AUTOINCREMENT, parent INTEGER REFERENCES ledgers (id))"
    } else {
        "CREATE TABLE ledgers (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, parent BIGINT UNSIGNED, \
         FOREIGN KEY (parent) REFERENCES ledgers (id))"
    };
    db.execute(table, ()).await?;
    let root = Ledger::build().save(db).await?;
    Ledger::build().parent(root.id).save(db).await?;
    Ledger::truncate(db).await?;
    check_eq!((Ledger::find().count(db).await?, Ledger::build().save(db).await?.id), (0, 1));
    Ledger::drop_table(db).await?;
    Ledger::sync(db).await?;
    Ledger::sync_force(db).await?;
    check_eq!(Ledger::find().count(db).await?, 0);
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Ledger {
    id: u64,
    parent: Option<u64>,
}

async fn tables_together(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    let tables = [Invoice::TABLE, Ledger::TABLE];
    db.sync(&tables).await?;
    invoice(db, "a").await?;
    Ledger::build().save(db).await?;
    db.sync(&tables).await?;
    check_eq!((Invoice::find().count(db).await?, Ledger::find().count(db).await?), (1, 1));
    db.sync_force(&tables).await?;
    check_eq!((Invoice::find().count(db).await?, Ledger::find().count(db).await?), (0, 0));
    db.drop_table(Ledger::TABLE).await?;
    check_matches!(Ledger::find().count(db).await, Err(Error::Database(_)));
    db.sync(&[]).await?;
    db.sync_force(&[]).await?;
    check_eq!(Invoice::find().count(db).await?, 0);
    Ok(())
}
