//! Formulas as text, put together as bytes say. Functions and what they take come from the registry.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use drillcore_formulas::{Entry, Function, Kind, ResultType, Type};

/// Expressions may be so deep.
const DEPTH: usize = 5;

/// Texts, patterns, formats and zones that are written as constants.
const TEXTS: &[&str] = &[
    "",
    "a",
    "Ünï",
    "it's",
    " 1,234.5 ",
    "-7e3",
    "true",
    "2024-02-29",
    "2024-03-31T01:30",
    "a,b,,c",
    "%_\\",
    "🙂e\u{301}",
];
const PATTERNS: &[&str] = &["", "a", "[0-9]+", "(a)(b)?", "^.*$", "\\b\\w", "(?i)É|e", "a{2,3}"];
const FORMATS: &[&str] = &["YYYY-MM-DD", "D/M/YY", "YYYY-MM-DD'T'HH:mm:ss.SSS", "EEE, MMMM D", "h:mm A", "GGGG-'W'WW"];
const ZONES: &[&str] = &["UTC", "Europe/Brussels", "America/St_Johns", "Pacific/Apia"];
const NUMBERS: &[&str] =
    &["0", "1", "-1", "7", "9223372036854775807", "12.50", "-0.005", "1e3", "-2.5e-1", "1e300", "@90m"];
const TIMES: &[&str] = &[
    "@2024-02-29",
    "@0001-01-01",
    "@9999-12-31",
    "@2024-03-31T01:30Z",
    "@2010-11-07T02:31Z",
    "@2024-03-31T02:30",
    "@1969-12-31T23:59:59.999999",
];

/// What an expression is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Boolean,
    Number,
    Text,
    Time,
}

static CLASSES: [Class; 4] = [Class::Boolean, Class::Number, Class::Text, Class::Time];

/// The functions of row level, by what they may give.
static FUNCTIONS: LazyLock<BTreeMap<Class, Vec<&'static Entry>>> = LazyLock::new(|| {
    let mut functions: BTreeMap<Class, Vec<&'static Entry>> = BTreeMap::new();
    for function in Function::all().filter(|one| matches!(one, Function::Choice(_) | Function::Scalar(_))) {
        let entry = function.entry();
        let classes = match entry.result {
            ResultType::Always(Type::Boolean) => &CLASSES[..1],
            ResultType::Always(value_type) if value_type.is_number() => &CLASSES[1..2],
            ResultType::Always(Type::Text) => &CLASSES[2..3],
            ResultType::Always(_) => &CLASSES[3..],
            _ => &CLASSES[..],
        };
        classes.iter().for_each(|class| functions.entry(*class).or_default().push(entry));
    }
    functions
});

/// Bytes that decide; behind the last one all are 0.
#[derive(Debug)]
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

impl Bytes<'_> {
    fn next(&mut self) -> usize {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(*first)
    }

    fn pick<'t, T>(&mut self, items: &'t [T]) -> &'t T {
        &items[self.next() % items.len()]
    }
}

/// A formula of row level, mostly one that has a meaning. Where the bytes end it has constants and names only.
pub(crate) fn formula(bytes: &mut Bytes<'_>) -> String {
    let class = *bytes.pick(&CLASSES);
    expression(class, DEPTH, bytes)
}

