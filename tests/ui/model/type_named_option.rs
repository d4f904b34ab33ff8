use orm_core::prelude::*;

mod other {
    #[derive(Newtype, Clone)]
    pub struct Wrapped(i32);

    pub type Option<T> = <T as Same>::It;

    pub trait Same {
        type It;
    }

    impl Same for i32 {
        type It = Wrapped;
    }

    use orm_core::prelude::*;
}
use other::Option;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    score: Option<i32>,
}

fn main() {}
