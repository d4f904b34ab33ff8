use orm_core::prelude::*;

#[derive(Model, Clone)]
#[model(has_one(profile: Profile, singular = profil))]
struct User {
    id: u64,
}

#[derive(Model, Clone)]
struct Profile {
    id: u64,
    #[model(belongs_to = User)]
    user_id: u64,
}

fn main() {}
