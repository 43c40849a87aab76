//! Ranges against the comparisons that they stand for, over times at which clocks change and years end.

use std::sync::{Arc, LazyLock};

use arrow::array::{
    ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, Int64Array, RecordBatch, TimestampMicrosecondArray,
};
use chrono::DateTime;
use datafusion::common::DFSchema;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::Expr;
use datafusion::prelude::{SessionContext, col};
use drillcore_formulas::{
    AggregateFunction, Names as FormulaNames, Node, Reference, Setting, Type, Typed, check_row, parse,
};
use proptest::prelude::*;

use crate::functions::scalar_expr;
use crate::model::column_type;
use crate::plan::formula::{Names, compare, formula};
use crate::time::{DAY, day_number};

/// Made once, as it registers many functions.
static CONTEXT: LazyLock<SessionContext> = LazyLock::new(SessionContext::new);

/// Names, types; their place is what they stand for.
const COLUMNS: [(&str, Type); 5] = [
    ("t", Type::Datetime),
    ("w", Type::LocalDatetime),
    ("d", Type::Date),
    ("i", Type::Integer),
    ("n", Type::Decimal { precision: 12, scale: 2 }),
];

const COMPARISONS: [&str; 6] = ["=", "<>", "<", "<=", ">", ">="];

const ZONES: [&str; 9] = [
    "UTC",
    "Europe/Brussels",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "America/Juneau",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
];

/// Instants at which one of their clocks was set to another time.
const CHANGES: [&str; 9] = [
    "2026-03-29T01:00:00Z",
    "2026-10-25T01:00:00Z",
    "2018-02-18T02:00:00Z",
    "2018-11-04T03:00:00Z",
    "2010-11-07T02:31:00Z",
    "2011-12-30T10:00:00Z",
    "2025-04-05T15:00:00Z",
    "1986-01-01T00:00:00Z",
    "1867-10-18T12:00:00Z",
];

#[derive(Debug)]
struct Columns;

impl FormulaNames for Columns {
    type Column = usize;
    type Measure = usize;

    fn column(&mut self, reference: &Reference) -> Result<(usize, Type), String> {
        let place = COLUMNS.iter().position(|(name, _)| *name == reference.name).ok_or("no such column")?;
        Ok((place, COLUMNS[place].1))
    }

    fn measure(&mut self, _: &Reference) -> Result<(usize, Type), String> {
        Err("no measures".to_owned())
    }

    fn aggregate_type(&self, _: AggregateFunction, _: Option<Type>) -> Result<Type, String> {
        Err("no aggregates".to_owned())
    }
}

impl Names<usize> for Columns {
    fn leaf(&self, name: &usize) -> Result<Expr, DataFusionError> {
        Ok(col(COLUMNS[*name].0))
    }

    fn behind<'t>(&self, _: &'t usize) -> Option<&'t Typed<usize>> {
        None
    }
}

fn setting(zone: &str, week_start: u8, fiscal_year_start: u8) -> Setting {
    Setting { zone: zone.parse().unwrap(), week_start, fiscal_year_start, now: 0 }
}

fn checked(text: &str, setting: &Setting) -> Typed<usize> {
    check_row(&parse(text).unwrap(), setting, &mut Columns).unwrap_or_else(|error| panic!("{}", error.render(text)))
}

/// Each moment as a value of each column, and a NULL.
fn rows(moments: &[i64]) -> RecordBatch {
    let some = || moments.iter().copied().map(Some).chain([None]);
    let days = some().map(|moment| {
        // Some days are none that a time could have.
        let moment = moment?;
        i32::try_from(if moment % 7 == 0 { moment.clamp(i32::MIN.into(), i32::MAX.into()) } else { moment / DAY }).ok()
    });
    let integers = some().map(|moment| moment.map(|moment| if moment % 2 == 0 { moment % 40 } else { moment }));
    let unscaled = some().map(|moment| moment.map(|moment| i128::from(moment % 1_000_000_000_000)));
    let columns: [ArrayRef; 5] = [
        Arc::new(some().collect::<TimestampMicrosecondArray>().with_timezone("UTC")),
        Arc::new(some().collect::<TimestampMicrosecondArray>()),
        Arc::new(days.collect::<Date32Array>()),
        Arc::new(integers.collect::<Int64Array>()),
        Arc::new(unscaled.collect::<Decimal128Array>().with_precision_and_scale(12, 2).unwrap()),
    ];
    let named = COLUMNS.iter().map(|(name, _)| *name).zip(columns).map(|(name, column)| (name, column, true));
    RecordBatch::try_from_iter_with_nullable(named).unwrap()
}

