//! Tests of this floor: on a database made up for it, and on real ones.

mod fake;
mod log;
mod pool;
mod real;
mod send;
mod transaction;
