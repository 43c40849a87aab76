//! Small random tables with everything that can go wrong in them: extremes, NULL keys, doubles, times around the
//! changes of clocks, text of several alphabets.

use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;

use crate::cell::{Cell, Type};
use crate::oracle::wall;
use crate::rng::Rng;
use crate::world::{Column, LinkDef, Table, World};

const WORDS: [&str; 34] = [
    "", "a", "A", "abc", "ABC", "Abd", "b", "é", "É", "straße", "STRAẞE", "σας", "ΣΑΣ", "k", "\u{212a}", "s", "ſ", "İ",
    "ı", "10", "9", "a b", " a", "%", "a%b", "_", ".*", "日本", "😀", "\u{ff61}", "z\u{301}", "\"q\"", "it's", "null",
];

/// Instants at which clocks change somewhere, or years do.
const EDGES: [&str; 11] = [
    "2026-03-29T01:00:00Z",
    "2026-10-25T01:00:00Z",
    "2013-03-10T07:00:00Z",
    "2013-11-03T06:00:00Z",
    "2018-11-04T03:00:00Z",
    "2018-02-18T02:00:00Z",
    "2024-04-06T16:00:00Z",
    "2024-10-05T16:00:00Z",
    "2011-12-30T10:00:00Z",
    "2024-01-01T00:00:00Z",
    "1970-01-01T00:00:00Z",
];

/// Changes of clocks in Brussels, New York and Sydney, and a plain morning.
const NEAR: [&str; 4] =
    ["2026-03-29T01:00:00Z", "2026-03-08T07:00:00Z", "2026-04-04T16:00:00Z", "2026-03-18T10:30:00Z"];

/// The zone in which the times of `t.seen` are written down, without saying so.
const SEEN_IN: Tz = Tz::Europe__Brussels;

/// A random world: `t` with lookups into `u`, `v` and itself, and from `u` into `w`.
#[must_use]
pub fn random_world(name: &str, rng: &mut Rng) -> World {
    let rows = *rng.pick(&[0, 1, 3, 40, 40, 60, 90, 90, 120, 150, 150, 200, 240, 300]);
    let tables = vec![base(rng, rows), labels(rng), pairs(rng), ranks(rng)];
    let link = |name: &str, from, to, on: &[(&str, &str)]| LinkDef {
        name: name.to_owned(),
        from,
        to,
        on: on.iter().map(|(left, right)| ((*left).to_owned(), (*right).to_owned())).collect(),
    };
    let links = vec![
        link("by_key", 0, 1, &[("key", "id")]),
        link("again", 0, 1, &[("small", "id")]),
        link("pair", 0, 2, &[("code", "code"), ("day", "day")]),
        link("parent", 0, 0, &[("parent", "id")]),
        link("next", 1, 3, &[("next", "id")]),
    ];
    let mut world = World::new(name, tables, links);
    for table in &mut world.tables {
        table.fill_pools(rng, 30);
    }
    world
}

/// Makes one cell; NULL in `nulls` of a hundred cases.
struct Maker<'a> {
    rng: &'a mut Rng,
    nulls: u64,
}

