//! Queries as SQL for DuckDB, as far as plain SQL can say them: the third opinion of long runs. What it cannot say is
//! named, so that it can be counted.

use crate::cell::{Cell, Type};
use crate::ground::Ground;
use crate::oracle::wall;
use crate::spec::{
    Aggregation, At, Bucket, Dimension, Filter, Having, Leaf, Level, Literal, Measure, Nulls, Operator, Output, Right,
    Spec,
};
use crate::world::{Table, World};

/// Why a query has no SQL here.
pub type Skipped = &'static str;

/// A query as one statement.
///
/// # Errors
/// The part of the language that it cannot say.
pub fn sql(world: &World, spec: &Spec) -> Result<String, Skipped> {
    refuse(spec)?;
    let writer = Writer { ground: Ground::new(world, spec), spec };
    let mut inner: Vec<String> = Vec::new();
    let mut outer: Vec<String> = Vec::new();
    for (index, dimension) in spec.dimensions.iter().enumerate() {
        inner.push(format!("{} AS k{index}", writer.dimension(dimension)?));
        outer.push(format!("k{index}"));
    }
    for (index, measure) in spec.measures.iter().enumerate() {
        inner.push(format!("{} AS v{index}", writer.value(measure)?));
        outer.push(format!("{} AS m{index}", writer.aggregate(measure, index)?));
    }
    let filters = spec.filter.iter().map(|filter| writer.filter(filter)).collect::<Result<Vec<_>, _>>()?;
    let having = spec.having.iter().map(having).collect::<Result<Vec<_>, _>>()?;
    let keys: Vec<String> = (0..spec.dimensions.len()).map(|index| format!("k{index}")).collect();
    let group = if keys.is_empty() { String::new() } else { format!(" GROUP BY {}", keys.join(", ")) };
    let order = spec.order.iter().map(|key| {
        let column = match key.of {
            Output::Dimension(index) => format!("k{index}"),
            Output::Cell(index) => format!("m{index}"),
        };
        let direction = if key.descending { "DESC" } else { "ASC" };
        format!("{column} {direction} NULLS {}", if key.nulls_first { "FIRST" } else { "LAST" })
    });
    let order: Vec<String> = order.chain(keys.iter().map(|key| format!("{key} ASC NULLS LAST"))).collect();
    let all = |tests: &[String]| if tests.is_empty() { "TRUE".to_owned() } else { tests.join(" AND ") };
    let order = if order.is_empty() { String::new() } else { format!(" ORDER BY {}", order.join(", ")) };
    let limit = spec.limit.map_or(String::new(), |(rows, skipped)| format!(" LIMIT {rows} OFFSET {skipped}"));
    Ok(format!(
        "SELECT * FROM (SELECT {} FROM (SELECT {} FROM {} WHERE {}){group}) WHERE {}{order}{limit}",
        outer.join(", "),
        inner.join(", "),
        writer.tables(),
        all(&filters),
        all(&having)
    ))
}

fn refuse(spec: &Spec) -> Result<(), Skipped> {
    let refused: [(bool, Skipped); 12] = [
        (spec.rows_mode, "rows"),
        (!spec.derived.is_empty(), "derived columns"),
        (!spec.windows.is_empty(), "windows"),
        (!spec.post.is_empty(), "post"),
        (spec.top.is_some(), "top"),
        (spec.compare.is_some(), "comparison"),
        (!spec.pivot.is_empty(), "pivot"),
        (spec.dimensions.iter().any(|dimension| dimension.gaps), "members without rows"),
        (spec.order.iter().any(|key| key.tiered), "tiers"),
        (spec.options.case_sensitive == Some(false), "text without case"),
        (spec.options.week_start.is_some_and(|start| start != 0), "other week starts"),
        (spec.options.fiscal.is_some_and(|month| month != 1), "fiscal years"),
    ];
    refused.into_iter().find(|(refused, _)| *refused).map_or(Ok(()), |(_, what)| Err(what))
}

struct Writer<'a> {
    ground: Ground<'a>,
    spec: &'a Spec,
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