fn evaluated(expr: Expr, rows: &RecordBatch) -> ArrayRef {
    let schema = DFSchema::try_from(rows.schema()).unwrap();
    let physical = CONTEXT.create_physical_expr(expr, &schema).unwrap();
    physical.evaluate(rows).unwrap().into_array(rows.num_rows()).unwrap()
}

/// The tree as it was checked, without ranges.
fn plain(tree: &Typed<usize>) -> Expr {
    let Node::Compare(how, left, right) = &tree.node else { panic!("no comparison") };
    compare(*how, formula(left, &Columns).unwrap(), formula(right, &Columns).unwrap())
}

/// Formulas of one column, each with a constant near a moment.
fn sides(moment: i64) -> Vec<(&'static str, String)> {
    let moment = moment.clamp(day_number(1, 1, 1) * DAY, day_number(9999, 12, 31) * DAY);
    let time = DateTime::from_timestamp_micros(moment).unwrap();
    let date = format!("@{}", time.format("%Y-%m-%d"));
    let local = format!("@{}", time.format("%Y-%m-%dT%H:%M:%S"));
    let instant = format!("{local}Z");
    let year = time.format("%Y").to_string().trim_start_matches('0').to_owned();
    let number = moment % 40;
    let dated = [
        "{t}",
        "{w}",
        "CAST({t}, date)",
        "DATE_OF({t})",
        "AT_ZONE({t}, 'Pacific/Apia')",
        "DATE_TRUNC('week', {t})",
        "DATE_TRUNC('quarter', {w})",
        "DATE_TRUNC('year', {d})",
        "DATE_TRUNC('month', DATE_TRUNC('week', {t}))",
        "DATE_TRUNC('day', AT_ZONE({t}, 'America/St_Johns'))",
        "LAST_DAY('month', {t})",
        "LAST_DAY('year', {d})",
        "LAST_DAY('week', {w})",
        "CAST(CAST({d}, local_datetime), date)",
    ];
    let years = ["YEAR({t})", "YEAR({d})", "FISCAL_YEAR({w})", "FISCAL_YEAR({d})", "WEEK_YEAR({t})", "ISO_YEAR({d})"];
    let mut sides: Vec<(&str, String)> = dated.into_iter().map(|side| (side, date.clone())).collect();
    sides.extend(years.into_iter().map(|side| (side, year.clone())));
    sides.extend([
        ("CAST({d}, local_datetime)", local.clone()),
        ("AT_ZONE({t}, 'Europe/Brussels')", local.clone()),
        ("TIME_TRUNC('hour', {t})", instant),
        ("TIME_TRUNC('minute', {w})", local.clone()),
        ("TIME_TRUNC('hour', AT_ZONE({t}, 'Australia/Lord_Howe'))", local),
        ("DAY_NUMBER({w})", moment.div_euclid(DAY).to_string()),
        ("{i}", format!("{number}.5")),
        ("{i}", format!("{number}.0")),
        ("{n}", number.to_string()),
        ("{n}", format!("{number}.125")),
    ]);
    sides
}

/// How many pairs of sides there are.
static SIDES: LazyLock<usize> = LazyLock::new(|| sides(0).len());

