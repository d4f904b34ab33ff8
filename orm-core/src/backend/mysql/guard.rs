//! Keeps the driver's panics from the application: mysql_async gives up that way on some streams that no server should send.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};

use mysql_async::Conn;
use mysql_async::prelude::Queryable as _;

/// Tells whose code is running: a panic of the caller's stays a panic.
#[derive(Debug, Default)]
pub(super) struct Whose(AtomicBool);

impl Whose {
    /// Runs code of the caller's.
    pub(super) fn callers<T>(&self, run: impl FnOnce() -> T) -> T {
        self.0.store(true, Ordering::Relaxed);
        let done = run();
        self.0.store(false, Ordering::Relaxed);
        done
    }
}

/// Runs a future of the driver's to its end; `None` where it panicked. What it worked on is of no use then.
///
/// It is polled where it was pinned: handed over, an `async fn` would keep room for it twice.
pub(super) async fn guarded<F: Future + ?Sized>(mut future: Pin<&mut F>, whose: &Whose) -> Option<F::Output> {
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(poll) => poll.map(Some),
        Err(panic) if whose.0.load(Ordering::Relaxed) => resume_unwind(panic),
        Err(_) => Poll::Ready(None),
    })
    .await
}

/// Drops a connection whose stream may hold part of a reply. The driver would read that to its end first, in a task of its own,
/// however long it takes; a command that was begun and dropped keeps it from that.
pub(super) fn hang_up(mut conn: Conn) {
    if std::thread::panicking() {
        return;
    }
    // Whatever comes of it, panics included.
    let _ = catch_unwind(AssertUnwindSafe(|| {
        let mut command = conn.ping();
        let _ = command.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    }));
}
