//! Streams with a byte changed: no panic, whatever the server says.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::{Rows, connect, on_servers, run, string, text};
use crate::driver::{Cells, Connection, Control, Flow, RowSink, Statement};
use crate::error::{Error, Result};
use crate::value::Value;

/// Lets one connection through, changing the byte at a position of what the server says. Tells how much the server said.
async fn proxy(listener: TcpListener, server: String, position: usize, change: u8) -> usize {
    let (client, _) = listener.accept().await.unwrap();
    let server = TcpStream::connect(server).await.unwrap();
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let up = tokio::spawn(async move {
        let _ = tokio::io::copy(&mut from_client, &mut to_server).await;
    });
    let (mut said, mut buffer) = (0, vec![0; 16_384]);
    while let Ok(length @ 1..) = from_server.read(&mut buffer).await {
        if (said..said + length).contains(&position) {
            buffer[position - said] ^= change;
        }
        said += length;
        if to_client.write_all(&buffer[..length]).await.is_err() {
            break;
        }
    }
    up.abort();
    said
}

/// A bit of everything.
async fn converse(url: String) -> Result<()> {
    let mut connection: Box<dyn Connection> = connect(&url).await?;
    connection.control(Control::BEGIN).await?;
    run(&mut connection, "INSERT INTO t VALUES (?, ?, NULL)", vec![Value::Int(1), string("text")]).await?;
    let mut sink = Rows::default();
    connection.query(Statement::Dynamic("SELECT * FROM t, t AS u"), &[], &mut sink).await?;
    connection.query(Statement::Text("SELECT * FROM t"), &[], &mut sink).await?;
    let _ = run(&mut connection, "SELECT nonsense", vec![]).await;
    run(&mut connection, "CALL p()", vec![]).await?;
    connection.control(Control::Rollback).await?;
    connection.control(Control::Reset).await?;
    connection.close().await;
    Ok(())
}