impl Maker<'_> {
    fn or_null(&mut self, cell: impl FnOnce(&mut Rng) -> Cell) -> Cell {
        if self.rng.chance(self.nulls) { Cell::Null } else { cell(self.rng) }
    }

    fn word(&mut self, count: usize) -> Cell {
        self.or_null(|rng| Cell::Text((*rng.pick(&WORDS[..count])).to_owned()))
    }

    fn integer(&mut self, low: i64, high: i64) -> Cell {
        self.or_null(|rng| Cell::Integer(rng.between(low, high)))
    }

    fn great(&mut self) -> Cell {
        self.or_null(|rng| {
            Cell::Integer(*rng.pick(&[i64::MAX, i64::MIN, i64::MAX, 0, 1, -1, (1 << 53) + 1, 1 << 53, 4_000_000_000]))
        })
    }

    fn float(&mut self) -> Cell {
        self.or_null(|rng| {
            let value = rng.between(-4000, 4000) as f64;
            Cell::Float(*rng.pick(&[value / 4.0, value / 10.0, 0.1, 0.0, value * 1e9, value / 3.0]))
        })
    }

    fn wide(&mut self) -> Cell {
        self.or_null(|rng| {
            Cell::Float(*rng.pick(&[
                f64::MAX,
                -f64::MAX,
                f64::MAX,
                1e300,
                -1e300,
                5e-324,
                -5e-324,
                0.0,
                1.0,
                1e16,
                -1e16,
                0.1,
            ]))
        })
    }

    fn decimal(&mut self, limit: i64) -> Cell {
        self.or_null(|rng| {
            let small = rng.between(-500, 500);
            Cell::Decimal(*rng.pick(&[small, small, 0, rng_limit(limit, small), -rng_limit(limit, small)]))
        })
    }

    fn day(&mut self) -> Cell {
        self.or_null(|rng| {
            let date = |year, month, day| wall::days(NaiveDate::from_ymd_opt(year, month, day).expect("a date"));
            let far = [date(1600, 1, 1), date(1900, 2, 28), date(2000, 2, 29), date(2023, 12, 31), date(9999, 12, 31)];
            Cell::Day(if rng.chance(12) { *rng.pick(&far) } else { date(2024, 1, 1) + rng.between(-400, 400) as i32 })
        })
    }

    fn time(&mut self) -> Cell {
        self.or_null(|rng| Cell::Micros(time(rng)))
    }

    /// A day of two years around the changes of clocks in the spring of 2026.
    fn near_day(&mut self) -> Cell {
        self.or_null(|rng| {
            let date = |year, month, day| wall::days(NaiveDate::from_ymd_opt(year, month, day).expect("a date"));
            let edges =
                [date(2025, 3, 31), date(2026, 2, 28), date(2026, 3, 31), date(2025, 12, 29), date(2024, 2, 29)];
            let spread = if rng.chance(70) { 60 } else { 330 };
            let day = date(2026, 3, 18) + rng.between(-spread, spread) as i32;
            Cell::Day(if rng.chance(12) { *rng.pick(&edges) } else { day })
        })
    }

    /// A time of some weeks around the changes of clocks in the spring of 2026, on whole minutes more often than not.
    fn near_time(&mut self) -> Cell {
        self.or_null(|rng| {
            let edge: &str = rng.pick::<&str>(&NEAR);
            let edge = DateTime::parse_from_rfc3339(edge).expect("an edge").timestamp_micros();
            let unit = *rng.pick(&[3_600_000_000, 900_000_000, 60_000_000, 1]);
            let days = *rng.pick(&[0, 0, 1, 25, 300]);
            let at = edge + rng.between(-days, days) * wall::DAY + rng.between(-7_200_000_000, 7_200_000_000);
            Cell::Micros(at.div_euclid(unit) * unit)
        })
    }

    /// A time written down in a zone: of two instants with one wall clock time, only the earlier can be meant.
    fn written_in(&mut self, zone: Tz) -> Cell {
        self.or_null(|rng| Cell::Micros(wall::resolve(wall::wall(time(rng), zone), zone)))
    }
}

fn rng_limit(limit: i64, small: i64) -> i64 {
    limit - small.abs()
}

/// A time near one of the edges, or anywhere in seventy years; on whole units more often than not.
fn time(rng: &mut Rng) -> i64 {
    let edge: &str = rng.pick::<&str>(&EDGES);
    let edge = DateTime::parse_from_rfc3339(edge).expect("an edge").timestamp_micros();
    let unit = *rng.pick(&[3_600_000_000, 1_800_000_000, 60_000_000, 1_000_000, 1_000, 1]);
    let at = match rng.below(10) {
        0 => return edge,
        1 => return edge - 1,
        2 => rng.between(-157_000_000, 2_050_000_000) * 1_000_000,
        _ => edge + rng.between(-10_800_000_000, 10_800_000_000),
    };
    at.div_euclid(unit) * unit
}

fn columns(list: &[(&str, Type)]) -> Vec<Column> {
    list.iter().map(|(id, ty)| Column::new(id, *ty)).collect()
}

fn table(name: &str, columns: Vec<Column>, rows: Vec<Vec<Cell>>, cluster_by: &[&str]) -> Table {
    let cluster_by = cluster_by.iter().map(|column| (*column).to_owned()).collect();
    Table { name: name.to_owned(), columns, rows, cluster_by }
}

