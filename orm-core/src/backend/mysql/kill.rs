//! Ends on the server what nobody waits for any more.

use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, Error as DriverFailure, Opts};

/// Which server this is. Behind a router the next connection may reach another one, where the number means somebody else.
pub(super) const IDENTITY: &str = "CONCAT_WS(' ', @@hostname, @@port, @@server_id)";

/// Kills the connection of this number over another connection, provided that it reaches the same server.
///
/// A server does not notice by itself that the client has gone while it works or waits for a lock: it would keep the locks of the
/// transaction as long.
pub(super) async fn kill(options: Opts, server: &str, number: u32) -> Result<(), DriverFailure> {
    let mut side = Conn::new(options).await?;
    let reached: Option<String> = side.query_first(format!("SELECT {IDENTITY}")).await?;
    if reached.as_deref() == Some(server) {
        // It may have ended in the meantime.
        let _ = side.query_drop(format!("KILL CONNECTION {number}")).await;
    }
    side.disconnect().await
}
