//! Where randomness of tests starts.

/// The seed of a random test: the one in `ORM_TEST_SEED`, or a new one. It is printed, so that what failed can be run again.
pub fn seed(test: &str) -> u64 {
    let given = std::env::var("ORM_TEST_SEED").ok().and_then(|text| text.parse().ok());
    let seed = given.unwrap_or_else(|| fastrand::u64(..));
    println!("{test}: ORM_TEST_SEED={seed}");
    seed
}
