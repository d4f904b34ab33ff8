//! How long everything takes, and with which seed.

use std::time::Duration;

/// At which length the figures of the scenarios are the full ones.
const FULL: f64 = 15.0;

/// What was asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) minutes: f64,
}

impl Plan {
    /// What the arguments say, and the scenarios that they name.
    pub(crate) fn of(
        mut arguments: impl Iterator<Item = String>,
        names: &[&str],
    ) -> Result<(Self, Vec<String>), String> {
        let (mut plan, mut chosen) = (Self { seed: fastrand::u64(..), minutes: FULL }, Vec::new());
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} of what?"));
            match argument.as_str() {
                "--minutes" => plan.minutes = value()?.parse().map_err(|_| "no number of minutes")?,
                "--seed" => plan.seed = value()?.parse().map_err(|_| "no seed")?,
                name if names.contains(&name) => chosen.push(argument),
                other => return Err(format!("what is {other}?")),
            }
        }
        if plan.minutes > 0.0 { Ok((plan, chosen)) } else { Err("no time at all".to_owned()) }
    }

    /// The part of this number that there is time for, `least` at least.
    pub(crate) fn share(&self, full: u32, least: u64) -> u64 {
        let part = f64::from(full) * self.minutes / FULL;
        Duration::try_from_secs_f64(part).map_or(u64::from(full), |part| part.as_secs()).max(least)
    }

    /// How long a scenario may take before it counts as hanging.
    pub(crate) fn patience(&self) -> Duration {
        Duration::from_secs(600).mul_f64((self.minutes / FULL).max(1.0))
    }
}