/// Through the proxy, for as long as a pool would wait: what came of it, and how much the server said.
async fn attempt<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    server: &super::Server,
    (position, change): (usize, u8),
    converse: impl FnOnce(String) -> F,
) -> (Option<T>, usize) {
    let address = server.base.rsplit('@').next().unwrap().to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = server.url.replace(&address, &listener.local_addr().unwrap().to_string());
    let proxy = tokio::spawn(proxy(listener, address, position, change));
    let conversation = tokio::spawn(tokio::time::timeout(Duration::from_millis(400), converse(url)));
    // A panic shows here.
    let outcome = conversation.await.unwrap_or_else(|error| panic!("byte {position} ^ {change:#x}: {error}"));
    let said = match tokio::time::timeout(Duration::from_secs(1), proxy).await {
        Ok(said) => said.unwrap(),
        Err(_) => 0,
    };
    (outcome.ok(), said)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_byte_makes_it_panic() {
    on_servers("hostile", async |server| {
        let mut admin = server.connect().await;
        text(&mut admin, "CREATE TABLE t (id INT, s VARCHAR(20), d DATETIME)").await.unwrap();
        text(&mut admin, "INSERT INTO t VALUES (7, 'seven', '2024-01-01'), (8, NULL, NULL)").await.unwrap();
        text(&mut admin, "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END").await.unwrap();
        let (outcome, said) = attempt(server, (usize::MAX, 0), converse).await;
        outcome.expect("in time").expect("unchanged");
        assert!(said > 500);
        let step = std::env::var("HOSTILE_STEP").ok().and_then(|step| step.parse().ok()).unwrap_or(13);
        let mut attempts: Vec<(usize, u8)> = Vec::new();
        for (n, position) in (0..said).step_by(step).enumerate() {
            attempts.push((position, [0xff, 0x01, 0x80, 0xfb, 0xfe][n % 5]));
        }
        for chunk in attempts.chunks(24) {
            let each = chunk.iter().map(|&byte| Box::pin(attempt(server, byte, converse)));
            let mut each: Vec<_> = each.collect();
            // All at once: most of the time is waiting for what never comes.
            std::future::poll_fn(|context| {
                each.retain_mut(|attempt| attempt.as_mut().poll(context).is_pending());
                if each.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
            })
            .await;
        }
        println!("{} of {said} bytes changed", attempts.len());
        admin.close().await;
    })
    .await;
}

/// A read in a transaction: what it says, and whether the transaction is open afterwards. None where it did not come to that.
async fn read_in_transaction(url: String) -> Option<(Result<()>, bool)> {
    let mut connection: Box<dyn Connection> = connect(&url).await.ok()?;
    connection.control(Control::BEGIN).await.ok()?;
    let outcome = run(&mut connection, "SELECT id FROM t", vec![]).await.map(drop);
    Some((outcome, connection.in_transaction()))
}

#[tokio::test]
async fn a_read_that_finds_its_transaction_over_is_a_conflict() {
    on_servers("over", async |server| {
        let mut admin = server.connect().await;
        text(&mut admin, "CREATE TABLE t (id INT)").await.unwrap();
        text(&mut admin, "INSERT INTO t VALUES (7)").await.unwrap();
        let (outcome, said) = attempt(server, (usize::MAX, 0), read_in_transaction).await;
        assert!(matches!(outcome, Some(Some((Ok(()), true)))), "{outcome:?}");
        // Among the last bytes are the reply and what the server says when the connection is dropped.
        let mut conflicts = 0;
        for position in said - 120..said {
            let (outcome, _) = attempt(server, (position, 1), read_in_transaction).await;
            let Some((outcome, open)) = outcome.flatten() else { continue };
            assert!(open || outcome.is_err(), "byte {position} of {said}");
            conflicts += usize::from(matches!(&outcome, Err(Error::Conflict(_)) if !open));
        }
        assert!(conflicts > 0, "none of them was the flag that says whether the transaction is open");
        admin.close().await;
    })
    .await;
}

/// Lets one connection through, and answers so many times in the server's place that a statement has to be prepared again.
async fn forgetful(listener: TcpListener, server: String, mut times: u8) {
    const EXECUTE: u8 = 0x17;
    let (mut client, _) = listener.accept().await.unwrap();
    let mut server = TcpStream::connect(server).await.unwrap();
    let (mut asked, mut said) = (vec![0; 16_384], vec![0; 16_384]);
    loop {
        tokio::select! {
            length = client.read(&mut asked) => match length {
                Ok(length @ 1..) if asked[4] == EXECUTE && times > 0 => {
                    times -= 1;
                    let text = b"#HY000Prepared statement needs to be re-prepared";
                    let code = 1615_u16.to_le_bytes();
                    let size = u8::try_from(3 + text.len()).unwrap();
                    client.write_all(&[&[size, 0, 0, 1, 0xff], &code[..], text].concat()).await.unwrap();
                    // Every command is one packet, sent at once.
                    assert_eq!(length, 4 + usize::from(asked[0]));
                }
                Ok(length @ 1..) => server.write_all(&asked[..length]).await.unwrap(),
                _ => return,
            },
            length = server.read(&mut said) => match length {
                Ok(length @ 1..) => client.write_all(&said[..length]).await.unwrap(),
                _ => return,
            },
        }
    }
}

#[tokio::test]
async fn a_statement_that_the_server_forgot_is_prepared_again_once() {
    on_servers("forgetful", async |server| {
        let mut admin = server.connect().await;
        text(&mut admin, "CREATE TABLE t (s VARCHAR(20))").await.unwrap();
        let address = server.base.rsplit('@').next().unwrap().to_owned();
        for (times, rows) in [(0, 3), (1, 3), (2, 2)] {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = server.url.replace(&address, &listener.local_addr().unwrap().to_string());
            let proxy = tokio::spawn(forgetful(listener, address.clone(), times));
            let mut connection = connect(&url).await.unwrap();
            text(&mut connection, "DELETE FROM t").await.unwrap();
            connection.control(Control::BEGIN).await.unwrap();
            for n in 0..3 {
                let outcome = run(&mut connection, "INSERT INTO t VALUES (?)", vec![string("text")]).await;
                match outcome {
                    Ok(done) => assert_eq!(done.affected, 1),
                    // Twice in a row it is an error, and the transaction goes on.
                    Err(Error::Database(error)) => assert_eq!((n, times, error.code), (0, 2, 1615)),
                    Err(other) => panic!("{other:?}"),
                }
                assert!(connection.in_transaction());
            }
            connection.control(Control::Commit).await.unwrap();
            assert_eq!(super::rows(&mut connection, "SELECT s FROM t", vec![]).await.len(), rows);
            connection.close().await;
            proxy.await.unwrap();
        }
        admin.close().await;
    })
    .await;
}

struct Panics;

impl RowSink for Panics {
    fn row(&mut self, _cells: &mut dyn Cells) -> Result<Flow> {
        panic!("the caller's own");
    }
}

#[tokio::test]
async fn a_panic_of_the_callers_stays_one() {
    on_servers("panics", async |server| {
        let mut connection = server.connect().await;
        let outcome = tokio::spawn(async move {
            let _ = connection.query(Statement::Text("SELECT 1"), &[], &mut Panics).await;
        })
        .await;
        assert!(outcome.unwrap_err().is_panic());
    })
    .await;
}
