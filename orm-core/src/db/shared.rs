//! What the pool and its connections have in common.

use std::sync::atomic::{AtomicBool, AtomicU64};
use std::time::Duration;

use super::clock::Clock;
use super::holders::Holders;
use super::log::Log;
use super::metrics::Counters;

/// What all connections of a pool know.
#[derive(Debug)]
pub(super) struct Shared {
    /// Goes up whenever a connection breaks: all others of that time are asked before they are used again.
    pub(super) epoch: AtomicU64,
    /// Connections of an epoch before this one lead to a server that takes no writes any more.
    pub(super) writable_since: AtomicU64,
    pub(super) closed: AtomicBool,
    pub(super) statement_timeout: Option<Duration>,
    /// Bounds everything that we ask of a connection for ourselves.
    pub(super) upkeep_timeout: Duration,
    pub(super) log: Log,
    /// The most connections that there may be.
    pub(super) size: usize,
    pub(super) holders: Holders,
    pub(super) clock: Clock,
    pub(super) counters: Counters,
}
