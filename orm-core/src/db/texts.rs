//! The texts of fixed statements, rendered once per `Db` and found by number.

use std::sync::OnceLock;

/// The first shelf has this many places, each further one twice as many as the one before.
const FIRST: usize = 64;
const SHELVES: usize = 40;

type Shelf = Box<[OnceLock<Box<str>>]>;

/// A table that grows without moving what is in it, so that a reader takes no lock and gets a plain `&str`.
pub(super) struct Texts {
    shelves: [OnceLock<Shelf>; SHELVES],
}

impl Texts {
    pub(super) const fn new() -> Self {
        Self { shelves: [const { OnceLock::new() }; SHELVES] }
    }

    /// The text under this number; rendered now if it is the first time.
    pub(super) fn get(&self, number: usize, render: impl FnOnce() -> String) -> &str {
        let place = number + FIRST;
        let shelf = (place.ilog2() - FIRST.ilog2()) as usize;
        let size = FIRST << shelf;
        let places = self.shelves[shelf].get_or_init(|| (0..size).map(|_| OnceLock::new()).collect());
        places[place - size].get_or_init(|| render().into_boxed_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Texts;

    #[test]
    fn every_number_has_its_own_place_and_is_rendered_once() {
        let texts = Texts::new();
        for round in 0..2 {
            for number in (0..500).chain([100_000]) {
                let text = texts.get(number, || {
                    assert_eq!(round, 0, "rendered twice");
                    number.to_string()
                });
                assert_eq!(text, number.to_string());
            }
        }
    }
}
