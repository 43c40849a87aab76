//! Bars of a list, all of one scale.

/// Parts of a cell, from one eighth to seven.
const PARTS: [&str; 7] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉"];
const FULL: &str = "█";
/// The right half of a cell. Terminals have no finer parts that begin at the right.
const RIGHT_HALF: &str = "▐";
/// What negative values are left of and the others right of.
const AXIS: &str = "│";

/// How long the bars of a list are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    /// The cells left of the axis; none where no value is negative, and then there is no axis.
    negative: Option<u32>,
    /// The cells for the other values.
    positive: u32,
    /// What the longest bar stands for.
    greatest: f64,
}

impl Scale {
    /// Bars of these values in so many cells.
    pub(super) fn new(mut values: impl Iterator<Item = f64> + Clone, cells: u16) -> Self {
        let greatest = values.clone().map(f64::abs).fold(0.0, f64::max);
        let cells = u32::from(cells);
        if values.any(|value| value < 0.0) {
            let negative = cells.saturating_sub(1) / 2;
            return Self { negative: Some(negative), positive: cells.saturating_sub(1 + negative), greatest };
        }
        Self { negative: None, positive: cells, greatest }
    }

    /// The bar of a value, filled up to all cells.
    pub(super) fn bar(&self, value: Option<f64>) -> String {
        let value = value.unwrap_or(0.0);
        let Some(cells) = self.negative else {
            return growing_right(self.parts(value, self.positive, 8), self.positive);
        };
        let below = self.parts(value.min(0.0), cells, 2);
        let above = self.parts(value.max(0.0), self.positive, 8);
        format!("{}{AXIS}{}", growing_left(below, cells), growing_right(above, self.positive))
    }

    /// How many parts of cells a value takes, rounded; at least one where it is not zero.
    fn parts(&self, value: f64, cells: u32, parts: u32) -> u32 {
        let size = value.abs();
        if size <= 0.0 || self.greatest <= 0.0 {
            return 0;
        }
        let all = cells * parts;
        let taken = size / self.greatest * f64::from(all);
        (1..all).find(|count| f64::from(*count) + 0.5 > taken).unwrap_or(all)
    }
}

/// A bar of eighths of cells that begins at the left.
fn growing_right(eighths: u32, cells: u32) -> String {
    let full = eighths / 8;
    let part = usize::try_from(eighths % 8).ok().and_then(|part| PARTS.get(part.checked_sub(1)?));
    let gap = cells.saturating_sub(full + u32::from(part.is_some()));
    format!("{}{}{}", times(FULL, full), part.copied().unwrap_or_default(), times(" ", gap))
}

/// A bar of halves of cells that begins at the right.
fn growing_left(halves: u32, cells: u32) -> String {
    let full = halves / 2;
    let part = if halves % 2 == 1 { RIGHT_HALF } else { "" };
    let gap = cells.saturating_sub(full + halves % 2);
    format!("{}{part}{}", times(" ", gap), times(FULL, full))
}

fn times(text: &str, count: u32) -> String {
    text.repeat(usize::try_from(count).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::Scale;

    #[track_caller]
    fn check(values: &[f64], cells: u16, expected: &[&str]) {
        let scale = Scale::new(values.iter().copied(), cells);
        let bars: Vec<String> = values.iter().map(|value| scale.bar(Some(*value))).collect();
        assert_eq!(bars, expected);
    }

    #[test]
    fn the_greatest_value_takes_all_cells() {
        check(&[8.0, 4.0, 1.0, 0.0], 4, &["████", "██  ", "▌   ", "    "]);
        check(&[1e6, 1.0], 4, &["████", "▏   "]);
        check(&[0.0, 0.0], 2, &["  ", "  "]);
        check(&[5.0], 1, &["█"]);
        check(&[5.0], 0, &[""]);
    }

    #[test]
    fn negative_values_stand_apart() {
        check(&[4.0, -2.0, -4.0, 1.0, -0.1], 9, &["    │████", "  ██│    ", "████│    ", "    │█   ", "   ▐│    "]);
        check(&[-3.0], 4, &["█│  "]);
        check(&[-3.0, 3.0], 1, &["│", "│"]);
    }

    #[test]
    fn nothing_has_no_bar() {
        assert_eq!(Scale::new([1.0].into_iter(), 3).bar(None), "   ");
        assert_eq!(Scale::new([-1.0].into_iter(), 3).bar(None), " │ ");
    }

    #[test]
    fn all_bars_of_a_list_are_as_wide() {
        let values: Vec<f64> = (-20..=20).map(|value| f64::from(value) * 1.7).collect();
        for cells in 0..40 {
            for values in [&values[..], &values[21..]] {
                let scale = Scale::new(values.iter().copied(), cells);
                let width = if values.len() > 20 { usize::from(cells).max(1) } else { usize::from(cells) };
                for value in values {
                    assert_eq!(scale.bar(Some(*value)).chars().count(), width, "{value} in {cells}");
                }
            }
        }
    }
}
