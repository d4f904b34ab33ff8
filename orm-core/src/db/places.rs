//! The places of a pool: as many as it may have connections. Whoever has one has a connection, or opens one.

use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures_timer::Delay;

use super::clock::Moment;
use super::held;
use super::line::{Line, Look, Ticket};
use super::metrics::{Counters, pool_event};
use super::opener::{CLOSED, Kept, farewell};
use super::shared::Shared;
use crate::error::{Error, Result};

/// The places of a pool, those who wait for one, and the connections that rest between two users.
pub(super) struct Places {
    state: Mutex<State>,
    shared: Arc<Shared>,
    patience: Duration,
}

/// What changes hands, behind one lock. A place that comes free goes to the first in line, with its connection; so nobody waits while one is free.
struct State {
    /// How many places nobody has.
    free: usize,
    /// The one used last, which is the warmest, at the end.
    resting: Vec<Kept>,
    line: Line<Option<Kept>>,
    /// What wakes those who have waited for too long: one for all, since a timer for each costs more than all else of waiting.
    alarm: Option<Delay>,
}

/// A place. Dropping it lets in whoever waits longest. `None` where it was left.
pub(super) struct Place(Option<Arc<Places>>);

/// A place, with the connection that its last user left on it. The place comes free last.
pub(super) struct Turn {
    member: Option<Kept>,
    place: Place,
}

/// Somebody who wants a place. A thousand of them are small.
pub(super) struct InLine<'p> {
    places: &'p Arc<Places>,
    ticket: Option<Ticket>,
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(places) = self.0.take() {
            // There is no connection that could come back.
            let _ = places.come_free(None);
        }
    }
}

impl Place {
    /// Leaves it, with a connection for the next one, or says good-bye on that where the pool was closed.
    pub(super) fn leave(mut self, member: Kept) {
        if let Some(places) = self.0.take()
            && let Err(mut member) = places.come_free(Some(member))
        {
            member.entry.reason = CLOSED;
            farewell(member);
        }
    }

    /// Has another connection come with it, if one rests.
    pub(super) fn again(self) -> Turn {
        let member = self.resting();
        Turn { place: self, member }
    }

    fn resting(&self) -> Option<Kept> {
        self.0.as_ref()?.state().resting.pop()
    }
}

impl Turn {
    /// The place, and a connection that can be used again, where there is one.
    pub(super) fn begin(self, now: Moment) -> (Place, Option<Kept>) {
        let Self { place, mut member } = self;
        while let Some(mut found) = member {
            match found.spent(now) {
                Some(reason) => found.entry.reason = reason,
                None => return (place, Some(found)),
            }
            drop(found);
            member = place.resting();
        }
        (place, None)
    }
}

impl Places {
    pub(super) fn new(shared: Arc<Shared>, patience: Duration) -> Arc<Self> {
        let state = State { free: shared.size, resting: Vec::new(), line: Line::new(), alarm: None };
        Arc::new(Self { state: Mutex::new(state), shared, patience })
    }

    /// How long somebody waits.
    pub(super) fn patience(&self) -> Duration {
        self.patience
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with the line, and tells the metrics how many wait after it.
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state();
        let done = change(&mut state);
        self.shared.counters.waiting.store(state.line.len(), Ordering::Relaxed);
        done
    }

