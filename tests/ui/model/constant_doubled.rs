use orm_core::prelude::*;

#[derive(Model, Clone)]
struct Note {
    id: u64,
    title_text: String,
    #[allow(non_snake_case)]
    #[model(column = "other")]
    titleText: String,
}

fn main() {}
