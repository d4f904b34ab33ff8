//! What was found, as a table.

use std::fmt;
use std::time::Duration;

use tests::Outcome;

/// What a scenario found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Figures.
    pub(crate) tried: Vec<String>,
    /// The longest wait, or the longest time until something was well again, and what it is.
    pub(crate) longest: Option<(&'static str, Duration)>,
    /// Acknowledged writes that are not there, or others that should not be.
    pub(crate) lost: u64,
    /// What else is wrong.
    pub(crate) faults: Vec<String>,
}

impl Found {
    pub(crate) fn tried(figure: impl fmt::Display) -> Self {
        Self { tried: vec![figure.to_string()], ..Self::default() }
    }

    /// Keeps the longest.
    pub(crate) fn took(&mut self, what: &'static str, time: Duration) {
        if self.longest.is_none_or(|(_, longest)| time > longest) {
            self.longest = Some((what, time));
        }
    }

    /// Notes a fault where this is not so.
    pub(crate) fn check(&mut self, right: bool, otherwise: impl FnOnce() -> String) {
        if !right {
            self.faults.push(otherwise());
        }
    }

    /// Notes what a comparison of the books says.
    pub(crate) fn books(&mut self, outcome: Outcome) {
        if let Err(error) = outcome {
            self.lost += 1;
            self.faults.push(error.to_string());
        }
    }
}

/// All that was found.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<[String; 6]>,
    failed: bool,
}

impl Table {
    /// Adds a line, and gives it.
    pub(crate) fn add(&mut self, scenario: &str, server: &str, found: Outcome<Found>) -> String {
        let database = server.trim_start_matches("lone-").to_owned();
        let found =
            found.unwrap_or_else(|error| Found { faults: vec![error.to_string()], ..Found::default() });
        let longest = found
            .longest
            .map(|(what, time)| format!("{what} {:.3} s", time.as_secs_f64()))
            .unwrap_or_default();
        let verdict = if found.faults.is_empty() { "ok".to_owned() } else { found.faults.join("; ") };
        self.failed |= verdict != "ok";
        let row =
            [scenario.to_owned(), database, found.tried.join(", "), longest, found.lost.to_string(), verdict];
        let line = line(&row);
        self.rows.push(row);
        line
    }

    pub(crate) fn is_ok(&self) -> bool {
        !self.failed
    }
}

fn line(cells: &[String; 6]) -> String {
    format!("| {} |", cells.join(" | "))
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| scenario | database | tried | longest | lost | verdict |")?;
        writeln!(f, "| --- | --- | --- | --- | --- | --- |")?;
        self.rows.iter().try_for_each(|row| writeln!(f, "{}", line(row)))
    }
}
