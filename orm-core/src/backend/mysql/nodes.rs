//! The addresses of a server or a cluster, and which of them takes writes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;

use super::connection::MysqlConnection;
use super::options::Options;
use crate::error::{Error, Result};

/// How long the node that took writes last may take to answer before all are asked.
const PATIENCE: Duration = Duration::from_secs(1);
/// Before a node that takes no writes is asked again, while another one does not answer at all.
const PAUSE: Duration = Duration::from_millis(200);

/// The addresses of one server, or of the nodes of a cluster.
#[derive(Debug)]
pub(super) struct Nodes {
    list: Vec<Arc<Options>>,
    /// The one that took writes last.
    writer: Arc<AtomicUsize>,
}

/// The node that a connection leads to. Where several take writes, all connections are to lead to the same one.
#[derive(Debug)]
pub(super) struct Home {
    writer: Arc<AtomicUsize>,
    number: usize,
}

impl Home {
    /// Whether another node takes the writes by now.
    pub(super) fn is_left(&self) -> bool {
        self.writer.load(Ordering::Relaxed) != self.number
    }
}

impl Nodes {
    pub(super) fn new(url: &str, further: &[String]) -> Result<Self> {
        let list = std::iter::once(url)
            .chain(further.iter().map(String::as_str))
            .map(|url| Options::from_url(url).map(Arc::new))
            .collect::<Result<_>>()?;
        Ok(Self { list, writer: Arc::default() })
    }

    /// Where they are.
    pub(super) fn addresses(&self) -> String {
        self.list.iter().map(|node| node.address()).collect::<Vec<_>>().join(", ")
    }

    /// Connects to the one there is, or to the one of several that takes writes.
    pub(super) async fn connect(&self) -> Result<MysqlConnection> {
        if let [only] = self.list.as_slice() {
            return MysqlConnection::open(only).await;
        }
        // Most probably it is still the same.
        let last = self.writer.load(Ordering::Relaxed);
        if let Some(connection) = self.try_one(last).await {
            return Ok(connection);
        }
        let (number, connection) = self.find_writer().await?;
        match self.writer.compare_exchange(last, number, Ordering::Relaxed, Ordering::Relaxed) {
            // Somebody else has found another one meanwhile.
            Err(theirs) if theirs != number => match self.try_one(theirs).await {
                Some(connection) => Ok(connection),
                None => {
                    self.writer.store(number, Ordering::Relaxed);
                    Ok(self.at_home(connection, number))
                }
            },
            _ => Ok(self.at_home(connection, number)),
        }
    }

    /// A connection to this node, if it answers soon and takes writes.
    async fn try_one(&self, number: usize) -> Option<MysqlConnection> {
        let node = Arc::clone(self.list.get(number)?);
        let connection = tokio::time::timeout(PATIENCE, writer(node)).await.ok()?.ok()?;
        Some(self.at_home(connection, number))
    }

    fn at_home(&self, connection: MysqlConnection, number: usize) -> MysqlConnection {
        connection.at(Home { writer: Arc::clone(&self.writer), number })
    }

    /// Asks all of them at once. While one does not answer the others are asked again: one of them may become the writer in its place.
    async fn find_writer(&self) -> Result<(usize, MysqlConnection)> {
        let mut asked = JoinSet::new();
        for (number, node) in self.list.iter().enumerate() {
            let node = Arc::clone(node);
            asked.spawn(async move { (number, writer(node).await) });
        }
        let (mut refusals, mut silent) = (BTreeMap::new(), self.list.len());
        while let Some(answer) = asked.join_next().await {
            match answer {
                Ok((number, Ok(connection))) => return Ok((number, connection)),
                Ok((number, Err(error))) => {
                    let is_new = refusals.insert(number, error).is_none();
                    silent -= usize::from(is_new);
                    let node = self.list.get(number).map(Arc::clone);
                    if let Some(node) = node.filter(|_| silent > 0) {
                        asked.spawn(async move {
                            tokio::time::sleep(PAUSE).await;
                            (number, writer(node).await)
                        });
                    }
                }
                // It panicked, which is that of a driver's on a stream that no server should send.
                Err(_) => silent = silent.saturating_sub(1),
            }
            if silent == 0 {
                break;
            }
        }
        let mut errors = refusals.into_values();
        // What is wrong with the password or the database is wrong everywhere.
        match errors.next() {
            Some(
                error @ (Error::AccessDenied { .. } | Error::UnknownDatabase(_) | Error::Configuration(_)),
            ) => Err(error),
            first => {
                let all: Vec<_> = first.into_iter().chain(errors).map(|error| error.to_string()).collect();
                Err(Error::ConnectionRefused(format!("no node takes writes: {}", all.join("; ")).into()))
            }
        }
    }
}

/// A connection to this node, provided that it takes writes.
async fn writer(node: Arc<Options>) -> Result<MysqlConnection> {
    let mut connection = MysqlConnection::open(&node).await?;
    let why = if !connection.takes_writes() {
        "it is for reading only"
    } else if connection.is_cut_off(&node).await? {
        "it has lost its cluster"
    } else {
        return Ok(connection);
    };
    Err(Error::ConnectionRefused(format!("{}: {why}", node.address()).into()))
}
