//! The overview as a picture: a panel a workload, and in it a line a contestant, with its name and its numbers beside the bars.
//!
//! Who and what a bar is can be told by its place and by the words beside it; the colours only help.

use std::path::Path;

use anyhow::{Context as _, Result};
use svg::Document;
use svg::node::element::{Group, Line as Stroke, Rectangle, Text};

use crate::summary::{Figures, Line, Overview, Summary};

const COLUMNS: usize = 3;
const PANEL: f64 = 380.0;
/// Above the lines of a panel, for its heading, and below them.
const HEAD: f64 = 26.0;
const FOOT: f64 = 16.0;
const LINE: f64 = 21.0;
const BAR: f64 = 7.0;
/// Where bars begin, beside the names.
const LEFT: f64 = 134.0;
/// How long a bar of 1 is.
const ONE: f64 = 42.0;
/// Longer bars are cut off; their numbers say how long they are.
const MOST: f64 = 3.0;
const MARGIN: f64 = 16.0;
/// Above the panels of a database.
const TITLE: f64 = 52.0;

/// How the names of hand-written code begin.
const BY_HAND: [&str; 2] = ["mysql_async", "rusqlite"];

const INK: &str = "#1f2933";
const FAINT: &str = "#7b8794";
const WALL: &str = "#1f4e79";
const CPU: &str = "#a8c5e2";

/// Draws all databases below one another.
pub fn write(summary: &Summary, path: &Path) -> Result<()> {
    let mut group = Group::new().set("font-family", "Helvetica, Arial, sans-serif").set("fill", INK);
    let mut height = MARGIN;
    for overview in &summary.overviews {
        let (drawn, tall) = database(overview);
        group = group.add(drawn.set("transform", format!("translate({MARGIN} {height})")));
        height += tall;
    }
    let width = PANEL * COLUMNS as f64 + 2.0 * MARGIN;
    let paper = Rectangle::new().set("width", "100%").set("height", "100%").set("fill", "white");
    let document = Document::new()
        .set("viewBox", (0, 0, width, height))
        .set("width", width)
        .set("height", height)
        .set("role", "img")
        .set("aria-label", "Wall and processor time of several libraries, as ratios to hand-written code")
        .add(paper)
        .add(group);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    svg::save(path, &document).with_context(|| path.display().to_string())
}

/// The panels of a database, and how tall they are together.
fn database(overview: &Overview) -> (Group, f64) {
    // Hand-written code beside itself shows the noise, which is no news in a picture.
    let by_hand = |name: &str| BY_HAND.iter().any(|driver| name.starts_with(driver));
    let names: Vec<&str> = overview.names.iter().map(String::as_str).filter(|name| !by_hand(name)).collect();
    let explanation = "Upper bar, dark: wall time. Lower bar, light: processor time of the client. The line at 1 is hand-written driver code; shorter is better.";
    let mut group = Group::new()
        .add(text(0.0, 16.0, &overview.title).set("font-size", 16).set("font-weight", "bold"))
        .add(text(0.0, 36.0, explanation).set("font-size", 12));
    let panel = HEAD + LINE * names.len() as f64 + FOOT;
    for (n, line) in overview.lines.iter().enumerate() {
        let (x, y) = ((n % COLUMNS) as f64 * PANEL, TITLE + (n / COLUMNS) as f64 * panel);
        group = group.add(workload(line, &names).set("transform", format!("translate({x} {y})")));
    }
    (group, TITLE + overview.lines.len().div_ceil(COLUMNS) as f64 * panel)
}

fn workload(line: &Line, names: &[&str]) -> Group {
    let bottom = HEAD + LINE * names.len() as f64;
    let by_hand = Stroke::new()
        .set("x1", LEFT + ONE)
        .set("x2", LEFT + ONE)
        .set("y1", HEAD - 4.0)
        .set("y2", bottom)
        .set("stroke", INK)
        .set("stroke-dasharray", "3 2");
    let mut group =
        Group::new().add(text(0.0, 14.0, &line.workload).set("font-size", 12).set("font-weight", "bold"));
    for (n, name) in names.iter().enumerate() {
        let y = HEAD + LINE * n as f64;
        // The first one is this project.
        let weight = if n == 0 { "bold" } else { "normal" };
        let label = text(LEFT - 6.0, y + 11.0, name).set("text-anchor", "end").set("font-size", 11);
        group = group.add(label.set("font-weight", weight));
        group = match line.figures.get(*name) {
            Some(Figures { wall, cpu, .. }) => {
                let numbers = text(LEFT + ONE * MOST + 12.0, y + 11.0, &format!("{wall:.2} / {cpu:.2}"));
                group
                    .add(bar(y, *wall, WALL))
                    .add(bar(y + BAR, *cpu, CPU))
                    .add(numbers.set("font-size", 11).set("font-weight", weight))
            }
            None => {
                group.add(text(LEFT + 4.0, y + 11.0, "not measured").set("font-size", 10).set("fill", FAINT))
            }
        };
    }
    group.add(by_hand)
}

fn bar(y: f64, ratio: f64, colour: &str) -> Group {
    let length = ONE * ratio.clamp(0.0, MOST);
    let bar = Rectangle::new().set("x", LEFT).set("y", y).set("width", length).set("height", BAR);
    let group = Group::new().add(bar.set("fill", colour).set("stroke", WALL).set("stroke-width", 0.5));
    if ratio <= MOST {
        return group;
    }
    group.add(text(LEFT + length + 1.0, y + BAR, "›").set("font-size", 11))
}

fn text(x: f64, y: f64, content: &str) -> Text {
    Text::new(content).set("x", x).set("y", y)
}
