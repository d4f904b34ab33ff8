//! Futures that are dropped at a poll of one's choice.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use crate::Outcome;

/// How often a future has to come to its end before a sweep is over. How many polls it takes is not the same every time.
const ENDS: usize = 3;

/// Polls the future so many times, then drops it. `None` where it was dropped before its end.
pub async fn cut<T>(polls: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(value) => Poll::Ready(Some(value)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Calls `step` with 1, 2, 3 .. polls until what it cuts comes to its end: it returns whether it did. Gives the last number.
///
/// # Errors
/// The first error of a step, with the number of polls; an error too where there is no end after `most` polls.
pub async fn sweep(most: usize, mut step: impl AsyncFnMut(usize) -> Outcome<bool>) -> Outcome<usize> {
    let mut ends = 0;
    for polls in 1..=most {
        if step(polls).await.map_err(|error| format!("cut at poll {polls}: {error}"))? {
            ends += 1;
        }
        if ends == ENDS {
            return Ok(polls);
        }
    }
    Err(format!("it has not come to its end after {most} polls").into())
}
