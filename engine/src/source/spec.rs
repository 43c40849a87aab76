//! The sources that a catalog can keep.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{ArrowIpcSource, CsvSource, JsonLinesSource, ParquetSource, Source};

/// A source that can be written down: where the file is, and how to read it.
///
/// ```
/// use drillcore::{CsvSource, SourceSpec};
///
/// let spec = SourceSpec::from(CsvSource::new("data/planes.csv").null_text("NA"));
/// let kept = serde_json::to_string(&spec)?;
/// assert_eq!(kept, r#"{"type":"csv","path":"data/planes.csv","null_texts":["NA"]}"#);
/// assert_eq!(serde_json::from_str::<SourceSpec>(&kept)?, spec);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum SourceSpec {
    /// A file of delimited text.
    Csv(CsvSource),
    /// A Parquet file.
    Parquet(ParquetSource),
    /// A file with one JSON object per line.
    JsonLines(JsonLinesSource),
    /// An Arrow IPC file, in file or stream format.
    ArrowIpc(ArrowIpcSource),
}

impl SourceSpec {
    /// The source that it describes.
    #[must_use]
    pub fn as_source(&self) -> Arc<dyn Source> {
        match self {
            Self::Csv(source) => Arc::new(source.clone()),
            Self::Parquet(source) => Arc::new(source.clone()),
            Self::JsonLines(source) => Arc::new(source.clone()),
            Self::ArrowIpc(source) => Arc::new(source.clone()),
        }
    }
}

impl From<CsvSource> for SourceSpec {
    fn from(source: CsvSource) -> Self {
        Self::Csv(source)
    }
}

impl From<ParquetSource> for SourceSpec {
    fn from(source: ParquetSource) -> Self {
        Self::Parquet(source)
    }
}

impl From<JsonLinesSource> for SourceSpec {
    fn from(source: JsonLinesSource) -> Self {
        Self::JsonLines(source)
    }
}

impl From<ArrowIpcSource> for SourceSpec {
    fn from(source: ArrowIpcSource) -> Self {
        Self::ArrowIpc(source)
    }
}

#[cfg(test)]
mod tests {
    use super::{ArrowIpcSource, CsvSource, JsonLinesSource, ParquetSource, SourceSpec};
    use crate::source::DateFormat;

    #[test]
    fn every_spec_survives_the_catalog() {
        let csv = CsvSource::new("a.csv")
            .delimiter(b';')
            .header(false)
            .null_text("NA")
            .sample_rows(1000)
            .date_format("column_1", DateFormat::DayFirstSlash);
        let specs: [SourceSpec; 5] = [
            csv.into(),
            CsvSource::new("b.csv").into(),
            ParquetSource::new("c.parquet").into(),
            JsonLinesSource::new("d.jsonl").into(),
            ArrowIpcSource::new("e.arrow").into(),
        ];
        for spec in specs {
            let kept = serde_json::to_string(&spec).expect("serialises");
            assert_eq!(serde_json::from_str::<SourceSpec>(&kept).expect("reads back"), spec, "{kept}");
        }
    }

    #[test]
    fn a_delimiter_that_is_not_one_character_is_refused() {
        let spec = r#"{"type": "csv", "path": "a.csv", "delimiter": "::"}"#;
        let error = serde_json::from_str::<SourceSpec>(spec).expect_err("refused").to_string();
        assert!(error.contains("one ASCII character"), "{error}");
    }
}
