//! A line: who came first is served first.

use std::collections::VecDeque;
use std::num::NonZeroU64;
use std::task::Waker;

use super::clock::Moment;

/// Those who wait for a `T`, all of them for the same time at most.
pub(super) struct Line<T> {
    /// By their tickets. Who gave up has no waker any more, and is left where he was for a while.
    waiting: VecDeque<Waiting>,
    /// How many gave up of those.
    gone: usize,
    /// What was handed to those who have not looked yet.
    handed: Vec<(Ticket, T)>,
    next: NonZeroU64,
}

/// Somebody's place in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket(NonZeroU64);

struct Waiting {
    ticket: Ticket,
    /// How long he waits; `None` for ever.
    until: Option<Moment>,
    waker: Option<Waker>,
}

/// How it stands with somebody. Wakers are for the caller to drop when nothing is locked: what hangs on them is not known here.
pub(super) enum Look<T> {
    /// He waits on. With the waker that he had before.
    Waits(Option<Waker>),
    /// It is his turn.
    Served(T),
    /// He is not in line any more.
    Over,
}

impl<T> Line<T> {
    /// Nobody.
    pub(super) fn new() -> Self {
        Self { waiting: VecDeque::new(), gone: 0, handed: Vec::new(), next: NonZeroU64::MIN }
    }

    /// How many have not been served yet, those included who have not looked.
    pub(super) fn len(&self) -> usize {
        self.waiting.len() - self.gone + self.handed.len()
    }

    /// Puts somebody at the end. Nobody before him waits longer than he does.
    pub(super) fn enter(&mut self, until: Option<Moment>, waker: Waker) -> Ticket {
        let ticket = Ticket(self.next);
        self.next = self.next.saturating_add(1);
        self.waiting.push_back(Waiting { ticket, until, waker: Some(waker) });
        ticket
    }

    /// Hands it to the first in line, who is to be woken. Where nobody waits it comes back.
    pub(super) fn serve(&mut self, thing: T) -> Result<Waker, T> {
        while let Some(first) = self.waiting.pop_front() {
            match first.waker {
                Some(waker) => {
                    self.handed.push((first.ticket, thing));
                    return Ok(waker);
                }
                None => self.gone -= 1,
            }
        }
        Err(thing)
    }

    /// Looks how it stands with somebody, who is woken by this waker from now on.
    pub(super) fn look(&mut self, ticket: Ticket, waker: &Waker) -> Look<T> {
        if let Some(thing) = self.take(ticket) {
            return Look::Served(thing);
        }
        match self.find(ticket).and_then(|place| self.waiting[place].waker.as_mut()) {
            Some(known) if known.will_wake(waker) => Look::Waits(None),
            Some(known) => Look::Waits(Some(std::mem::replace(known, waker.clone()))),
            None => Look::Over,
        }
    }

    /// Somebody gives up. What he was handed comes back; so does his waker.
    pub(super) fn leave(&mut self, ticket: Ticket) -> (Option<T>, Option<Waker>) {
        let handed = self.take(ticket);
        let waker = self.find(ticket).and_then(|place| self.waiting[place].waker.take());
        if waker.is_some() {
            self.gone += 1;
            // Else many who give up behind one who waits on would stay.
            if self.gone > self.waiting.len() / 2 {
                self.waiting.retain(|waiting| waiting.waker.is_some());
                self.gone = 0;
            }
        }
        (handed, waker)
    }

    /// Sends away those who have waited for too long, who are to be woken.
    pub(super) fn expire(&mut self, now: Moment) -> Vec<Waker> {
        let mut late = Vec::new();
        while let Some(first) = self.waiting.front() {
            if first.waker.is_some() && first.until.is_none_or(|until| until > now) {
                break;
            }
            match self.waiting.pop_front().and_then(|first| first.waker) {
                Some(waker) => late.push(waker),
                None => self.gone -= 1,
            }
        }
        late
    }

    /// When the first in line has waited for too long.
    pub(super) fn deadline(&self) -> Option<Moment> {
        self.waiting.iter().find(|waiting| waiting.waker.is_some())?.until
    }

    /// Sends everybody away, to be woken. Who was handed something keeps it.
    pub(super) fn close(&mut self) -> Vec<Waker> {
        self.gone = 0;
        self.waiting.drain(..).filter_map(|waiting| waiting.waker).collect()
    }

    fn take(&mut self, ticket: Ticket) -> Option<T> {
        let place = self.handed.iter().position(|(of, _)| *of == ticket)?;
        Some(self.handed.swap_remove(place).1)
    }

    fn find(&self, ticket: Ticket) -> Option<usize> {
        self.waiting.binary_search_by_key(&ticket, |waiting| waiting.ticket).ok()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Wake, Waker};

