//! Draws a walk: title, way, filters, the members with their bars, totals and hints. It keeps nothing.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use ratatui::style::{Color, Modifier, Style};

use super::app::{App, Mode};
use super::bars::Scale;
use super::list::Row;
use super::state::Step;
use super::text::{both, fit_end, left, right, width};
use super::{footer, help};

/// The smallest screen.
const LEAST: Size = Size { width: 40, height: 10 };
/// Title, way, header, totals and hints.
const OTHER_LINES: u16 = 5;
/// A bar of fewer cells tells nothing.
const LEAST_BAR: usize = 6;
const SHARE: usize = 6;
const MOST_VALUE: usize = 20;
/// Between columns.
const GAP: usize = 2;
const MARK: &str = "> ";

/// How many members a screen shows at once.
pub(super) fn list_rows(size: Size, filters: usize) -> usize {
    usize::from(size.height.saturating_sub(OTHER_LINES + u16::from(filters > 0)))
}

/// At how many lines the explanation of the keys can begin.
pub(super) fn help_places(size: Size) -> usize {
    help::KEYS.len().saturating_sub(help_lines(size)) + 1
}

/// All but the title, the totals and the hints.
fn help_lines(size: Size) -> usize {
    usize::from(size.height.saturating_sub(3))
}

/// Draws all of it; `is_busy` says that an answer is awaited.
pub(super) fn draw(frame: &mut Frame<'_>, app: &App, is_busy: bool) {
    let area = frame.area();
    let mut page = Page { area, buffer: frame.buffer_mut(), next: 0 };
    if area.width < LEAST.width || area.height < LEAST.height {
        page.too_small();
        return;
    }
    page.title(app);
    if let Mode::Help(top) = app.mode() {
        for entry in help::KEYS.into_iter().skip(*top).take(help_lines(area.as_size())) {
            page.line(&help::line(entry), Style::new());
        }
    } else {
        page.way(app);
        page.filters(app);
        page.list(app);
    }
    page.next = area.height.saturating_sub(2);
    page.line(&footer::totals(app, page.cells()), Style::new());
    let (text, style) = footer::last(app, is_busy, page.cells());
    page.line(&text, style);
}

/// A screen that is filled line by line.
#[derive(Debug)]
struct Page<'a> {
    area: Rect,
    buffer: &'a mut Buffer,
    next: u16,
}

