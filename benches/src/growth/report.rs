//! Tables of what a unit costs, and how steeply the whole grows.

use std::fmt::Write as _;

use super::{Lane, Point, Series};

/// The exponent from which on growth is worse than linear.
const STEEP: f64 = 1.1;

/// As Markdown.
pub fn write(series: &[Series]) -> String {
    series.iter().map(one).collect()
}

fn one(series: &Series) -> String {
    let mut text = format!("### {}\n\n", series.title);
    let time = format!("wall / CPU in µs per {}", series.unit);
    table(&mut text, series, &time, |point| {
        let each = |seconds: f64| figure(seconds * 1e6 / point.size as f64);
        format!("{} / {}", each(point.wall), each(point.cpu))
    });
    if series.memory {
        let title = "The most memory in use at a time, in kB; allocations";
        table(&mut text, series, title, |point| {
            format!("{}; {}", figure(point.peak as f64 / 1e3), figure(point.allocations))
        });
    }
    let slopes: Vec<String> = series.lanes.iter().filter_map(slopes).collect();
    let _ = writeln!(text, "Exponent of the growth, wall / CPU: {}.\n", slopes.join("; "));
    text
}

fn table(text: &mut String, series: &Series, what: &str, cell: impl Fn(&Point) -> String) {
    let heads: String = series.lanes.iter().map(|lane| format!(" {} |", lane.name)).collect();
    let _ = writeln!(text, "{what}:\n\n| {} |{heads}", series.units);
    let _ = writeln!(text, "| --: |{}", " --: |".repeat(series.lanes.len()));
    let mut sizes: Vec<u64> =
        series.lanes.iter().flat_map(|lane| lane.points.iter().map(|point| point.size)).collect();
    sizes.sort_unstable();
    sizes.dedup();
    for size in sizes {
        let point = |lane: &Lane| lane.points.iter().find(|point| point.size == size).copied();
        let cells: String = series
            .lanes
            .iter()
            .map(|lane| format!(" {} |", point(lane).map_or_else(|| "–".to_owned(), |point| cell(&point))))
            .collect();
        let _ = writeln!(text, "| {} |{cells}", grouped(size));
    }
    text.push('\n');
}

/// Both exponents; in bold what is worse than linear.
fn slopes(lane: &Lane) -> Option<String> {
    let marked = |exponent: f64| {
        let mark = if exponent > STEEP { "**" } else { "" };
        format!("{mark}{exponent:.2}{mark}")
    };
    let (wall, cpu) = (exponent(lane, |point| point.wall)?, exponent(lane, |point| point.cpu)?);
    Some(format!("{} {} / {}", lane.name, marked(wall), marked(cpu)))
}

/// The slope in a picture whose both axes are logarithmic, over the larger half of the sizes, but three at least: of the line that fits best.
fn exponent(lane: &Lane, of: fn(&Point) -> f64) -> Option<f64> {
    let sizes = lane.points.len();
    let larger = &lane.points[sizes.saturating_sub(3).min(sizes / 2)..];
    if larger.len() < 2 {
        return None;
    }
    let points: Vec<(f64, f64)> =
        larger.iter().map(|point| ((point.size as f64).ln(), of(point).ln())).collect();
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / points.len() as f64;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let covariance: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    let variance: f64 = points.iter().map(|point| (point.0 - x).powi(2)).sum();
    Some(covariance / variance)
}

/// Three digits that count.
fn figure(value: f64) -> String {
    match value {
        v if v < 10.0 => format!("{v:.2}"),
        v if v < 100.0 => format!("{v:.1}"),
        v => grouped(v.round() as u64),
    }
}

/// With commas between thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Lane, Point, exponent, grouped};

    fn lane(power: f64) -> Lane {
        let point = |size: u64| {
            let wall = (size as f64).powf(power);
            Point { size, wall, cpu: wall, allocations: 0.0, peak: 0 }
        };
        Lane { name: "somebody", points: [1, 10, 100, 1_000].map(point).to_vec() }
    }

    #[test]
    fn exponents_are_the_slopes() {
        assert!(exponent(&lane(1.0), |point| point.wall).is_some_and(|slope| (slope - 1.0).abs() < 1e-9));
        assert!(exponent(&lane(2.0), |point| point.cpu).is_some_and(|slope| (slope - 2.0).abs() < 1e-9));
        assert!(exponent(&Lane { name: "nobody", points: Vec::new() }, |point| point.wall).is_none());
    }

    #[test]
    fn thousands_have_commas() {
        assert_eq!([1, 1_000, 1_000_000].map(grouped), ["1", "1,000", "1,000,000"]);
    }
}