fn base(rng: &mut Rng, count: usize) -> Table {
    let mut columns = columns(&[
        ("id", Type::Integer),
        ("group", Type::Text),
        ("name", Type::Text),
        ("other name", Type::Text),
        ("flag", Type::Boolean),
        ("small", Type::Integer),
        ("count", Type::Integer),
        ("great", Type::Integer),
        ("number", Type::Float),
        ("wide", Type::Float),
        ("amount", Type::Decimal(2)),
        ("price", Type::Decimal(6)),
        ("day", Type::Date),
        ("due", Type::Date),
        ("at", Type::Datetime),
        ("seen", Type::Datetime),
        ("wall", Type::LocalDatetime),
        ("key", Type::Integer),
        ("code", Type::Text),
        ("parent", Type::Integer),
        ("near", Type::Date),
        ("when", Type::Datetime),
        ("shift", Type::LocalDatetime),
    ]);
    for column in &mut columns {
        let id = column.id.as_str();
        column.moderate = !matches!(id, "great" | "wide");
        column.narrow = matches!(id, "id" | "small" | "count" | "key" | "parent" | "near" | "when" | "shift");
        if column.id == "seen" {
            column.source_zone = Some(SEEN_IN);
        }
    }
    let mut ids: Vec<i64> = (1..=count as i64).collect();
    rng.shuffle(&mut ids);
    let nulls = *rng.pick(&[5, 15, 15, 40]);
    // Now and then a column holds nothing at all.
    let empty = rng.chance(30).then(|| rng.between(1, 16) as usize);
    let rows = ids.into_iter().map(|id| {
        let mut make = Maker { rng: &mut *rng, nulls };
        let mut row = vec![
            Cell::Integer(id),
            make.word(5),
            make.word(WORDS.len()),
            make.word(WORDS.len()),
            make.or_null(|rng| Cell::Boolean(rng.chance(60))),
            make.integer(0, 12),
            make.integer(-300, 30_000),
            make.great(),
            make.float(),
            make.wide(),
            make.decimal(1_000_000_000_000),
            make.decimal(10_000_000_000_000),
            make.day(),
            make.day(),
            make.time(),
            make.written_in(SEEN_IN),
            make.time(),
            make.integer(1, 30),
            make.word(8),
            make.integer(1, 20),
            make.near_day(),
            make.near_time(),
            make.near_time(),
        ];
        if let Some(column) = empty {
            row[column] = Cell::Null;
        }
        row
    });
    let rows = rows.collect();
    let by = *rng.pick(&["at", "group", "small", "number", "day", "flag"]);
    table("t", columns, rows, &[by])
}

/// Keys with doubles and NULL; what is found is the first.
fn labels(rng: &mut Rng) -> Table {
    let columns = columns(&[
        ("id", Type::Integer),
        ("label", Type::Text),
        ("weight", Type::Float),
        ("next", Type::Integer),
        ("opened", Type::Date),
        ("at", Type::Datetime),
        ("open", Type::Boolean),
    ]);
    let rows = (0..40).map(|_| {
        let mut make = Maker { rng: &mut *rng, nulls: 15 };
        let id = make.integer(1, 25);
        vec![
            id,
            make.word(WORDS.len()),
            make.float(),
            make.integer(1, 9),
            make.day(),
            make.time(),
            make.or_null(|rng| Cell::Boolean(rng.chance(50))),
        ]
    });
    table("u", columns, rows.collect(), &["label"])
}

fn pairs(rng: &mut Rng) -> Table {
    let columns = columns(&[
        ("code", Type::Text),
        ("day", Type::Date),
        ("score", Type::Decimal(2)),
        ("note", Type::Text),
        ("shown", Type::LocalDatetime),
    ]);
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for code in &WORDS[..8] {
        for _ in 0..120 {
            let mut make = Maker { rng: &mut *rng, nulls: 8 };
            let code = make.or_null(|_| Cell::Text((*code).to_owned()));
            rows.push(vec![code, make.day(), make.decimal(1_000_000), make.word(WORDS.len()), make.time()]);
        }
    }
    rng.shuffle(&mut rows);
    table("v", columns, rows, &["day", "code"])
}

fn ranks(rng: &mut Rng) -> Table {
    let columns =
        columns(&[("id", Type::Integer), ("name", Type::Text), ("rank", Type::Integer), ("since", Type::Datetime)]);
    let rows = (0..14).map(|_| {
        let mut make = Maker { rng: &mut *rng, nulls: 10 };
        vec![make.integer(1, 9), make.word(WORDS.len()), make.integer(-5, 5), make.time()]
    });
    table("w", columns, rows.collect(), &["rank"])
}
