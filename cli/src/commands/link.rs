//! `drillcore link`: a named lookup from one dataset into another.

use std::path::Path;

use clap::Args;
use drillcore::Link;

use crate::failure::{Failure, Outcome};
use crate::{output, store};

const EXAMPLES: &str = "\
Examples:
  drillcore link airline flights.carrier airlines.carrier
  drillcore link origin_airport flights.origin airports.faa
  drillcore link dest_airport flights.dest airports.faa
  drillcore link weather flights.origin,time_hour weather.origin,time_hour

A query then reaches the looked up columns through the name of the link:
  {\"dataset_id\": \"origin_airport\", \"column_id\": \"name\"}";

/// Links a dataset to another one, so that its queries can use the other one's columns.
///
/// A link is a lookup: each row of FROM finds at most one row of TO, the first whose columns are equal. It never
/// multiplies and never drops rows. Several links may lead to the same dataset.
///
/// The name of a dataset ends at the first point; several columns are separated by commas, and the first of FROM is
/// compared with the first of TO, and so on.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct LinkArgs {
    /// The name of the link, which queries use.
    name: String,
    /// The dataset the link starts from, with its key columns.
    #[arg(value_name = "FROM.COLUMN[,COLUMN..]", value_parser = Endpoint::parse)]
    from: Endpoint,
    /// The dataset to look up in, with the columns that must be equal.
    #[arg(value_name = "TO.COLUMN[,COLUMN..]", value_parser = Endpoint::parse)]
    to: Endpoint,
}

/// One end of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Endpoint {
    dataset: String,
    columns: Vec<String>,
}

impl Endpoint {
    fn parse(text: &str) -> Result<Self, String> {
        let (dataset, columns) = text
            .split_once('.')
            .ok_or("write DATASET.COLUMN, for example flights.carrier, or DATASET.COLUMN,COLUMN")?;
        let columns: Vec<String> = columns.split(',').map(|column| column.trim().to_owned()).collect();
        if dataset.is_empty() {
            return Err("there is no dataset before the point".to_owned());
        }
        if columns.iter().any(String::is_empty) {
            return Err("a column is missing".to_owned());
        }
        Ok(Self { dataset: dataset.to_owned(), columns })
    }
}

/// Makes the link.
pub(crate) async fn run(dir: &Path, args: &LinkArgs) -> Outcome {
    let link = link(args)?;
    let engine = store::existing(dir).await?;
    Box::pin(engine.link(link)).await?;
    output::note(&format!(
        "link {}: {}.{} finds the first {} with the same {}",
        args.name,
        args.from.dataset,
        args.from.columns.join(","),
        args.to.dataset,
        args.to.columns.join(",")
    ));
    Ok(())
}

fn link(args: &LinkArgs) -> Outcome<Link> {
    let (from, to) = (&args.from, &args.to);
    if from.columns.len() != to.columns.len() {
        let message = format!(
            "`{}` gives {} columns to compare and `{}` gives {}",
            from.dataset,
            from.columns.len(),
            to.dataset,
            to.columns.len()
        );
        return Err(Failure::usage(message).hint("name as many columns on both ends, in the order of their pairs"));
    }
    Ok(Link::new(&args.name).from(&from.dataset, &from.columns).to(&to.dataset, &to.columns))
}

#[cfg(test)]
mod tests {
    use super::{Endpoint, LinkArgs, link};

    fn endpoint(dataset: &str, columns: &[&str]) -> Endpoint {
        Endpoint { dataset: dataset.to_owned(), columns: columns.iter().map(ToString::to_string).collect() }
    }

    #[test]
    fn endpoints_are_read() {
        for (text, expected) in [
            ("flights.carrier", endpoint("flights", &["carrier"])),
            ("weather.origin,time_hour", endpoint("weather", &["origin", "time_hour"])),
            ("weather.origin, time_hour", endpoint("weather", &["origin", "time_hour"])),
            ("sales.line.no", endpoint("sales", &["line.no"])),
        ] {
            assert_eq!(Endpoint::parse(text), Ok(expected), "{text}");
        }
        for text in ["flights", "", ".carrier", "flights.", "flights.a,", "flights.,a"] {
            assert!(Endpoint::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn both_ends_need_as_many_columns() {
        let args = |to: &[&str]| LinkArgs {
            name: "weather".to_owned(),
            from: endpoint("flights", &["origin", "time_hour"]),
            to: endpoint("weather", to),
        };
        let made = link(&args(&["station", "hour"])).unwrap();
        assert_eq!((made.name.as_str(), made.from.as_str(), made.to.as_str()), ("weather", "flights", "weather"));
        let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        assert_eq!(made.on, [pair("origin", "station"), pair("time_hour", "hour")]);
        let refusal = link(&args(&["station"])).unwrap_err().render();
        assert!(
            refusal.starts_with("error: `flights` gives 2 columns to compare and `weather` gives 1\n"),
            "{refusal}"
        );
    }
}
