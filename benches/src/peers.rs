//! Other libraries that take part beside hand-written code and us.

use crate::contestant::{Entrant, Local};

/// Those who take part in each part of a run. Nobody does, unless a program says so.
pub trait Peers {
    /// Over one connection to a server.
    fn single<'a>(&'a self, _url: &'a str) -> Local<'a, Vec<Box<dyn Entrant>>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    /// Records with what belongs to them, over one connection to a server.
    fn includes<'a>(&'a self, _url: &'a str) -> Local<'a, Vec<Box<dyn Entrant>>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    /// So many tasks over a pool of ten.
    fn pool<'a>(&'a self, _url: &'a str, _tasks: usize) -> Local<'a, Vec<Box<dyn Entrant>>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    /// Building SQL without sending it.
    fn build(&self) -> Vec<Box<dyn Entrant>> {
        Vec::new()
    }

    /// An SQLite file at this path.
    fn sqlite<'a>(&'a self, _path: &'a str) -> Local<'a, Vec<Box<dyn Entrant>>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}

/// No peers.
pub struct Nobody;

impl Peers for Nobody {}
