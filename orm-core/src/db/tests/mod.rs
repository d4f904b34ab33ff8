//! Tests of this floor on real databases: SQLite where it is compiled in, MySQL and MariaDB where their URLs are set.

mod connects;
mod cut;
mod errors;
mod journal;
mod lives;
mod log;
mod place;
mod pool;
mod proxy;
mod savepoint;
mod send;
mod server;
mod stream;
mod stub;
mod transaction;
