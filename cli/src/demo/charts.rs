//! Small charts of Unicode blocks, readable in a terminal of 100 columns. A missing value draws nothing; values below
//! zero draw nothing either, their number is what tells them.

/// One eighth to eight eighths of a cell, growing to the right.
const ACROSS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
/// One eighth to eight eighths of a cell, growing upwards.
const UP: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The longest bar, in cells.
const BAR: u32 = 44;
/// The height of a column chart, in lines.
const HEIGHT: u32 = 6;

/// A line per row: label, value as text, bar.
pub(crate) fn bars(rows: &[(String, Option<f64>)], text: impl Fn(f64) -> String) -> String {
    let rows: Vec<(&str, String, Option<f64>)> = rows
        .iter()
        .map(|(label, value)| (label.as_str(), value.map_or_else(|| "-".to_owned(), &text), *value))
        .collect();
    let label_width = rows.iter().map(|(label, ..)| label.chars().count()).max().unwrap_or(0);
    let text_width = rows.iter().map(|(_, text, _)| text.chars().count()).max().unwrap_or(0);
    let top = greatest(rows.iter().map(|(.., value)| *value));
    let mut chart = String::new();
    for (label, text, value) in rows {
        let mut bar = eighths(value, top, BAR);
        let mut line = format!("{label:<label_width$}  {text:>text_width$}  ");
        while bar > 0 {
            line.push(block(&ACROSS, bar.min(8)));
            bar = bar.saturating_sub(8);
        }
        chart.push_str(line.trim_end());
        chart.push('\n');
    }
    chart
}

/// A column per value, two cells wide, with labels of up to two characters below and the greatest value beside it.
pub(crate) fn columns(values: &[(String, Option<f64>)], text: impl Fn(f64) -> String) -> String {
    let top = greatest(values.iter().map(|(_, value)| *value));
    let scale = text(top);
    let margin = scale.chars().count();
    let mut chart = String::new();
    for line in (0..HEIGHT).rev() {
        let (mark, edge) = if line + 1 == HEIGHT { (scale.as_str(), '┤') } else { ("", '│') };
        let mut row = format!("{mark:>margin$} {edge}");
        for (_, value) in values {
            let filled = eighths(*value, top, HEIGHT).saturating_sub(line * 8).min(8);
            let cell = block(&UP, filled);
            row.extend([' ', cell, cell]);
        }
        chart.push_str(row.trim_end());
        chart.push('\n');
    }
    chart.push_str(&format!("{:>margin$} └{}\n", 0, "───".repeat(values.len())));
    let labels: String = values.iter().map(|(label, _)| format!(" {label:>2}")).collect();
    chart.push_str(&format!("{:>margin$}  {labels}\n", ""));
    chart
}

/// The values as one line, each a cell high; `·` where there is none.
pub(crate) fn spark(values: &[Option<f64>]) -> String {
    let top = greatest(values.iter().copied());
    values.iter().map(|value| value.map_or('·', |_| block(&UP, eighths(*value, top, 1).max(1)))).collect()
}

fn greatest(values: impl Iterator<Item = Option<f64>>) -> f64 {
    values.flatten().fold(0.0, f64::max)
}

/// How many eighths of `cells` cells a value fills, when `top` fills them all.
fn eighths(value: Option<f64>, top: f64, cells: u32) -> u32 {
    let share = value.filter(|_| top > 0.0).map_or(0.0, |value| (value / top).clamp(0.0, 1.0));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share between 0 and 1 of a few hundred eighths"
    )]
    let filled = (share * f64::from(cells * 8)).round() as u32;
    filled
}

/// The block of so many eighths, a blank for none.
fn block(blocks: &[char; 8], eighths: u32) -> char {
    usize::try_from(eighths).ok().and_then(|n| n.checked_sub(1)).and_then(|n| blocks.get(n)).copied().unwrap_or(' ')
}

#[cfg(test)]
mod tests {
    use super::{bars, columns, spark};

    fn rows(values: &[(&str, Option<f64>)]) -> Vec<(String, Option<f64>)> {
        values.iter().map(|(label, value)| ((*label).to_owned(), *value)).collect()
    }

    #[test]
    fn bars_share_one_scale() {
        let chart =
            bars(&rows(&[("JFK", Some(22.0)), ("La G", Some(11.25)), ("none", None), ("early", Some(-3.0))]), |v| {
                format!("{v:.2}")
            });
        let full = "█".repeat(44);
        // 11.25 of 22 is 180 eighths: 22 full cells and a half.
        let half = format!("{}▌", "█".repeat(22));
        assert_eq!(chart, format!("JFK    22.00  {full}\nLa G   11.25  {half}\nnone       -\nearly  -3.00\n"));
    }

    #[test]
    fn nothing_to_draw_is_no_fault() {
        assert_eq!(bars(&[], |v| v.to_string()), "");
        assert_eq!(bars(&rows(&[("a", Some(0.0))]), |v| v.to_string()), "a  0\n");
        assert_eq!(spark(&[]), "");
    }

    #[test]
    fn columns_stand_on_a_line() {
        let chart = columns(&rows(&[("5", Some(12.0)), ("6", Some(1.0)), ("7", None), ("8", Some(6.0))]), |v| {
            format!("{v:.0}")
        });
        let expected = [
            "12 ┤ ██",
            "   │ ██",
            "   │ ██",
            "   │ ██       ██",
            "   │ ██       ██",
            "   │ ██ ▄▄    ██",
            " 0 └────────────",
            "      5  6  7  8",
            "",
        ];
        assert_eq!(chart, expected.join("\n"));
    }

    #[test]
    fn a_month_of_columns_fits_a_terminal() {
        let month: Vec<(String, Option<f64>)> = (1..=31).map(|day| (day.to_string(), Some(f64::from(day)))).collect();
        for line in columns(&month, |v| format!("{v:.1}")).lines() {
            assert!(line.chars().count() <= 100, "{line}");
        }
    }

    #[test]
    fn sparks_show_gaps_and_the_smallest_value() {
        assert_eq!(spark(&[Some(8.0), None, Some(4.0), Some(0.1), Some(-2.0)]), "█·▄▁▁");
    }
}
