//! What has to be known of a server.

use std::time::Duration;

use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, Error as DriverFailure, Row, Value as DriverValue};

use super::dialect::{MARIADB, MYSQL, ServerDialect};
use super::kill::IDENTITY;

const ABOUT: &str = "SELECT @@version, @@session.auto_increment_increment, @@global.max_allowed_packet, \
     @@session.wait_timeout, @@global.read_only";

/// Whether it may be in a group with several primaries. MariaDB knows no such groups, and takes a millisecond for the answer.
const IN_GROUP: &str = "(SELECT COUNT(*) FROM information_schema.PLUGINS \
     WHERE PLUGIN_NAME = 'group_replication' AND PLUGIN_STATUS = 'ACTIVE')";

const SINGLE_PRIMARY: &str = "SELECT @@global.group_replication_single_primary_mode";

/// The smallest that `max_allowed_packet` can be set to, should the server not have said.
const SMALLEST_PACKET: usize = 1024;

/// The server at the other end of a connection.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) dialect: &'static ServerDialect,
    /// See `Connection::bulk_id_step`.
    pub(super) bulk_id_step: Option<u64>,
    pub(super) packet_limit: usize,
    /// Whether it is not for reading only. The secondaries of a group are, and replicas should be.
    pub(super) takes_writes: bool,
    /// See `Connection::idle_limit`.
    pub(super) idle_limit: Option<Duration>,
    /// Which one it is, should another answer at the same address.
    pub(super) identity: Box<str>,
}

impl Server {
    /// Asks for it all: one round trip, one more in a group.
    pub(super) async fn ask(conn: &mut Conn) -> Result<Self, DriverFailure> {
        // Which of the two it is, is certain only after the reply: all that is at stake here is the millisecond.
        let in_group = if conn.server_version() < (10, 0, 0) { IN_GROUP } else { "NULL" };
        let row: Option<Row> = conn.query_first(format!("{ABOUT}, {IDENTITY}, {in_group}")).await?;
        let mut cells = row.map(Row::unwrap).unwrap_or_default().into_iter().map(text);
        let mut next = || cells.next().unwrap_or_default();
        let (version, step, packet_limit) = (next(), next(), next());
        let (idle_limit, read_only) = (next(), next());
        let (identity, in_group) = (next(), next());
        let is_mariadb = version.contains("MariaDB");
        let one_writer = is_mariadb || in_group == "0" || has_one_writer(conn).await;
        Ok(Self {
            dialect: if is_mariadb { &MARIADB } else { &MYSQL },
            bulk_id_step: step.parse().ok().filter(|step| *step > 0 && one_writer),
            packet_limit: packet_limit.parse().unwrap_or(SMALLEST_PACKET),
            takes_writes: matches!(read_only.as_str(), "0" | "OFF"),
            idle_limit: idle_limit.parse().ok().map(Duration::from_secs),
            identity: identity.into(),
        })
    }
}

/// Whether the group that this server is in has one writer. A doubt counts as no: then each row is asked for its id.
async fn has_one_writer(conn: &mut Conn) -> bool {
    match conn.query_first::<Row, _>(SINGLE_PRIMARY).await {
        Ok(row) => {
            row.map(Row::unwrap).unwrap_or_default().into_iter().next().map(text).as_deref() == Some("1")
        }
        // Unknown variable: no plugin, no group.
        Err(DriverFailure::Server(error)) => error.code == 1193,
        Err(_) => false,
    }
}

/// Whether this MariaDB is a node of Galera that does not see enough of the others, or has not caught up with them. It answers what asks no
/// table all the same, a ping included, and keeps to `read_only` as it is.
pub(super) async fn is_cut_off(conn: &mut Conn) -> Result<bool, DriverFailure> {
    let ready = "SHOW GLOBAL STATUS WHERE Variable_name IN ('wsrep_provider_name', 'wsrep_ready')";
    let rows: Vec<Row> = conn.query(ready).await?;
    let rows: Vec<Vec<String>> =
        rows.into_iter().map(|row| row.unwrap().into_iter().map(text).collect()).collect();
    Ok([["wsrep_provider_name", "Galera"], ["wsrep_ready", "OFF"]]
        .iter()
        .all(|row| rows.iter().any(|one| one == row)))
}

/// A cell as text, empty for NULL.
fn text(cell: DriverValue) -> String {
    match cell {
        DriverValue::Bytes(bytes) => String::from_utf8(bytes).unwrap_or_default(),
        _ => String::new(),
    }
}
