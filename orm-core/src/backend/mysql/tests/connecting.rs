//! Getting in, and being refused.

use super::{bytes, connect, on_servers, rows, text};
use crate::error::Error;
use crate::value::Value;

/// A user of our own, so that the tests touch none of the server's.
async fn create_user(server: &super::Server, name: &str, password: &str) {
    let mut admin = connect(&server.base).await.unwrap();
    for host in ["localhost", "127.0.0.1"] {
        text(&mut admin, &format!("DROP USER IF EXISTS '{name}'@'{host}'")).await.unwrap();
        text(&mut admin, &format!("CREATE USER '{name}'@'{host}' IDENTIFIED BY '{password}'")).await.unwrap();
        text(&mut admin, &format!("GRANT ALL ON {}.* TO '{name}'@'{host}'", server.name)).await.unwrap();
    }
    admin.close().await;
}

async fn drop_user(server: &super::Server, name: &str) {
    let mut admin = connect(&server.base).await.unwrap();
    for host in ["localhost", "127.0.0.1"] {
        text(&mut admin, &format!("DROP USER '{name}'@'{host}'")).await.unwrap();
    }
    admin.close().await;
}

fn with_user(server: &super::Server, user: &str) -> String {
    let at = server.url.find('@').unwrap();
    let scheme = server.url.find("://").unwrap();
    format!("{}://{user}{}", &server.url[..scheme], &server.url[at..])
}

#[tokio::test]
async fn passwords_are_sent_encrypted_and_errors_hold_none() {
    on_servers("passwords", async |server| {
        let name = format!("orm_{}", std::process::id());
        create_user(server, &name, "p@ss/w:rd").await;
        // Twice: MySQL's plugin takes another way once it has seen the password.
        for _ in 0..2 {
            let url = with_user(server, &format!("{name}:p%40ss%2Fw%3Ard"));
            let mut connection = connect(&url).await.unwrap();
            let found = rows(&mut connection, "SELECT SUBSTRING_INDEX(CURRENT_USER(), '@', 1)", vec![]).await;
            assert_eq!(found, [[bytes(name.as_bytes())]]);
            connection.close().await;
        }
        // MySQL pretends to know users that it does not, each with a plugin of its own.
        let nobodies = (0..12).map(|n| format!("nobody{n}:hidden"));
        for wrong in nobodies.chain([format!("{name}:hidden"), name.clone()]) {
            let error = connect(&with_user(server, &wrong)).await.err().unwrap();
            let Error::AccessDenied { user } = &error else { panic!("{error:?}") };
            assert!(wrong.starts_with(&**user));
            assert!(!format!("{error} {error:?}").contains("hidden"));
        }
        // A database that this user may not see.
        let url = with_user(server, &format!("{name}:p%40ss%2Fw%3Ard")).replace(&server.name, "mysql");
        assert!(matches!(connect(&url).await.err().unwrap(), Error::AccessDenied { .. }));
        drop_user(server, &name).await;
    })
    .await;
}

#[tokio::test]
async fn unknown_databases_are_named() {
    on_servers("unknown", async |server| {
        let error = connect(&format!("{}/no_such_db", server.base)).await.err().unwrap();
        let Error::UnknownDatabase(name) = &error else { panic!("{error:?}") };
        assert_eq!(&**name, "no_such_db");
    })
    .await;
}

#[tokio::test]
async fn nobody_there_is_connection_refused() {
    // A port that was free a moment ago.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    for host in [format!("127.0.0.1:{port}"), "no-such-host.invalid".to_owned()] {
        let error = connect(&format!("mysql://u:hidden@{host}/x?ssl-mode=disabled")).await.err().unwrap();
        assert!(matches!(error, Error::ConnectionRefused(_)), "{error:?}");
        assert!(error.to_string().contains(&host) && !error.to_string().contains("hidden"), "{error}");
    }
    let error = connect("mysql://u@localhost/x?socket=/no/such/file.sock").await.err().unwrap();
    assert!(
        matches!(&error, Error::ConnectionRefused(text) if text.contains("/no/such/file.sock")),
        "{error:?}"
    );
}

/// The error of connecting to somebody who says this and no more.
async fn greeted_by(greeting: &'static [u8]) -> Error {
    use tokio::io::AsyncWriteExt as _;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.write_all(greeting).await;
    });
    let error = connect(&format!("mysql://u@127.0.0.1:{port}/x")).await.err().unwrap();
    answer.await.unwrap();
    error
}

/// What MySQL Router says while the server that it leads to is gone.
#[tokio::test]
async fn a_proxy_without_a_server_is_connection_refused() {
    let error = greeted_by(b"\x2d\x00\x00\x00\xff\xd3\x07#HY000Can't connect to remote MySQL server").await;
    let Error::ConnectionRefused(text) = &error else { panic!("{error:?}") };
    assert!(text.starts_with("127.0.0.1:") && text.contains("remote MySQL server"), "{error}");
}

#[tokio::test]
async fn other_servers_are_connection_refused() {
    for greeting in [
        &b""[..],
        b"SSH-2.0-OpenSSH_9.2p1\r\n",
        b"\x00\x00\x00\x00",
        b"\x01\x00\x00\x00\xff",
        b"\x05\x00\x00\x00\x0a8\x00\x00\x00",
    ] {
        let error = greeted_by(greeting).await;
        assert!(matches!(error, Error::ConnectionRefused(_)), "{error:?}");
    }
}

#[tokio::test]
async fn encryption_is_as_asked() {
    on_servers("tls", async |server| {
        let cipher = "SHOW SESSION STATUS LIKE 'Ssl_cipher'";
        let mut plain = server.connect().await;
        assert_eq!(rows(&mut plain, cipher, vec![]).await[0][1], bytes(b""));
        let folder = rows(&mut plain, "SELECT @@datadir", vec![]).await;
        let Value::Bytes(folder) = &folder[0][0] else { panic!() };
        let ca = format!("{}ca.pem", String::from_utf8_lossy(folder));
        plain.close().await;
        let mut encrypted = match connect(&format!("{}?ssl-mode=required", server.url)).await {
            Ok(encrypted) => encrypted,
            // A MariaDB without certificates.
            Err(error) => {
                assert!(matches!(&error, Error::Configuration(text) if text.contains("no TLS")), "{error:?}");
                return;
            }
        };
        assert_ne!(rows(&mut encrypted, cipher, vec![]).await[0][1], bytes(b""));
        encrypted.close().await;
        // Made out by an authority of its own, for no host in particular.
        for (params, fine) in [
            ("ssl-mode=verify-identity".to_owned(), false),
            ("ssl-mode=verify-ca".to_owned(), false),
            (format!("ssl-ca={ca}"), false),
            // The driver checks the name all the same: stricter than asked.
            (format!("ssl-ca={ca}&ssl-mode=verify-ca"), false),
            ("ssl-ca=/no/such/file.pem".to_owned(), false),
        ] {
            let outcome = connect(&format!("{}?{params}", server.url)).await;
            assert_eq!(outcome.is_ok(), fine, "{params}");
            if let Err(error) = outcome {
                let words = if params.contains("/no/such") { "cannot be read" } else { "TLS: invalid peer" };
                assert!(error.to_string().contains(words), "{error:?}");
            }
        }
    })
    .await;
}