    /// A place: at once where one is free, else when it is one's turn. `None` where that takes too long.
    ///
    /// # Errors
    /// `Closed`; `HeldByTransaction` where the caller holds all places himself.
    pub(super) fn take(self: &Arc<Self>) -> InLine<'_> {
        InLine { places: self, ticket: None }
    }

    /// A place if one is free, else a ticket. Nobody is overtaken: what comes free goes to those who wait.
    fn enter(self: &Arc<Self>, waker: &Waker) -> Result<Result<Turn, Ticket>> {
        let size = self.shared.size;
        let entered = self.change(|state| {
            if self.is_closed() {
                return Err(Error::Closed);
            }
            if state.free > 0 {
                state.free -= 1;
                return Ok(Ok(self.turn(state.resting.pop())));
            }
            if held::by_callers(&self.shared) >= size {
                return Err(Error::HeldByTransaction { size });
            }
            let ticket = state.line.enter(self.shared.clock.now().after(self.patience), waker.clone());
            Ok(Err((ticket, self.watch(state))))
        });
        Ok(entered?.map_err(|(ticket, late)| {
            late.into_iter().for_each(Waker::wake);
            Counters::add(&self.shared.counters.waits);
            pool_event!(DEBUG, self.shared, "a call waits for a connection");
            ticket
        }))
    }

    fn turn(self: &Arc<Self>, member: Option<Kept>) -> Turn {
        Turn { place: Place(Some(Arc::clone(self))), member }
    }

    /// A place comes free, with a connection or without one.
    ///
    /// # Errors
    /// The connection, where the pool was closed.
    fn come_free(&self, member: Option<Kept>) -> Result<(), Kept> {
        let first = self.change(|state| {
            // With the lock: `Places::close` takes everything after it has said so.
            if self.is_closed() {
                return member.map_or(Ok(None), Err);
            }
            Ok(state
                .line
                .serve(member)
                .map_err(|member| {
                    state.free += 1;
                    state.resting.extend(member);
                })
                .ok())
        });
        first?.into_iter().for_each(Waker::wake);
        Ok(())
    }

    /// Takes those out of the line who have waited for too long, and sees to it that the others are looked for when it is time. They are to be
    /// woken when nothing is locked.
    fn watch(self: &Arc<Self>, state: &mut State) -> Vec<Waker> {
        let mut late = Vec::new();
        while state.alarm.is_none() {
            let now = self.shared.clock.now();
            late.extend(state.line.expire(now));
            let Some(deadline) = state.line.deadline() else { break };
            let mut alarm = Delay::new(deadline.since(now));
            let waker = Waker::from(Arc::new(Alarm(Arc::downgrade(self))));
            if Pin::new(&mut alarm).poll(&mut Context::from_waker(&waker)).is_pending() {
                state.alarm = Some(alarm);
            }
        }
        late
    }

    /// Takes out the connections that have rested for too long, or are too old, but for so many of all that are open.
    pub(super) fn spent(&self, min: usize) -> Vec<Kept> {
        let (mut open, _) = self.shared.holders.count();
        let now = self.shared.clock.now();
        // Those that were used longest ago come first.
        let spent = |member: &mut Kept| {
            let reason = if open > min { member.limits.expired(member.rest(now), now) } else { None };
            if let Some(reason) = reason {
                open -= 1;
                member.entry.reason = reason;
            }
            reason.is_some()
        };
        self.state().resting.extract_if(.., spent).collect()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.shared.closed.load(Ordering::Acquire)
    }

    /// Lets nobody in any more, and gives the connections that nobody uses.
    pub(super) fn close(&self) -> Vec<Kept> {
        let (resting, waiting) = self.change(|state| {
            self.shared.closed.store(true, Ordering::Release);
            state.alarm = None;
            (std::mem::take(&mut state.resting), state.line.close())
        });
        waiting.into_iter().for_each(Waker::wake);
        resting
    }
}

impl Future for InLine<'_> {
    /// `None` where it took too long.
    type Output = Result<Option<Turn>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let places = self.places;
        let Some(ticket) = self.ticket else {
            return match places.enter(context.waker())? {
                Ok(turn) => Poll::Ready(Ok(Some(turn))),
                Err(ticket) => {
                    self.ticket = Some(ticket);
                    Poll::Pending
                }
            };
        };
        let look = places.change(|state| state.line.look(ticket, context.waker()));
        let outcome = match look {
            Look::Waits(_before) => return Poll::Pending,
            Look::Served(member) => Ok(Some(places.turn(member))),
            Look::Over if places.is_closed() => Err(Error::Closed),
            Look::Over => Ok(None),
        };
        self.ticket = None;
        Poll::Ready(outcome)
    }
}

impl Drop for InLine<'_> {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket else { return };
        let (handed, _waker) = self.places.change(|state| state.line.leave(ticket));
        // The place that he was handed, with or without a connection, goes on to the next one.
        let Some(member) = handed else { return };
        let place = Place(Some(Arc::clone(self.places)));
        if let Some(member) = member {
            place.leave(member);
        }
    }
}

/// Sends those away who have waited for too long, on the timer's own thread: whoever waits may do so in a runtime that is about to end.
struct Alarm(Weak<Places>);

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        let Some(places) = self.0.upgrade() else { return };
        let late = places.change(|state| {
            state.alarm = None;
            places.watch(state)
        });
        late.into_iter().for_each(Waker::wake);
    }
}