impl Writer<'_> {
    fn column(&self, at: At) -> String {
        format!("p{}.{}", at.path, quoted(&self.ground.column(at).id))
    }

    fn dimension(&self, dimension: &Dimension) -> Result<String, Skipped> {
        let column = self.column(dimension.at);
        let ty = self.ground.column(dimension.at).ty;
        if dimension.bins.is_some() {
            return Err("bins");
        }
        let wall = match ty {
            Type::Datetime => format!("timezone('{}', timezone('UTC', {column}))", self.spec.zone().name()),
            _ => column.clone(),
        };
        match dimension.bucket {
            None if matches!(ty, Type::Datetime | Type::LocalDatetime) => Err("times as they are"),
            None => Ok(column),
            Some(Bucket::Level { level: Level(level @ 1..=5), .. }) => {
                Ok(format!("CAST(date_trunc('{}', {wall}) AS DATE)", Level(level).name()))
            }
            Some(Bucket::Level { .. }) => Err("levels below a day"),
            Some(Bucket::Part(part)) => {
                let field = match part.0 {
                    0 => "quarter",
                    1 => "month",
                    3 => "week",
                    4 => "day",
                    5 => "doy",
                    6 => "isodow",
                    8 => "hour",
                    9 => "minute",
                    10 => "second",
                    _ => return Err("names of months and weekdays"),
                };
                Ok(format!("date_part('{field}', {wall})"))
            }
        }
    }

    fn value(&self, measure: &Measure) -> Result<String, Skipped> {
        let value = match (&measure.aggregation, measure.at) {
            (Aggregation::Formula(_), _) => return Err("formulas"),
            (Aggregation::Count, _) | (_, None) => "1".to_owned(),
            (_, Some(at)) => self.column(at),
        };
        let filters = measure.filter.iter().map(|filter| self.filter(filter)).collect::<Result<Vec<_>, _>>()?;
        Ok(if filters.is_empty() { value } else { format!("CASE WHEN {} THEN {value} END", filters.join(" AND ")) })
    }

    fn aggregate(&self, measure: &Measure, index: usize) -> Result<String, Skipped> {
        let value = format!("v{index}");
        let ty = measure.at.map(|at| self.ground.column(at).ty);
        let moderate = measure.at.is_none_or(|at| self.ground.column(at).moderate);
        if matches!(ty, Some(Type::Datetime | Type::LocalDatetime))
            && !matches!(
                measure.aggregation,
                Aggregation::Count | Aggregation::CountValues | Aggregation::DistinctCount
            )
        {
            return Err("times as they are");
        }
        let exact_there = measure.aggregation == Aggregation::Sum && ty != Some(Type::Float);
        if !moderate && measure.aggregation.needs_numbers() && !exact_there {
            return Err("numbers near the limits of floats");
        }
        Ok(match &measure.aggregation {
            Aggregation::Count | Aggregation::CountValues => format!("count({value})"),
            Aggregation::DistinctCount => format!("count(DISTINCT {value})"),
            Aggregation::Sum => format!("sum({value})"),
            Aggregation::Average => format!("avg({value})"),
            Aggregation::Median => format!("median(CAST({value} AS DOUBLE))"),
            Aggregation::Min => format!("min({value})"),
            Aggregation::Max => format!("max({value})"),
            Aggregation::Stddev => format!("stddev_samp({value})"),
            Aggregation::Variance => format!("var_samp({value})"),
            Aggregation::StddevPop => format!("stddev_pop({value})"),
            Aggregation::VariancePop => format!("var_pop({value})"),
            Aggregation::Percentile { thousandths, discrete: false } => {
                format!("quantile_cont(CAST({value} AS DOUBLE), {})", f64::from(*thousandths) / 1000.0)
            }
            _ => return Err("other aggregations"),
        })
    }

    fn filter(&self, filter: &Filter) -> Result<String, Skipped> {
        let all = |parts: &[Filter]| parts.iter().map(|part| self.filter(part)).collect::<Result<Vec<_>, _>>();
        Ok(match filter {
            Filter::Leaf(leaf) | Filter::Context(leaf) => self.leaf(leaf)?,
            Filter::And(parts) if parts.is_empty() => "TRUE".to_owned(),
            Filter::Or(parts) if parts.is_empty() => "FALSE".to_owned(),
            Filter::And(parts) => format!("({})", all(parts)?.join(" AND ")),
            Filter::Or(parts) => format!("({})", all(parts)?.join(" OR ")),
            Filter::Not(inner) => format!("(NOT {})", self.filter(inner)?),
        })
    }

    fn leaf(&self, leaf: &Leaf) -> Result<String, Skipped> {
        let ty = self.ground.column(leaf.at).ty;
        if leaf.bucket.is_some() || matches!(ty, Type::Datetime | Type::LocalDatetime) {
            return Err("filters on times and levels");
        }
        if leaf.case_sensitive == Some(false) {
            return Err("text without case");
        }
        let column = self.column(leaf.at);
        let other = match &leaf.right {
            Right::Column(at) => Some(self.column(*at)),
            _ => None,
        };
        let test = test(&column, leaf.operator, &leaf.right, other.as_deref())?;
        let null = match &other {
            Some(other) => format!("({column} IS NULL OR {other} IS NULL)"),
            None => format!("({column} IS NULL)"),
        };
        Ok(match leaf.nulls {
            None => test,
            Some(Nulls::Include) => format!("({null} OR {test})"),
            Some(Nulls::Exclude) => format!("((NOT {null}) AND {test})"),
            Some(Nulls::Only) => null,
        })
    }

    /// The base, and behind each way the first rows of its keys.
    fn tables(&self) -> String {
        let world = self.ground.world;
        let mut tables = format!("{} p0", quoted(&world.tables[0].name));
        for (index, path) in world.paths.iter().enumerate().skip(1) {
            let (last, before) = path.links.split_last().expect("a path over links");
            let from = world.paths.iter().position(|other| other.links == before).expect("a path");
            let link = &world.links[*last];
            let keys: Vec<String> = link.on.iter().map(|(_, right)| quoted(right)).collect();
            let on: Vec<String> = link
                .on
                .iter()
                .map(|(left, right)| format!("p{index}.{} = p{from}.{}", quoted(right), quoted(left)))
                .collect();
            tables += &format!(
                " LEFT JOIN (SELECT * FROM {} QUALIFY row_number() OVER (PARTITION BY {} ORDER BY _row) = 1) p{index} ON {}",
                quoted(&world.tables[link.to].name),
                keys.join(", "),
                on.join(" AND ")
            );
        }
        tables
    }
}

