//! Pictures of growth: a panel a subject, both axes logarithmic, so that linear growth is a line of one slope wherever it is.

use std::path::Path;

use anyhow::{Context as _, Result};
use svg::Document;
use svg::node::element::{Circle, Group, Line, Polyline, Rectangle, Text};

use super::report::grouped;
use super::{Lane, Point, Series};

const COLUMNS: usize = 2;
const WIDTH: f64 = 520.0;
const HEIGHT: f64 = 340.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 20.0;
const HEAD: f64 = 70.0;
const FOOT: f64 = 46.0;
const MARGIN: f64 = 16.0;

const INK: &str = "#1f2933";
const FAINT: &str = "#cbd2d9";
/// Ours first; who is who is told by the dashes and the legend too.
const COLOURS: [&str; 4] = ["#1f4e79", "#c05621", "#2f855a", "#6b46c1"];
const DASHES: [&str; 4] = ["none", "7 3", "2 2", "9 3 2 3"];

/// What a panel shows of a series.
struct Panel<'a> {
    title: String,
    unit: &'a str,
    lanes: Vec<(&'a str, Vec<(f64, f64)>)>,
    write: fn(f64) -> String,
    /// Whether linear growth is drawn, to compare with.
    linear: bool,
}

/// Draws all of them into one file.
pub fn write(series: &[Series], path: &Path) -> Result<()> {
    let panels: Vec<Panel<'_>> = series.iter().flat_map(panels).collect();
    let mut group = Group::new().set("font-family", "Helvetica, Arial, sans-serif").set("fill", INK);
    for (n, panel) in panels.iter().enumerate() {
        let (x, y) = ((n % COLUMNS) as f64 * WIDTH + MARGIN, (n / COLUMNS) as f64 * HEIGHT + MARGIN);
        group = group.add(draw(panel).set("transform", format!("translate({x} {y})")));
    }
    let width = WIDTH * COLUMNS as f64 + 2.0 * MARGIN;
    let height = panels.len().div_ceil(COLUMNS) as f64 * HEIGHT + 2.0 * MARGIN;
    let document = Document::new()
        .set("viewBox", (0, 0, width, height))
        .set("width", width)
        .set("height", height)
        .set("role", "img")
        .set("aria-label", "How time and memory grow with the amount of work, on logarithmic axes")
        .add(Rectangle::new().set("width", "100%").set("height", "100%").set("fill", "white"))
        .add(group);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    svg::save(path, &document).with_context(|| path.display().to_string())
}

/// The time, and the memory where that is of interest.
fn panels(series: &Series) -> Vec<Panel<'_>> {
    let lanes = |of: fn(&Point) -> f64| -> Vec<(&str, Vec<(f64, f64)>)> {
        let points = |lane: &Lane| lane.points.iter().map(|point| (point.size as f64, of(point))).collect();
        series.lanes.iter().map(|lane| (lane.name, points(lane))).collect()
    };
    let (title, unit) = (series.title, series.units);
    let time = lanes(|point| point.wall * 1e6);
    let mut panels =
        vec![Panel { title: format!("{title}: time"), unit, lanes: time, write: duration, linear: true }];
    if series.memory {
        let bytes = lanes(|point| point.peak.max(1) as f64);
        panels.push(Panel {
            title: format!("{title}: memory"),
            unit,
            lanes: bytes,
            write: size,
            linear: false,
        });
    }
    panels
}

/// Logarithmic, over whole powers of ten.
struct Axis {
    low: i32,
    high: i32,
    from: f64,
    to: f64,
}

impl Axis {
    fn over(values: impl Iterator<Item = f64> + Clone, from: f64, to: f64) -> Self {
        let low = values.clone().fold(f64::INFINITY, f64::min).log10().floor() as i32;
        let high = values.fold(1.0, f64::max).log10().ceil() as i32;
        Self { low, high: high.max(low + 1), from, to }
    }

    fn at(&self, value: f64) -> f64 {
        let share = (value.log10() - f64::from(self.low)) / f64::from(self.high - self.low);
        self.from + share * (self.to - self.from)
    }

    fn powers(&self) -> impl Iterator<Item = f64> {
        (self.low..=self.high).map(|power| 10_f64.powi(power))
    }
}

