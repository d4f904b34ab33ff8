//! A file for each library.

mod diesel;
mod ours;
mod raw;
mod sea_orm;
mod toasty;

use crate::contestant::Contestant;

pub use ours::Ours;

/// We come first: the others are measured by us.
pub fn libraries() -> Vec<Box<dyn Contestant>> {
    vec![
        Box::new(Ours { associated: true }),
        Box::new(diesel::Diesel),
        Box::new(sea_orm::SeaOrm),
        Box::new(toasty::Toasty),
    ]
}

/// The driver alone, which has no models.
pub fn raw() -> Box<dyn Contestant> {
    Box::new(raw::Raw)
}
