//! What a slot cost.

use std::time::Instant;

use rustix::time::{ClockId, clock_gettime};

use crate::allocations;

/// What some work cost: all of it, not per operation.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cost {
    /// Seconds that passed.
    pub wall: f64,
    /// Seconds of processor time of this process, all threads, user and system.
    pub cpu: f64,
    /// Allocations; nothing unless counting is on.
    pub allocations: f64,
}

/// A running measurement.
pub struct Clock {
    wall: Instant,
    cpu: f64,
    allocations: u64,
}

impl Clock {
    pub fn start() -> Self {
        let (allocations, cpu) = (allocations::counted(), processor_seconds());
        Self { wall: Instant::now(), cpu, allocations }
    }

    pub fn stop(self) -> Cost {
        let wall = self.wall.elapsed().as_secs_f64();
        let cpu = processor_seconds() - self.cpu;
        Cost { wall, cpu, allocations: (allocations::counted() - self.allocations) as f64 }
    }
}

/// The process's own clock counts nanoseconds, where `getrusage` may count ticks.
fn processor_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