    use proptest::prelude::{Strategy as _, prop_assert, prop_assert_eq, proptest};

    use super::super::clock::Moment;
    use super::{Line, Look, Ticket};

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn look(line: &mut Line<u32>, ticket: Ticket) -> Option<u32> {
        match line.look(ticket, Waker::noop()) {
            Look::Served(thing) => Some(thing),
            _ => None,
        }
    }

    #[test]
    fn a_new_waker_takes_the_place_of_the_old_one() {
        let (first, second) = (Arc::new(Count::default()), Arc::new(Count::default()));
        let mut line = Line::new();
        let ticket = line.enter(None, Arc::clone(&first).into());
        assert!(matches!(line.look(ticket, &Arc::clone(&first).into()), Look::Waits(None)));
        assert!(matches!(line.look(ticket, &Arc::clone(&second).into()), Look::Waits(Some(_))));
        line.serve(7).unwrap().wake();
        assert_eq!((first.0.load(Ordering::Relaxed), second.0.load(Ordering::Relaxed)), (0, 1));
        assert_eq!(look(&mut line, ticket), Some(7));
        assert!(matches!(line.look(ticket, Waker::noop()), Look::Over));
    }

    #[test]
    fn many_who_give_up_behind_one_who_waits_leave_no_trace() {
        let mut line = Line::<u32>::new();
        let patient = line.enter(None, Waker::noop().clone());
        for _ in 0..10_000 {
            let ticket = line.enter(None, Waker::noop().clone());
            line.leave(ticket);
        }
        assert!(line.waiting.len() <= 3, "{}", line.waiting.len());
        assert!(line.serve(1).is_ok());
        assert_eq!(look(&mut line, patient), Some(1));
    }

    #[test]
    fn who_is_late_is_sent_away_and_the_others_are_not() {
        let mut line = Line::<u32>::new();
        let tickets = [10, 20, 30].map(|until| line.enter(Some(Moment(until)), Waker::noop().clone()));
        assert_eq!(line.deadline(), Some(Moment(10)));
        assert_eq!(line.expire(Moment(9)).len(), 0);
        line.leave(tickets[0]);
        assert_eq!((line.deadline(), line.expire(Moment(20)).len()), (Some(Moment(20)), 1));
        assert!(matches!(line.look(tickets[1], Waker::noop()), Look::Over));
        assert_eq!((line.deadline(), line.close().len(), line.deadline()), (Some(Moment(30)), 1, None));
        assert!(line.serve(1).is_err());
    }

    #[derive(Debug, Clone)]
    enum Step {
        Enter,
        Serve,
        Look(usize),
        Leave(usize),
    }

    proptest! {
        /// Beside a line that is a list.
        #[test]
        fn nobody_is_overtaken_and_nothing_is_lost(
            steps in proptest::collection::vec(
                proptest::prop_oneof![
                    proptest::strategy::Just(Step::Enter),
                    proptest::strategy::Just(Step::Serve),
                    (0..12_usize).prop_map(Step::Look),
                    (0..12_usize).prop_map(Step::Leave),
                ],
                0..200,
            )
        ) {
            let mut line = Line::new();
            let (mut tickets, mut waiting, mut handed) = (Vec::new(), Vec::new(), Vec::new());
            let mut things = 0;
            for step in steps {
                match step {
                    Step::Enter => {
                        let ticket = line.enter(None, Waker::noop().clone());
                        tickets.push(ticket);
                        waiting.push(ticket);
                    }
                    Step::Serve => {
                        things += 1;
                        let served = line.serve(things);
                        if waiting.is_empty() {
                            prop_assert_eq!(served.err(), Some(things));
                        } else {
                            prop_assert!(served.is_ok());
                            handed.push((waiting.remove(0), things));
                        }
                    }
                    Step::Look(n) => {
                        let Some(&ticket) = tickets.get(n) else { continue };
                        let place = handed.iter().position(|(of, _)| *of == ticket);
                        prop_assert_eq!(look(&mut line, ticket), place.map(|place| handed.remove(place).1));
                    }
                    Step::Leave(n) => {
                        if n >= tickets.len() { continue }
                        let ticket = tickets.remove(n);
                        let place = handed.iter().position(|(of, _)| *of == ticket);
                        let (thing, waker) = line.leave(ticket);
                        prop_assert_eq!(thing, place.map(|place| handed.remove(place).1));
                        prop_assert_eq!(waker.is_some(), waiting.contains(&ticket));
                        waiting.retain(|other| *other != ticket);
                    }
                }
                prop_assert_eq!(line.len(), waiting.len() + handed.len());
            }
        }
    }
}