impl Page<'_> {
    fn cells(&self) -> usize {
        self.area.width.into()
    }

    /// Writes the next line.
    fn line(&mut self, text: &str, style: Style) {
        self.part(0, &left(text, self.cells()), style);
        self.next += 1;
    }

    /// Writes into the line that is next.
    fn part(&mut self, from: usize, text: &str, style: Style) {
        let inside = self.next < self.area.height && from < self.cells();
        if let (true, Ok(from)) = (inside, u16::try_from(from)) {
            let (x, y) = (self.area.x + from, self.area.y + self.next);
            self.buffer.set_stringn(x, y, text, usize::from(self.area.width - from), style);
        }
    }

    fn too_small(&mut self) {
        let Size { width, height } = LEAST;
        let needed = format!("it takes {width}x{height}, this is");
        let given = format!("{}x{}; q quits", self.area.width, self.area.height);
        for line in ["too small a terminal:", &needed, &given] {
            self.line(line, Style::new());
        }
    }

    fn title(&mut self, app: &App) {
        let dimension = app.axis().map_or("", |axis| axis.label.as_str());
        let measure = app.measure().map_or("", |measure| measure.label.as_str());
        let order = if app.state().by_member() { "by member" } else { "by measure" };
        let start = format!("{} by {dimension}", app.world().dataset);
        let end = format!("{measure} · {order} · {}", app.list().origin);
        self.line(&both(&start, &end, self.cells()), Style::new().add_modifier(Modifier::BOLD | Modifier::REVERSED));
    }

    /// `All > EUROPE > FRANCE`
    fn way(&mut self, app: &App) {
        let root = app.axis().map_or("", |axis| axis.root.as_str());
        let way = joined([root], app.state().steps());
        self.line(&fit_end(&way, self.cells()), Style::new().add_modifier(Modifier::BOLD));
    }

    /// `where origin = JFK, plane.fleet = BOEING > 737-824`
    fn filters(&mut self, app: &App) {
        let one = |(axis, steps, member): (usize, &[Step], &Step)| {
            let label = app.world().axes.get(axis).map_or("", |axis| axis.label.as_str());
            let way = joined([], steps.iter().chain([member]));
            format!("{label} = {way}")
        };
        let all: Vec<String> = app.state().filters().map(one).collect();
        if !all.is_empty() {
            self.line(&fit_end(&format!("where {}", all.join(", ")), self.cells()), Style::new().fg(Color::Yellow));
        }
    }

    fn list(&mut self, app: &App) {
        let list = app.list();
        let name = app.axis().map_or("", |axis| axis.level_name(app.state().steps().len()));
        let value = app.measure().map_or("", |measure| measure.label.as_str());
        let columns = Columns::new(&list.rows, name, value, self.cells());
        self.line(&columns.header(name, value), Style::new().add_modifier(Modifier::UNDERLINED));
        if list.rows.is_empty() {
            self.line("  no members", Style::new().add_modifier(Modifier::DIM));
            return;
        }
        let rows = list_rows(self.area.as_size(), app.state().filters().len());
        // The mark stays in the middle where there is more above and below.
        let top = app.marked().saturating_sub(rows / 2).min(list.rows.len().saturating_sub(rows));
        for (place, row) in list.rows.iter().enumerate().skip(top).take(rows) {
            self.row(row, &columns, place == app.marked());
        }
    }

    fn row(&mut self, row: &Row, columns: &Columns, is_marked: bool) {
        let style = if is_marked { Style::new().add_modifier(Modifier::REVERSED) } else { Style::new() };
        let usual = if row.number.is_some_and(|number| number < 0.0) { Color::Red } else { Color::Cyan };
        let color = row.color.unwrap_or(usual);
        let mark = if is_marked { MARK } else { "  " };
        let share = row.share.as_deref().unwrap_or_default();
        self.part(0, &columns.text(mark, &row.label, &row.value, share), style);
        if let Some(bar) = &columns.bar {
            self.part(columns.bar_start(), &bar.bar(row.number), Style::new().fg(color));
        }
        self.next += 1;
    }
}

/// The columns of the list, in cells.
#[derive(Debug)]
struct Columns {
    name: usize,
    value: usize,
    /// None where no member has a share.
    share: Option<usize>,
    bar: Option<Scale>,
}

impl Columns {
    fn new(rows: &[Row], name: &str, value: &str, cells: usize) -> Self {
        let widest = |text: fn(&Row) -> &str| rows.iter().map(|row| width(text(row))).max().unwrap_or(0);
        let share = rows.iter().any(|row| row.share.is_some()).then_some(SHARE);
        let value = widest(|row| row.value.as_str()).max(width(value).min(MOST_VALUE / 2)).min(MOST_VALUE);
        let rest = cells.saturating_sub(MARK.len() + GAP + value + share.map_or(0, |share| GAP + share));
        let wanted = widest(|row| row.label.as_str()).max(width(name));
        let with_bar = wanted.min(rest.saturating_sub(GAP) * 3 / 5);
        let bar = rest.saturating_sub(with_bar + GAP);
        let numbers = rows.iter().filter_map(|row| row.number);
        if bar < LEAST_BAR || numbers.clone().next().is_none() {
            return Self { name: rest, value, share, bar: None };
        }
        let bar = Some(Scale::new(numbers, u16::try_from(bar).unwrap_or(u16::MAX)));
        Self { name: with_bar, value, share, bar }
    }

    fn header(&self, name: &str, value: &str) -> String {
        self.text("  ", name, value, "share")
    }

    fn text(&self, mark: &str, name: &str, value: &str, share: &str) -> String {
        let share = self.share.map_or_else(String::new, |cells| format!("  {}", right(share, cells)));
        format!("{mark}{}  {}{share}", left(name, self.name), right(value, self.value))
    }

    fn bar_start(&self) -> usize {
        MARK.len() + self.name + GAP + self.value + self.share.map_or(0, |share| GAP + share) + GAP
    }
}

fn joined<'a>(start: impl IntoIterator<Item = &'a str>, steps: impl IntoIterator<Item = &'a Step>) -> String {
    let steps = steps.into_iter().map(|step| step.label.as_str());
    start.into_iter().chain(steps).collect::<Vec<_>>().join(" > ")
}
