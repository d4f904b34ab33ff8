//! Everybody on one page: medians only, a row a workload, a column a contestant.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use crate::runner::Outcome;
use crate::table::number;

/// Tables of all that was measured, one a database.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Summary {
    pub overviews: Vec<Overview>,
}

/// One database.
#[derive(Debug, Serialize, Deserialize)]
pub struct Overview {
    pub title: String,
    /// The contestants, in the order of their columns.
    pub names: Vec<String>,
    pub lines: Vec<Line>,
}

/// One workload.
#[derive(Debug, Serialize, Deserialize)]
pub struct Line {
    pub workload: String,
    /// Allocations of what the ratios are to.
    pub base: f64,
    /// By contestant. Who does not take part is not there.
    pub figures: BTreeMap<String, Figures>,
}

/// Ratios of times, and a number of allocations.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Figures {
    pub wall: f64,
    pub cpu: f64,
    pub allocations: f64,
}

impl Summary {
    /// All contestants beside the one at this place.
    pub fn of(title: &str, outcomes: &[Outcome], base: usize) -> Self {
        let mut overview = Overview { title: title.to_owned(), names: Vec::new(), lines: Vec::new() };
        for outcome in outcomes {
            let mut figures = BTreeMap::new();
            let mut allocations = None;
            for (lane, base) in (0..outcome.lanes.len()).filter_map(|place| outcome.pair(place, base)) {
                allocations = Some(base.allocations);
                if lane.name == base.name {
                    continue;
                }
                let (wall, cpu) = (lane.ratio(base, |cost| cost.wall), lane.ratio(base, |cost| cost.cpu));
                let ratios = Figures { wall: wall.median, cpu: cpu.median, allocations: lane.allocations };
                figures.insert(lane.name.to_owned(), ratios);
                add_name(&mut overview.names, lane.name);
            }
            if let Some(base) = allocations {
                overview.lines.push(Line { workload: outcome.workload.to_string(), base, figures });
            }
        }
        Self { overviews: vec![overview] }
    }

    /// Says more about each of its workloads.
    pub fn note(mut self, more: &str) -> Self {
        self.lines().for_each(|line| line.workload.push_str(more));
        self
    }

    /// Leaves out those contestants.
    pub fn leave_out(&mut self, who: impl Fn(&str) -> bool) {
        self.lines().for_each(|line| line.figures.retain(|name, _| !who(name)));
        self.overviews.iter_mut().for_each(|overview| overview.names.retain(|name| !who(name)));
    }

    /// Adds what another part or another run has measured. What is here already stays.
    pub fn merge(&mut self, other: Self) {
        for theirs in other.overviews {
            match self.overviews.iter_mut().find(|ours| ours.title == theirs.title) {
                Some(ours) => ours.merge(theirs),
                None => self.overviews.push(theirs),
            }
        }
    }

    fn lines(&mut self) -> impl Iterator<Item = &mut Line> {
        self.overviews.iter_mut().flat_map(|overview| &mut overview.lines)
    }

    /// Reads what [`save`](Self::save) wrote.
    pub fn load(path: &Path) -> Result<Self> {
        let file = File::open(path).with_context(|| path.display().to_string())?;
        Ok(serde_json::from_reader(BufReader::new(file))?)
    }

    pub fn save(&self, path: &Path) -> Result<()> {
        let file = File::create(path).with_context(|| path.display().to_string())?;
        Ok(serde_json::to_writer_pretty(BufWriter::new(file), self)?)
    }

    /// As Markdown.
    pub fn write(&self) -> String {
        let mut text = String::new();
        for overview in &self.overviews {
            let (names, title) = (&overview.names, &overview.title);
            if names.is_empty() {
                continue;
            }
            let _ = writeln!(text, "### {title}: wall / CPU, ratios to hand-written code\n");
            heading(&mut text, names.iter().map(String::as_str));
            for line in &overview.lines {
                let times = |Figures { wall, cpu, .. }| format!("{wall:.2} / {cpu:.2}");
                row(&mut text, &line.workload, names.iter().map(|name| line.cell(name, times)));
            }
            let _ = writeln!(text, "\n### {title}: allocations\n");
            heading(&mut text, std::iter::once("by hand").chain(names.iter().map(String::as_str)));
            for line in &overview.lines {
                let counts =
                    names.iter().map(|name| line.cell(name, |figures: Figures| number(figures.allocations)));
                row(&mut text, &line.workload, std::iter::once(number(line.base)).chain(counts));
            }
            text.push('\n');
        }
        text
    }
}

impl Overview {
    fn merge(&mut self, other: Self) {
        other.names.iter().for_each(|name| add_name(&mut self.names, name));
        for theirs in other.lines {
            match self.lines.iter_mut().find(|ours| ours.workload == theirs.workload) {
                Some(ours) => theirs.figures.into_iter().for_each(|(name, figures)| {
                    ours.figures.entry(name).or_insert(figures);
                }),
                None => self.lines.push(theirs),
            }
        }
    }
}

impl Line {
    fn cell(&self, name: &str, write: impl Fn(Figures) -> String) -> String {
        self.figures.get(name).map_or_else(|| "–".to_owned(), |figures| write(*figures))
    }
}

fn add_name(names: &mut Vec<String>, name: &str) {
    if !names.iter().any(|there| there == name) {
        names.push(name.to_owned());
    }
}

fn heading<'a>(text: &mut String, names: impl Iterator<Item = &'a str> + Clone) {
    row(text, "workload", names.clone().map(str::to_owned));
    row(text, "---", names.map(|_| "--:".to_owned()));
}

fn row(text: &mut String, first: &str, cells: impl Iterator<Item = String>) {
    let cells: String = cells.map(|cell| format!(" {cell} |")).collect();
    let _ = writeln!(text, "| {first} |{cells}");
}
