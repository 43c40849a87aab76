//! Charts of lines, as SVG. Both axes are logarithmic: what grows with the table is a straight line, and what does not
//! grow is a level one.

use std::ops::Range;
use std::path::Path;

use plotters::prelude::{
    BLACK, ChartBuilder, Color, IntoDrawingArea, IntoLogRange, LineSeries, PathElement, RGBColor, SVGBackend,
    SeriesLabelPosition, WHITE,
};

use crate::Result;

const SIZE: (u32, u32) = (760, 440);
const COLORS: [RGBColor; 4] =
    [RGBColor(31, 97, 141), RGBColor(203, 67, 53), RGBColor(30, 132, 73), RGBColor(125, 60, 152)];

/// A chart.
#[derive(Debug, Clone)]
pub struct Chart {
    /// What it shows.
    pub title: String,
    /// What the horizontal axis counts.
    pub x: String,
    /// What the vertical axis counts.
    pub y: String,
    /// At most four lines.
    pub lines: Vec<Line>,
}

/// A line.
#[derive(Debug, Clone)]
pub struct Line {
    /// What it shows.
    pub name: String,
    /// In the order of x; both numbers are above zero.
    pub points: Vec<(f64, f64)>,
}

impl Line {
    /// A line through these points.
    pub fn new(name: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Self { name: name.into(), points: points.into_iter().collect() }
    }
}

impl Chart {
    /// Draws it into a file.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn write_svg(&self, path: &Path) -> Result<()> {
        let points = || self.lines.iter().flat_map(|line| &line.points);
        let (across, up) = (decades(points().map(|(x, _)| *x)), decades(points().map(|(_, y)| *y)));
        let area = SVGBackend::new(path, SIZE).into_drawing_area();
        area.fill(&WHITE)?;
        let mut chart = ChartBuilder::on(&area)
            .caption(&self.title, ("sans-serif", 18))
            .margin(12)
            .x_label_area_size(44)
            .y_label_area_size(64)
            .build_cartesian_2d(across.log_scale(), up.log_scale())?;
        chart
            .configure_mesh()
            .bold_line_style(BLACK.mix(0.18))
            .light_line_style(BLACK.mix(0.05))
            .x_desc(&self.x)
            .y_desc(&self.y)
            .x_label_formatter(&|number| short(*number))
            .y_label_formatter(&|number| short(*number))
            .label_style(("sans-serif", 13))
            .draw()?;
        for (line, color) in self.lines.iter().zip(COLORS) {
            let style = color.filled().stroke_width(2);
            chart
                .draw_series(LineSeries::new(line.points.iter().copied(), style).point_size(3))?
                .label(&line.name)
                .legend(move |(x, y)| PathElement::new(vec![(x, y), (x + 20, y)], color.stroke_width(2)));
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .background_style(WHITE.mix(0.85))
            .border_style(BLACK.mix(0.25))
            .label_font(("sans-serif", 13))
            .draw()?;
        area.present()?;
        Ok(())
    }
}

/// From one power of ten to another, around all numbers.
fn decades(numbers: impl Iterator<Item = f64>) -> Range<f64> {
    let (least, greatest) = numbers
        .fold((f64::MAX, f64::MIN_POSITIVE), |(least, greatest), number| (least.min(number), greatest.max(number)));
    let from = least.min(greatest).log10().floor();
    let to = greatest.log10().ceil().max(from + 1.0);
    10_f64.powf(from)..10_f64.powf(to)
}

/// A power of ten in a few letters.
fn short(number: f64) -> String {
    for (unit, letter) in [(1e9, "G"), (1e6, "M"), (1e3, "k")] {
        // Powers of ten are not always quite what they should be.
        if number >= unit * 0.999 {
            return format!("{:.0}{letter}", number / unit);
        }
    }
    let decimals = (-number.log10() - 1e-9).ceil().max(0.0) as usize;
    format!("{number:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::{Chart, Line, decades, short};

    #[test]
    fn axes_reach_from_one_power_of_ten_to_another() {
        let near = |one: f64, other: f64| (one / other - 1.0).abs() < 1e-9;
        for (numbers, from, to) in
            [([60_000.0, 6e6], 1e4, 1e7), ([0.3, 4.0], 0.1, 10.0), ([100.0, 100.0], 100.0, 1000.0)]
        {
            let found = decades(numbers.into_iter());
            assert!(near(found.start, from) && near(found.end, to), "{numbers:?}: {found:?}");
        }
    }

    #[test]
    fn powers_of_ten_are_short() {
        let numbers = [0.01, 0.1, 1.0, 100.0, 999.999_999_9, 1e4, 1e6, 3e7, 1e9];
        assert_eq!(numbers.map(short), ["0.01", "0.1", "1", "100", "1k", "10k", "1M", "30M", "1G"]);
    }

    #[test]
    fn a_chart_names_its_lines() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("chart.svg");
        let line = |name: &str| Line::new(name, [(6e4, 1.5), (6e6, 200.0)]);
        let chart = Chart {
            title: "Time & growth".to_owned(),
            x: "rows".to_owned(),
            y: "milliseconds".to_owned(),
            lines: vec![line("full load"), line("delta")],
        };
        chart.write_svg(&path).unwrap();
        let svg = std::fs::read_to_string(path).unwrap();
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{svg}");
        for text in ["Time &amp; growth", "rows", "milliseconds", "full load", "delta", "100k"] {
            assert!(svg.contains(text), "{text}");
        }
        assert_eq!(svg.matches("<circle").count(), 4);
    }
}