fn expression(class: Class, depth: usize, bytes: &mut Bytes<'_>) -> String {
    let choice = bytes.next() % 8;
    if depth == 0 || choice < 2 {
        return leaf(class, choice == 0, bytes);
    }
    if choice < 5 {
        let functions = &FUNCTIONS[&class];
        // There are more functions than a byte has values for some day.
        let entry = functions[(bytes.next() * 256 + bytes.next()) % functions.len()];
        return call(entry, class, depth - 1, bytes);
    }
    let mut inner = |class| expression(class, depth - 1, bytes);
    match class {
        Class::Boolean => {
            let of = *CLASSES.get(choice - 4).unwrap_or(&Class::Time);
            let (left, right) = (inner(of), inner(of));
            match bytes.next() % 9 {
                0 => format!("({left}) = ({right})"),
                1 => format!("({left}) < ({right})"),
                2 => format!("({left}) <> {right}"),
                3 => format!("({left}) IS NOT NULL"),
                4 => format!("({left}) IN ({right}, {left})"),
                5 => format!("({left}) NOT BETWEEN ({right}) AND ({left})"),
                6 => format!("NOT ({}) AND ({left}) >= ({right})", leaf(Class::Boolean, true, bytes)),
                7 => format!("({left}) <= ({right}) OR {}", leaf(Class::Boolean, false, bytes)),
                _ => format!("{} LIKE 'a%_'", leaf(Class::Text, true, bytes)),
            }
        }
        Class::Number => {
            let (left, right) = (inner(Class::Number), inner(Class::Number));
            match bytes.next() % 7 {
                0 => format!("({left}) + ({right})"),
                1 => format!("({left}) - {right}"),
                2 => format!("({left}) * ({right})"),
                3 => format!("({left}) / ({right})"),
                4 => format!("-({left})"),
                5 => {
                    format!("CAST({left}, {})", bytes.pick(&["integer", "float", "decimal(10, 2)", "decimal(76, 30)"]))
                }
                _ => format!("CASE {left} WHEN {right} THEN {left} ELSE {right} END"),
            }
        }
        Class::Text => match choice {
            5 => {
                let of = *bytes.pick(&CLASSES);
                format!("CAST({}, text)", expression(of, depth - 1, bytes))
            }
            6 => format!("({}) || {}", inner(Class::Text), leaf(Class::Text, true, bytes)),
            _ => format!("CASE WHEN {} THEN {} END", inner(Class::Boolean), inner(Class::Text)),
        },
        Class::Time => {
            let time = inner(Class::Time);
            let target = bytes.pick(&["date", "datetime", "local_datetime"]);
            format!("CAST({time}, {target})")
        }
    }
}

fn leaf(class: Class, name: bool, bytes: &mut Bytes<'_>) -> String {
    if name {
        let letters: &[char] = match class {
            Class::Boolean => &['b'],
            Class::Number => &['i', 'd', 'f'],
            Class::Text => &['t'],
            Class::Time => &['y', 'm', 'w'],
        };
        let letter = bytes.pick(letters);
        return format!("{{{letter}{}}}", bytes.next());
    }
    match class {
        Class::Boolean => (*bytes.pick(&["TRUE", "FALSE", "NULL"])).to_owned(),
        Class::Number => (*bytes.pick(NUMBERS)).to_owned(),
        Class::Text => quoted(bytes.pick::<&str>(TEXTS)),
        Class::Time => (*bytes.pick(TIMES)).to_owned(),
    }
}

fn call(entry: &Entry, class: Class, depth: usize, bytes: &mut Bytes<'_>) -> String {
    let (least, most) = (entry.least_arguments(), entry.most_arguments());
    let count = most.map_or(least + bytes.next() % 4, |most| least + bytes.next() % (most - least + 1));
    // Values that must be of one type are of the class that is asked for, if that makes the type of the result.
    let alike = if matches!(entry.result, ResultType::Always(_)) { *bytes.pick(&CLASSES) } else { class };
    let arguments = (0..count).map(|place| {
        let kind = entry.parameter(place).map_or(Kind::Any, |parameter| parameter.kind);
        argument(kind, alike, depth, bytes)
    });
    let arguments: Vec<String> = arguments.collect();
    format!("{}({})", entry.name, arguments.join(", "))
}

fn argument(kind: Kind, alike: Class, depth: usize, bytes: &mut Bytes<'_>) -> String {
    match kind {
        Kind::Number | Kind::Float => expression(Class::Number, depth, bytes),
        Kind::Integer => match bytes.next() % 3 {
            0 => format!("{{i{}}}", bytes.next()),
            1 => bytes.next().to_string(),
            _ => format!("CAST({}, integer)", expression(Class::Number, depth.min(1), bytes)),
        },
        Kind::Text => expression(Class::Text, depth, bytes),
        Kind::Boolean => expression(Class::Boolean, depth, bytes),
        Kind::Date | Kind::Wall | Kind::WallTime | Kind::Moment | Kind::Instant => {
            expression(Class::Time, depth, bytes)
        }
        Kind::Word(words) => quoted(bytes.pick::<&str>(words)),
        Kind::Constant(low, high) => {
            let above = i64::try_from(bytes.next()).unwrap_or_default();
            if bytes.next().is_multiple_of(8) {
                high.to_string()
            } else {
                low.saturating_add(above).min(high).to_string()
            }
        }
        Kind::Share => (*bytes.pick(&["0", "0.5", "0.9", "1"])).to_owned(),
        Kind::Separator => quoted(bytes.pick::<&str>(TEXTS)),
        Kind::Pattern => quoted(bytes.pick::<&str>(PATTERNS)),
        Kind::DateFormat => quoted(bytes.pick::<&str>(FORMATS)),
        Kind::Zone => quoted(bytes.pick::<&str>(ZONES)),
        _ => expression(alike, depth, bytes),
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
