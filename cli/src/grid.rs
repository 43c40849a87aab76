//! Tables of texts with no lines but one below the header.

use comfy_table::{Cell, CellAlignment, Table};

/// A rule below the header. The characters stand for the parts of a table in comfy-table's order.
const PLAIN: &str = "     ─             ";

/// Lines of the same columns; `right` says which of them hold numbers.
pub(crate) fn grid(header: &[&str], right: &[bool], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_preset(PLAIN);
    table.set_header(aligned(header.iter().copied(), right));
    for row in rows {
        table.add_row(aligned(row, right));
    }
    format!("{}\n", table.trim_fmt())
}

fn aligned(texts: impl IntoIterator<Item = impl ToString>, right: &[bool]) -> Vec<Cell> {
    let side = |right: bool| if right { CellAlignment::Right } else { CellAlignment::Left };
    texts.into_iter().zip(right).map(|(text, right)| Cell::new(text).set_alignment(side(*right))).collect()
}

#[cfg(test)]
mod tests {
    use super::{PLAIN, grid};

    #[test]
    fn grids_have_one_rule() {
        assert_eq!(PLAIN.chars().count(), comfy_table::presets::UTF8_FULL.chars().count());
        let rows = [vec!["JFK".to_owned(), "5".to_owned()], vec!["La Guardia".to_owned(), "1,204".to_owned()]];
        let expected =
            [" airport     flights", "─────────────────────", " JFK               5", " La Guardia    1,204", ""];
        assert_eq!(grid(&["airport", "flights"], &[false, true], rows), expected.join("\n"));
    }
}