fn draw(panel: &Panel<'_>) -> Group {
    let points = || panel.lanes.iter().flat_map(|(_, points)| points.iter().copied());
    let x = Axis::over(points().map(|(x, _)| x), LEFT, WIDTH - RIGHT);
    let y = Axis::over(points().map(|(_, y)| y), HEIGHT - FOOT, HEAD);
    let mut group = Group::new()
        .add(text(0.0, 14.0, &panel.title).set("font-size", 14).set("font-weight", "bold"))
        .add(text(WIDTH - RIGHT, HEIGHT - 12.0, panel.unit).set("font-size", 11).set("text-anchor", "end"));
    for power in x.powers() {
        let at = x.at(power);
        let label = text(at, HEIGHT - FOOT + 16.0, &grouped(power as u64)).set("text-anchor", "middle");
        group = group.add(rule((at, HEAD), (at, HEIGHT - FOOT))).add(label.set("font-size", 11));
    }
    for power in y.powers() {
        let at = y.at(power);
        let label = text(LEFT - 6.0, at + 4.0, &(panel.write)(power)).set("text-anchor", "end");
        group = group.add(rule((LEFT, at), (WIDTH - RIGHT, at))).add(label.set("font-size", 11));
    }
    if panel.linear {
        group = group.add(linear(panel, &x, &y));
    }
    for (n, (name, points)) in panel.lanes.iter().enumerate() {
        group = group.add(legend(n, name)).add(lane(n, points, &x, &y));
    }
    group
}

/// Growth in proportion, through the last point of the first lane.
fn linear(panel: &Panel<'_>, x: &Axis, y: &Axis) -> Group {
    let last = panel.lanes.first().and_then(|(_, points)| points.last().copied());
    let Some((size, cost)) = last else { return Group::new() };
    let bottom = 10_f64.powi(y.low);
    let smallest = (size * bottom / cost).max(10_f64.powi(x.low));
    let line = Line::new()
        .set("x1", x.at(smallest))
        .set("y1", y.at(cost * smallest / size))
        .set("x2", x.at(size))
        .set("y2", y.at(cost))
        .set("stroke", INK)
        .set("stroke-width", 0.8)
        .set("stroke-dasharray", "1 4");
    let word = text(WIDTH - RIGHT, HEAD - 8.0, "dotted: in proportion").set("text-anchor", "end");
    Group::new().add(line).add(word.set("font-size", 10))
}

fn lane(n: usize, points: &[(f64, f64)], x: &Axis, y: &Axis) -> Group {
    let colour = COLOURS[n % COLOURS.len()];
    let places: Vec<(f64, f64)> = points.iter().map(|&(size, cost)| (x.at(size), y.at(cost))).collect();
    let corners: Vec<String> = places.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    let line = Polyline::new()
        .set("points", corners.join(" "))
        .set("fill", "none")
        .set("stroke", colour)
        .set("stroke-width", 1.8)
        .set("stroke-dasharray", DASHES[n % DASHES.len()]);
    places.iter().fold(Group::new().add(line), |group, &(x, y)| {
        group.add(Circle::new().set("cx", x).set("cy", y).set("r", 2.6).set("fill", colour))
    })
}

/// Two to a line, above the picture.
fn legend(n: usize, name: &str) -> Group {
    let (x, y) = ((n % 2) as f64 * 250.0, 32.0 + (n / 2) as f64 * 16.0);
    let stroke = Line::new()
        .set("x1", x)
        .set("x2", x + 26.0)
        .set("y1", y - 4.0)
        .set("y2", y - 4.0)
        .set("stroke", COLOURS[n % COLOURS.len()])
        .set("stroke-width", 1.8)
        .set("stroke-dasharray", DASHES[n % DASHES.len()]);
    let weight = if name.starts_with("orm-core") { "bold" } else { "normal" };
    Group::new().add(stroke).add(text(x + 32.0, y, name).set("font-size", 11).set("font-weight", weight))
}

fn rule((x1, y1): (f64, f64), (x2, y2): (f64, f64)) -> Line {
    Line::new()
        .set("x1", x1)
        .set("y1", y1)
        .set("x2", x2)
        .set("y2", y2)
        .set("stroke", FAINT)
        .set("stroke-width", 0.6)
}

fn text(x: f64, y: f64, content: &str) -> Text {
    Text::new(content).set("x", x).set("y", y)
}

/// Of microseconds.
fn duration(micros: f64) -> String {
    match micros {
        v if v < 1.0 => format!("{v} µs"),
        v if v < 1e3 => format!("{v:.0} µs"),
        v if v < 1e6 => format!("{:.0} ms", v / 1e3),
        v => format!("{:.0} s", v / 1e6),
    }
}

fn size(bytes: f64) -> String {
    match bytes {
        v if v < 1e3 => format!("{v:.0} B"),
        v if v < 1e6 => format!("{:.0} kB", v / 1e3),
        v => format!("{:.0} MB", v / 1e6),
    }
}