/// A test that is never NULL.
fn test(x: &str, operator: Operator, right: &Right, other: Option<&str>) -> Result<String, Skipped> {
    use Operator as O;
    let (positive, negated) = match operator {
        O::Ne => (O::Eq, true),
        O::NotBetween => (O::Between, true),
        O::NotIn => (O::In, true),
        O::NotLike => (O::Like, true),
        O::NotStartsWith => (O::StartsWith, true),
        O::NotEndsWith => (O::EndsWith, true),
        O::IsNotNull => (O::IsNull, true),
        O::IsNotEmpty => (O::IsEmpty, true),
        other => (other, false),
    };
    let sign = match positive {
        O::Lt => "<",
        O::Le => "<=",
        O::Gt => ">",
        O::Ge => ">=",
        _ => "=",
    };
    let known = |test: String| format!("COALESCE({test}, FALSE)");
    let equal = |value: &Literal| -> Result<String, Skipped> {
        Ok(match value {
            Literal::Null => format!("({x} IS NULL)"),
            value => known(format!("{x} = {}", literal(value)?)),
        })
    };
    let found = match (positive, right) {
        (O::IsNull, _) => format!("({x} IS NULL)"),
        (O::IsEmpty, _) => format!("({x} IS NULL OR {x} = '')"),
        (O::Eq, Right::Literal(value)) => equal(value)?,
        (O::Lt | O::Le | O::Gt | O::Ge, Right::Literal(value)) => known(format!("{x} {sign} {}", literal(value)?)),
        (O::Eq | O::Lt | O::Le | O::Gt | O::Ge, Right::Column(_)) => {
            known(format!("{x} {sign} {}", other.unwrap_or("NULL")))
        }
        (O::Between, Right::Ends(low, high)) => {
            known(format!("{x} >= {} AND {x} <= {}", literal(low)?, literal(high)?))
        }
        (O::In, Right::List(items)) => {
            let parts = items.iter().map(equal).collect::<Result<Vec<_>, _>>()?;
            if parts.is_empty() { "FALSE".to_owned() } else { format!("({})", parts.join(" OR ")) }
        }
        (O::Like, Right::Literal(value)) => known(format!("contains({x}, {})", literal(value)?)),
        (O::StartsWith, Right::Literal(value)) => known(format!("starts_with({x}, {})", literal(value)?)),
        (O::EndsWith, Right::Literal(value)) => known(format!("suffix({x}, {})", literal(value)?)),
        _ => return Err("patterns and relative dates"),
    };
    Ok(if negated { format!("(NOT {found})") } else { found })
}

