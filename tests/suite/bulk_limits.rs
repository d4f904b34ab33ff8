//! Many records at once, where a database's limits stand in the way.

use orm_core::prelude::*;
use tests::{Fixture, Outcome};

use crate::{cases, check, check_eq, check_matches};

cases![
    more_values_than_one_statement_takes,
    larger_than_the_packet_limit,
    the_text_of_a_statement_counts_too,
    a_row_larger_than_a_packet_is_an_error,
];

#[derive(Model, Debug, Clone, PartialEq)]
#[rustfmt::skip]
struct Wide {
    id: u64,
    a: i32, b: i32, c: i32, d: i32, e: i32, f: i32, g: i32, h: i32, i: i32, j: i32,
    k: i32, l: i32, m: i32, n: i32, o: i32, p: i32, q: i32, r: i32, s: i32, t: i32,
    u: i32, v: i32, w: i32, x: i32, y: i32, z: i32, aa: i32, bb: i32, cc: i32, dd: i32,
    ee: i32, ff: i32, gg: i32, hh: i32, ii: i32, jj: i32, kk: i32, ll: i32, mm: i32, nn: i32,
}

async fn more_values_than_one_statement_takes(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Wide::sync(db).await?;
    // 40 values a row: 80,000 in all, above 32,766 and 65,535.
    #[rustfmt::skip]
    let draft = |n: i32| {
        Wide::build()
            .a(n).b(n).c(n).d(n).e(n).f(n).g(n).h(n).i(n).j(n)
            .k(n).l(n).m(n).n(n).o(n).p(n).q(n).r(n).s(n).t(n)
            .u(n).v(n).w(n).x(n).y(n).z(n).aa(n).bb(n).cc(n).dd(n)
            .ee(n).ff(n).gg(n).hh(n).ii(n).jj(n).kk(n).ll(n).mm(n).nn(-n)
    };
    let rows = Wide::bulk_create(db, (0..2_000).map(draft)).await?;
    check_eq!(rows.len(), 2_000);
    check_eq!(Wide::find().order_by(Wide::A).all(db).await?, rows);
    check_eq!(Wide::find().sum(db, Wide::NN).await?, Some(-1_999_000));
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Blob {
    id: u64,
    name: String,
    content: Vec<u8>,
}

async fn larger_than_the_packet_limit(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Blob::sync(db).await?;
    // 40 MiB in all, where MariaDB takes 16 a statement.
    let draft = |n: u8| Blob::build().name(format!("blob {n}")).content(vec![n; 1 << 20]);
    let rows = Blob::bulk_create(db, (0..40).map(draft)).await?;
    check_eq!(rows.len(), 40);
    for row in rows {
        check!(Blob::find_by_id(db, row.id).await? == Some(row));
    }
    check_eq!(Blob::find().count(db).await?, 40);
    Ok(())
}

/// So many placeholders that they matter beside the values.
#[derive(Model, Debug, Clone, PartialEq)]
#[rustfmt::skip]
struct Sheet {
    id: u64,
    #[model(text)]
    content: String,
    c0: Option<i32>, c1: Option<i32>, c2: Option<i32>, c3: Option<i32>, c4: Option<i32>, c5: Option<i32>, c6: Option<i32>, c7: Option<i32>,
    c8: Option<i32>, c9: Option<i32>, c10: Option<i32>, c11: Option<i32>, c12: Option<i32>, c13: Option<i32>, c14: Option<i32>, c15: Option<i32>,
    c16: Option<i32>, c17: Option<i32>, c18: Option<i32>, c19: Option<i32>, c20: Option<i32>, c21: Option<i32>, c22: Option<i32>, c23: Option<i32>,
    c24: Option<i32>, c25: Option<i32>, c26: Option<i32>, c27: Option<i32>, c28: Option<i32>, c29: Option<i32>, c30: Option<i32>, c31: Option<i32>,
    c32: Option<i32>, c33: Option<i32>, c34: Option<i32>, c35: Option<i32>, c36: Option<i32>, c37: Option<i32>, c38: Option<i32>, c39: Option<i32>,
}

async fn the_text_of_a_statement_counts_too(fixture: &Fixture) -> Outcome {
    let db = &fixture.db;
    Sheet::sync(db).await?;
    let content = "x".repeat(20_000);
    let rows = Sheet::bulk_create(db, (0..1_000).map(|n| Sheet::build().content(&content).c39(n))).await?;
    check_eq!(rows.len(), 1_000);
    check_eq!(Sheet::find().filter(Sheet::CONTENT.eq(content)).sum(db, Sheet::C39).await?, Some(499_500));
    Ok(())
}

async fn a_row_larger_than_a_packet_is_an_error(fixture: &Fixture) -> Outcome {
    // SQLite has no packets, and takes a row of up to a thousand million bytes.
    if fixture.is_sqlite() {
        return Ok(());
    }
    let db = &fixture.options().max_connections(1).connect().await?;
    Blob::sync(db).await?;
    let most = db.query_as::<u64>("SELECT @@global.max_allowed_packet", ()).await?[0];
    let large = || vec![1_u8; usize::try_from(most).unwrap_or(usize::MAX)];
    let refused = Blob::build().name("large").content(large()).save(db).await;
    check_matches!(&refused, Err(Error::Unsupported(text)) if text.contains("max_allowed_packet"));
    let small = || Blob::build().name("small").content(vec![2_u8]);
    let refused = Blob::bulk_create(db, [small(), Blob::build().name("large").content(large())]).await;
    check_matches!(refused.map(drop), Err(Error::Unsupported(_)));
    check_eq!(Blob::find().count(db).await?, 0);
    small().save(db).await?;
    db.close().await?;
    Ok(())
}
