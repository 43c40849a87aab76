//! The five tables of nycflights13 and the links between them: every flight that left New York in 2013, with the
//! airlines, airports and planes, and the weather of each hour.

use std::fs;
use std::path::{Path, PathBuf};

use drillcore::{Acceleration, Dataset, Link};

use crate::failure::{Failure, Outcome};

/// One of the tables.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) file: &'static str,
}

/// The table that looks up in the others.
pub(super) const FLIGHTS: Table = Table { name: "flights", file: "flights.parquet" };

/// The tables, those that are looked up in first.
pub(super) const TABLES: [Table; 5] = [
    Table { name: "airlines", file: "airlines.csv" },
    Table { name: "airports", file: "airports.csv" },
    Table { name: "planes", file: "planes.csv" },
    Table { name: "weather", file: "weather.parquet" },
    FLIGHTS,
];

impl Table {
    /// The file of the table in a folder.
    pub(super) fn path(self, folder: &Path) -> PathBuf {
        folder.join(self.file)
    }

    /// The size of that file in bytes.
    pub(super) fn bytes(self, folder: &Path) -> u64 {
        fs::metadata(self.path(folder)).map_or(0, |file| file.len())
    }

    /// The table as a dataset. In the CSV files `NA` stands for a missing value.
    pub(super) fn dataset(self, folder: &Path) -> Dataset {
        let path = self.path(folder);
        if self.file.ends_with(".csv") {
            Dataset::csv(self.name, path).null_text("NA")
        } else {
            Dataset::parquet(self.name, path)
        }
    }

    /// Flights are asked for periods of time, so their cache is sorted by it.
    pub(super) fn acceleration(self) -> Acceleration {
        if self.name == "flights" { Acceleration::full().cluster_by(["time_hour"]) } else { Acceleration::full() }
    }
}

/// What a flight looks up.
pub(super) fn links() -> [Link; 5] {
    [
        Link::new("airline").from("flights", ["carrier"]).to("airlines", ["carrier"]),
        Link::new("plane").from("flights", ["tailnum"]).to("planes", ["tailnum"]),
        Link::new("weather").from("flights", ["origin", "time_hour"]).to("weather", ["origin", "time_hour"]),
        Link::new("origin_airport").from("flights", ["origin"]).to("airports", ["faa"]),
        Link::new("dest_airport").from("flights", ["dest"]).to("airports", ["faa"]),
    ]
}

/// The folder of the tables as an absolute path, so that the store still finds them from elsewhere.
pub(super) fn folder(given: &Path) -> Outcome<PathBuf> {
    let folder = std::path::absolute(given)
        .map_err(|error| Failure::new(format!("`{}` is no folder: {error}", given.display())))?;
    let missing: Vec<&str> =
        TABLES.iter().filter(|table| !table.path(&folder).is_file()).map(|table| table.file).collect();
    if missing.is_empty() {
        return Ok(folder);
    }
    Err(Failure::new(format!("the demo data is not in `{}`: there is no {}", folder.display(), missing.join(", ")))
        .hint("run the demo in the folder that holds data/nycflights13, or name the folder with --data DIR"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{TABLES, folder, links};

    #[test]
    fn links_stay_among_the_tables() {
        let known = |name: &str| TABLES.iter().any(|table| table.name == name);
        for link in links() {
            assert!(known(&link.from) && known(&link.to) && !link.on.is_empty(), "{}", link.name);
        }
    }

    #[test]
    fn missing_data_is_told_with_the_place() {
        let text = folder(Path::new("no-such-folder")).unwrap_err().render();
        assert!(text.contains("no-such-folder`: there is no airlines.csv, airports.csv"), "{text}");
        assert!(text.contains("--data DIR"), "{text}");
    }
}
