//! Measures this project beside hand-written driver code, and beside other libraries if they are built in.

#[cfg(feature = "peers")]
use benches::Everybody as Guests;
#[cfg(not(feature = "peers"))]
use benches::peers::Nobody as Guests;

fn main() -> anyhow::Result<()> {
    benches::program::run(&Guests)
}
