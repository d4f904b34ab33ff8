//! Where what only reads goes: to a replica, to another one where that is down, to the primary where none is there.

use super::Db;
use super::lease::{Call, Lease};
use super::pool::Held;
use super::replica::{NoReplica, Replica, Replicas, is_down};
use crate::driver::{Done, RowSink};
use crate::error::{Error, Operation, Result};

/// A connection of a replica, or of the primary in its place.
///
/// # Errors
/// Those of the pool; `NoReplica` where the primary may not stand in.
pub(super) async fn acquire(db: &Db, replicas: &Replicas) -> Result<Held> {
    for _ in 0..replicas.count() {
        let Some(replica) = replicas.pick() else { break };
        match on(db, replica).await {
            Ok(Some(held)) => return Ok(held),
            Ok(None) => return db.pool().acquire().await,
            Err(error) if is_down(&error) => replica.leave_out(&error),
            Err(error) => return Err(error),
        }
    }
    may_stand_in(db, replicas)?;
    db.pool().acquire().await
}

/// Whether the primary may answer where no replica does.
fn may_stand_in(db: &Db, replicas: &Replicas) -> Result<()> {
    match replicas.otherwise {
        NoReplica::UsePrimary => Ok(()),
        NoReplica::Fail if db.pool().is_closed() => Err(Error::Closed),
        NoReplica::Fail => Err(Error::NoReplica),
    }
}

/// Runs a statement there. One that a replica lost before it gave a row is run again elsewhere. `None` where the primary is to answer.
///
/// # Errors
/// As [`Lease::send`], and `NoReplica` where the primary may not stand in.
pub(super) async fn run(
    db: &Db,
    replicas: &Replicas,
    call: &Call<'_>,
    sink: &mut dyn RowSink,
) -> Result<Option<Done>> {
    for _ in 0..replicas.count() {
        let Some(replica) = replicas.pick() else { break };
        let mut gave_rows = false;
        let outcome = match on(db, replica).await {
            Ok(Some(held)) => {
                let mut lease = Lease::reading(db, held);
                let outcome = lease.send(call, sink).await;
                gave_rows = lease.gave_rows();
                outcome
            }
            Ok(None) => return Ok(None),
            Err(error) => Err(error),
        };
        match outcome {
            Err(error) if is_down(&error) && !gave_rows => replica.leave_out(&error),
            Err(error @ Error::Timeout { operation: Operation::Statement, .. }) => {
                // It may be the statement, and it may be the server: whoever looks after it will see.
                replica.leave_out(&error);
                return Err(error);
            }
            other => return other.map(Some),
        }
    }
    may_stand_in(db, replicas).map(|()| None)
}

/// A connection of this replica; `None` where it has not got what this handle has written.
async fn on(db: &Db, replica: &Replica) -> Result<Option<Held>> {
    let mut held = replica.pool.acquire().await?;
    let Some(written) = db.written() else { return Ok(Some(held)) };
    match written.is_there(db.dialect(), held.session()).await {
        Ok(true) => Ok(Some(held)),
        Err(error) if is_down(&error) => Err(error),
        Err(error @ Error::Timeout { .. }) => {
            replica.leave_out(&error);
            Ok(None)
        }
        // It may not know how to wait.
        Ok(false) | Err(_) => Ok(None),
    }
}