fn moments() -> impl Strategy<Value = i64> {
    let changes: Vec<i64> =
        CHANGES.iter().map(|text| DateTime::parse_from_rfc3339(text).unwrap().timestamp_micros()).collect();
    let ends = vec![
        i64::MIN,
        i64::MAX,
        0,
        day_number(1, 1, 1) * DAY,
        day_number(2, 1, 1) * DAY - 1,
        day_number(9999, 1, 1) * DAY,
        day_number(10_000, 1, 1) * DAY - 1,
    ];
    prop_oneof![
        4 => (prop::sample::select(changes), -2 * DAY..2 * DAY).prop_map(|(change, by)| change + by),
        4 => (1990_i64..2030, -3 * DAY..3 * DAY).prop_map(|(year, by)| day_number(year, 1, 1) * DAY + by),
        2 => day_number(0, 1, 1) * DAY..day_number(10_002, 1, 1) * DAY,
        1 => any::<i64>(),
        1 => prop::sample::select(ends),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn ranges_are_the_comparisons(
        which in 0..*SIDES,
        how in prop::sample::select(COMPARISONS.to_vec()),
        turned in any::<bool>(),
        near in moments(),
        moments in prop::collection::vec(moments(), 1..60),
        zone in prop::sample::select(ZONES.to_vec()),
        week_start in 0_u8..7,
        fiscal_year_start in 1_u8..=12,
    ) {
        let (left, right) = sides(near).swap_remove(which);
        let text = if turned { format!("{right} {how} {left}") } else { format!("{left} {how} {right}") };
        let tree = checked(&text, &setting(zone, week_start, fiscal_year_start));
        let (ranged, plain) = (formula(&tree, &Columns).unwrap(), plain(&tree));
        prop_assert_ne!(&ranged, &plain, "{} is no range", text);
        let moments: Vec<i64> = moments.into_iter().chain([near, near.saturating_add(1), near.saturating_sub(1)]).collect();
        let rows = rows(&moments);
        prop_assert_eq!(&evaluated(ranged, &rows), &evaluated(plain, &rows), "{} in {} of {:?}", text, zone, moments);
    }

    #[test]
    fn buckets_are_the_first_days(
        unit in prop::sample::select(vec!["year", "quarter", "month", "week", "day"]),
        moments in prop::collection::vec(moments(), 1..60),
        zone in prop::sample::select(ZONES.to_vec()),
        week_start in 0_u8..7,
        fiscal_year_start in 1_u8..=12,
    ) {
        let tree = checked(&format!("DATE_TRUNC('{unit}', {{t}})"), &setting(zone, week_start, fiscal_year_start));
        let Node::Call(function, arguments) = &tree.node else { panic!("no call") };
        let arguments = arguments.iter().map(|argument| formula(argument, &Columns).unwrap()).collect();
        let plain = scalar_expr(*function, arguments, column_type(tree.value_type));
        let bucket = formula(&tree, &Columns).unwrap();
        // Where the first period of all begins before the year 1, the function is NULL and a bucket is not.
        let same = match unit {
            "year" => fiscal_year_start == 1,
            "quarter" => fiscal_year_start % 3 == 1,
            "week" => week_start == 0,
            _ => true,
        };
        prop_assert_eq!(bucket != plain, same);
        let rows = rows(&moments);
        prop_assert_eq!(&evaluated(bucket, &rows), &evaluated(plain, &rows), "{} in {} of {:?}", unit, zone, moments);
    }
}

/// What has no value outside of the known years must stay unknown there, also where it is negated.
#[test]
fn what_is_unknown_stays_unknown() {
    let tree = checked("YEAR({d}) < 2024", &Setting::default());
    let days: ArrayRef = Arc::new(Date32Array::from(vec![Some(i32::MAX), Some(i32::MIN), None, Some(0)]));
    let rows = RecordBatch::try_from_iter_with_nullable([("d", days, true)]).unwrap();
    let found = evaluated(formula(&tree, &Columns).unwrap(), &rows);
    assert_eq!(found.as_boolean(), &BooleanArray::from(vec![None, None, None, Some(true)]));
}

#[test]
fn a_formula_of_two_names_or_of_none_has_no_range() {
    for text in ["{i} + 1 > 2", "{i} > {n}", "1 > 2", "MONTH({d}) = 3", "{i} / 2 > 1", "NULL = {i}", "{w} > NULL"] {
        let tree = checked(text, &Setting::default());
        let found = formula(&tree, &Columns).unwrap().to_string();
        assert!(!found.contains("IS NOT NULL") && !found.contains(" OR "), "{text}: {found}");
    }
}

#[test]
fn large_formulas_have_no_ranges() {
    let list = |items: usize| (0..items).map(|day| day.to_string()).collect::<Vec<_>>().join(", ");
    let shown = |items: usize| {
        let tree = checked(&format!("DAY_NUMBER({{d}}) IN ({})", list(items)), &Setting::default());
        formula(&tree, &Columns).unwrap().to_string()
    };
    assert!(shown(10).contains("IS NOT NULL"));
    assert!(!shown(1_000).contains("IS NOT NULL"));
}
