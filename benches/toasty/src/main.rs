//! `toasty` beside the same hand-written code, in a program of its own.

mod contestant;
mod models;

use anyhow::Result;
use benches::contestant::{Crowd, Entrant, Local, Single};
use benches::eager::Loading;
use benches::peers::Peers;

use crate::contestant::Toasty;

struct OnlyToasty;

impl Peers for OnlyToasty {
    fn single<'a>(&'a self, url: &'a str) -> Local<'a, Vec<Box<dyn Entrant>>> {
        Box::pin(async { Ok(vec![Box::new(Single(Toasty::connect(url, 1).await?)) as Box<dyn Entrant>]) })
    }

    fn includes<'a>(&'a self, url: &'a str) -> Local<'a, Vec<Box<dyn Entrant>>> {
        Box::pin(async { Ok(vec![Box::new(Loading(Toasty::connect(url, 1).await?)) as Box<dyn Entrant>]) })
    }

    fn pool<'a>(&'a self, url: &'a str, tasks: usize) -> Local<'a, Vec<Box<dyn Entrant>>> {
        Box::pin(async move {
            Ok(vec![Box::new(Crowd(Toasty::connect(url, 10).await?, tasks)) as Box<dyn Entrant>])
        })
    }
}

fn main() -> Result<()> {
    benches::program::run(&OnlyToasty)
}