fn literal(literal: &Literal) -> Result<String, Skipped> {
    Ok(match literal {
        Literal::Null => "NULL".to_owned(),
        Literal::Boolean(value) => value.to_string().to_uppercase(),
        Literal::Integer(value) => format!("CAST({value} AS HUGEINT)"),
        Literal::Float(value) => format!("CAST('{value:e}' AS DOUBLE)"),
        Literal::Decimal { units, scale } => {
            let sign = if *units < 0 { "-" } else { "" };
            let unit = 10_u64.pow(*scale);
            let (whole, rest) = (units.unsigned_abs() / unit, units.unsigned_abs() % unit);
            format!("CAST('{sign}{whole}.{rest:0width$}' AS DECIMAL(38, {scale}))", width = *scale as usize)
        }
        Literal::Text(value) => text(value),
        Literal::Day(day) => format!("DATE '{}'", wall::date(*day)),
        _ => return Err("filters on times and levels"),
    })
}

fn having(having: &Having) -> Result<String, Skipped> {
    Ok(match having {
        Having::Leaf { cell, operator, right } => test(&format!("m{cell}"), *operator, right, None)?,
        Having::Or(parts) => {
            let parts = parts.iter().map(self::having).collect::<Result<Vec<_>, _>>()?;
            format!("({})", parts.join(" OR "))
        }
        Having::Not(inner) => format!("(NOT {})", self::having(inner)?),
    })
}

/// The type of a column of the tables.
#[must_use]
pub fn column_type(ty: Type) -> String {
    match ty {
        Type::Text => "VARCHAR".to_owned(),
        Type::Boolean => "BOOLEAN".to_owned(),
        Type::Integer => "BIGINT".to_owned(),
        Type::Float => "DOUBLE".to_owned(),
        Type::Decimal(scale) => format!("DECIMAL(18, {scale})"),
        Type::Date => "DATE".to_owned(),
        Type::Datetime | Type::LocalDatetime => "TIMESTAMP".to_owned(),
    }
}

/// A table as CSV, with the number of each row in `_row`. Text is quoted, NULL is nothing.
#[must_use]
pub fn csv(table: &Table) -> String {
    let names: Vec<String> = table.columns.iter().map(|column| quoted(&column.id)).collect();
    let mut lines = format!("_row,{}\n", names.join(","));
    for (number, row) in table.rows.iter().enumerate() {
        let cells: Vec<String> = row.iter().zip(&table.columns).map(|(cell, column)| field(cell, column.ty)).collect();
        lines += &format!("{number},{}\n", cells.join(","));
    }
    lines
}

fn field(cell: &Cell, ty: Type) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Text(text) => quoted(text),
        Cell::Boolean(value) => value.to_string(),
        Cell::Integer(value) => value.to_string(),
        Cell::Float(value) => format!("{value:e}"),
        Cell::Decimal(units) => {
            let scale = if let Type::Decimal(scale) = ty { scale } else { 0 };
            let unit = 10_u64.pow(scale);
            let (whole, rest) = (units.unsigned_abs() / unit, units.unsigned_abs() % unit);
            let sign = if *units < 0 { "-" } else { "" };
            format!("{sign}{whole}.{rest:0width$}", width = scale as usize)
        }
        Cell::Day(day) => wall::date(*day).to_string(),
        Cell::Micros(micros) => {
            let at = chrono::DateTime::from_timestamp_micros(*micros).expect("a time that chrono can hold");
            at.naive_utc().format("%Y-%m-%d %H:%M:%S%.6f").to_string()
        }
    }
}
