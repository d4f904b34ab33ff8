//! How cost grows: the same work in many sizes, ours beside hand-written code where there is some.

mod children;
mod columns;
mod depth;
mod plot;
mod report;
mod rows;
mod tasks;
mod updates;

use std::hint::black_box;

use anyhow::{Result, ensure};
use indicatif::ProgressBar;
use mysql_async::Conn;
use mysql_async::prelude::Queryable as _;

pub use self::plot::write as plot;
pub use self::report::write as report;
use crate::allocations;
use crate::clock::{Clock, Cost};
use crate::contestant::Local;
use crate::contestants::raw::options;
use crate::runner::Plan;
use crate::stats::Spread;

/// Up to this size, work is done once before anything is counted: what a connection keeps from then on is no part of it.
const WARMED: u64 = 10_000;

/// A way to do an amount of work.
pub trait Worker {
    fn name(&self) -> &'static str;
    /// The most that it is asked for.
    fn most(&self) -> u64 {
        u64::MAX
    }
    /// Makes ready for more, which is not measured.
    fn ready(&mut self) -> Local<'_, ()> {
        Box::pin(async { Ok(()) })
    }
    /// Does so much, and gives a sum over all that it read or wrote, which must be the same for everybody.
    fn work(&mut self, size: u64) -> Local<'_, u64>;
}

/// What is measured in several sizes.
pub struct Subject {
    pub title: &'static str,
    /// What is counted, in the plural.
    pub units: &'static str,
    pub unit: &'static str,
    pub sizes: Vec<u64>,
    /// Whether the bytes in use are of interest.
    pub memory: bool,
    pub workers: Vec<Box<dyn Worker>>,
}

/// What it cost.
pub struct Series {
    pub title: &'static str,
    pub units: &'static str,
    pub unit: &'static str,
    pub memory: bool,
    pub lanes: Vec<Lane>,
}

/// What it cost one of those who did it.
pub struct Lane {
    pub name: &'static str,
    pub points: Vec<Point>,
}

/// One size.
#[derive(Debug, Clone, Copy)]
pub struct Point {
    pub size: u64,
    /// Seconds of all of it, medians.
    pub wall: f64,
    pub cpu: f64,
    pub allocations: f64,
    /// The most bytes that were in use at a time, beyond those from before.
    pub peak: i64,
}

/// How long to measure.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Seconds for each contestant and size.
    seconds: f64,
    least_rounds: usize,
    plan: Plan,
}

impl Budget {
    pub fn of(plan: Plan, quick: bool) -> Self {
        let (seconds, least_rounds) = if quick { (0.25, 1) } else { (1.5, 5) };
        Self { seconds, least_rounds, plan }
    }

    /// Repetitions within a round, and rounds, where one takes so many seconds.
    fn split(&self, each: f64) -> (usize, usize) {
        let repeated = ((self.plan.slot / each) as usize).clamp(1, 1_000);
        let rounds = (self.seconds / (repeated as f64 * each)) as usize;
        (repeated, rounds.clamp(self.least_rounds, self.plan.rounds.max(self.least_rounds)))
    }
}

/// All that is measured over one connection.
pub async fn single(url: &str, quick: bool) -> Result<Vec<Subject>> {
    Ok(vec![
        rows::read(url, quick).await?,
        rows::insert(url, quick).await?,
        updates::subject(url).await?,
        depth::subject(url).await?,
        children::subject(url).await?,
        columns::subject(url).await?,
    ])
}

pub use self::tasks::subject as tasks;

/// Measures all sizes.
pub async fn measure(mut subject: Subject, budget: Budget, progress: &ProgressBar) -> Result<Series> {
    let mut lanes: Vec<Lane> =
        subject.workers.iter().map(|worker| Lane { name: worker.name(), points: Vec::new() }).collect();
    for &size in &subject.sizes {
        progress.set_message(format!("{}: {size}", subject.title));
        let (places, mut workers): (Vec<usize>, Vec<_>) =
            subject.workers.iter_mut().enumerate().filter(|(_, worker)| worker.most() >= size).unzip();
        for (place, point) in places.iter().zip(at(size, &mut workers, budget).await?) {
            lanes[*place].points.push(point);
        }
        progress.inc(1);
    }
    let Subject { title, units, unit, memory, .. } = subject;
    Ok(Series { title, units, unit, memory, lanes })
}

/// Everybody in one size, in turns.
async fn at(size: u64, workers: &mut [&mut Box<dyn Worker>], budget: Budget) -> Result<Vec<Point>> {
    let mut points = count(size, workers).await?;
    let first = once(&mut **workers[0], size, 1).await?;
    let (repeated, rounds) = budget.split(first.wall);
    let mut costs: Vec<Vec<Cost>> = workers.iter().map(|_| Vec::with_capacity(rounds)).collect();
    for round in 0..rounds {
        for turn in 0..workers.len() {
            let who = (round + turn) % workers.len();
            costs[who].push(once(&mut **workers[who], size, repeated).await?);
        }
    }
    for (point, costs) in points.iter_mut().zip(&costs) {
        let median = |of: fn(&Cost) -> f64| Spread::of(costs.iter().map(of).collect()).median;
        point.wall = median(|cost| cost.wall);
        point.cpu = median(|cost| cost.cpu);
    }
    Ok(points)
}

/// One run of each that is not timed: the sums are compared, allocations and bytes counted.
async fn count(size: u64, workers: &mut [&mut Box<dyn Worker>]) -> Result<Vec<Point>> {
    let mut points = Vec::new();
    let mut expected = None;
    for worker in workers {
        if size <= WARMED {
            worker.work(size).await?;
        }
        worker.ready().await?;
        let before = allocations::counted();
        allocations::watch_bytes();
        let sum = worker.work(size).await;
        let (peak, allocations) = (allocations::peak(), (allocations::counted() - before) as f64);
        allocations::set_counting(false);
        let sum = sum?;
        let expected = *expected.get_or_insert(sum);
        ensure!(sum == expected, "{}, {size}: {sum} instead of {expected}", worker.name());
        points.push(Point { size, wall: 0.0, cpu: 0.0, allocations, peak });
    }
    Ok(points)
}

/// The cost of one, where it is done several times.
async fn once(worker: &mut dyn Worker, size: u64, repeated: usize) -> Result<Cost> {
    worker.ready().await?;
    let clock = Clock::start();
    for _ in 0..repeated {
        black_box(worker.work(size).await?);
    }
    let (cost, times) = (clock.stop(), repeated as f64);
    Ok(Cost { wall: cost.wall / times, cpu: cost.cpu / times, allocations: 0.0 })
}

/// A connection of hand-written code.
async fn by_hand(url: &str) -> Result<Conn> {
    let mut conn = Conn::new(options(url)?.stmt_cache_size(0)).await?;
    conn.query_drop("SET time_zone = '+00:00'").await?;
    Ok(conn)
}
