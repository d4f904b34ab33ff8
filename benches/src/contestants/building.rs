//! Who builds the SQL of a query, with its parameters, and sends nothing.

use std::hint::black_box;

use anyhow::{Result, bail};

use crate::cells::Row;
use crate::clock::{Clock, Cost};
use crate::contestant::{Entrant, Local};
use crate::contestants::ours::{Ours, dearer};
use crate::workload::Input;

/// A way to build the SQL of the ten newest items of a category that cost more.
pub trait Builder {
    fn name(&self) -> &'static str;
    /// The SQL with its parameters, in whatever form the library gives them.
    fn build<'a>(&'a self, category: &'a str, price: f64) -> Result<impl Sized + 'a>;
}

/// Enters a contestant.
pub struct Building<B>(pub B);

impl<B: Builder> Building<B> {
    fn work(&self, input: &Input) -> Result<()> {
        let Input::Page { category, price } = input else { bail!("only pages are asked for, not {input:?}") };
        drop(black_box(self.0.build(category, *price)?));
        Ok(())
    }
}

impl<B: Builder> Entrant for Building<B> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn once(&mut self, input: Input) -> Local<'_, Vec<Row>> {
        Box::pin(async move { self.work(&input).map(|()| Vec::new()) })
    }

    fn slot(&mut self, inputs: Vec<Input>) -> Local<'_, Cost> {
        Box::pin(async move {
            let clock = Clock::start();
            for input in &inputs {
                self.work(input)?;
            }
            Ok(clock.stop())
        })
    }
}

/// A stream has its SQL when it is made, and sends it when it is polled: what it is besides is measured along.
impl Builder for Ours {
    fn name(&self) -> &'static str {
        "orm-core"
    }

    fn build<'a>(&'a self, category: &'a str, price: f64) -> Result<impl Sized + 'a> {
        Ok(dearer(category, price).stream(&self.0))
    }
}
