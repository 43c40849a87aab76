//! What a version remembers of the syncs that made it.

use drillcore_store::Snapshot;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::catalog::{Acceleration, Strategy};
use crate::error::{Error, ErrorKind, Result};

/// The property of a version under which it stands, as JSON.
const SYNC: &str = "sync";

/// Where the next sync goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SyncState {
    /// The latest version time of the rows held, as far as the clock is trusted. In microseconds since 1970, as text,
    /// because not every reader of JSON keeps 64 bits.
    #[serde(default, with = "digits", skip_serializing_if = "Option::is_none")]
    pub(crate) watermark: Option<i64>,
    /// The ordinal of the next row.
    #[serde(with = "digits")]
    pub(crate) next_ordinal: Option<i64>,
    /// Deltas since everything was read.
    pub(crate) deltas: u32,
    /// Deltas since the keys were compared, or everything was read.
    pub(crate) since_reconcile: u32,
    /// Rows made longer ago were not kept, in microseconds.
    #[serde(default, with = "digits", skip_serializing_if = "Option::is_none")]
    pub(crate) retention: Option<i64>,
    pub(crate) basis: Basis,
    /// Columns that came after everything was read, by their ids: rows that were there before lack them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) added: Vec<String>,
}

/// What the content of the versions depends on; other settings need everything anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Basis {
    pub(crate) strategy: Strategy,
    #[serde(default)]
    pub(crate) key: Vec<String>,
    #[serde(default)]
    pub(crate) created_at: Option<String>,
    #[serde(default)]
    pub(crate) updated_at: Option<String>,
    #[serde(default)]
    pub(crate) deleted_at: Option<String>,
}

impl Basis {
    pub(crate) fn of(acceleration: &Acceleration) -> Self {
        Self {
            strategy: acceleration.strategy,
            key: acceleration.key.clone(),
            created_at: acceleration.created_at.clone(),
            updated_at: acceleration.updated_at.clone(),
            deleted_at: acceleration.deleted_at.clone(),
        }
    }
}

impl SyncState {
    /// What a version remembers; none if no sync of this kind made it.
    pub(crate) fn of(snapshot: &Snapshot) -> Result<Option<Self>> {
        let Some(text) = snapshot.properties().get(SYNC) else { return Ok(None) };
        serde_json::from_str(text).map(Some).map_err(|error| {
            let message = format!("version {} says of its syncs what cannot be read", snapshot.version());
            Error::new(ErrorKind::Storage, message).with_source(error)
        })
    }

    /// The property of the version that it describes.
    pub(crate) fn property(&self) -> Result<(String, String)> {
        let text = serde_json::to_string(self);
        let text = text.map_err(|error| Error::internal("the state of a sync has no JSON").with_source(error))?;
        Ok((SYNC.to_owned(), text))
    }

    pub(crate) fn next_ordinal(&self) -> i64 {
        self.next_ordinal.unwrap_or(0)
    }

    /// Moves the watermark on to a version that was met, never back.
    pub(crate) fn advance(&mut self, latest: Option<i64>) {
        self.watermark = self.watermark.max(latest);
    }
}

/// Whole numbers as text.
mod digits {
    use serde::de::Error as _;

    use super::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(number: &Option<i64>, serializer: S) -> Result<S::Ok, S::Error> {
        match number {
            Some(number) => serializer.collect_str(number),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
        let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| D::Error::custom("a number of 64 bits as text is expected"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Basis, SyncState};
    use crate::catalog::Acceleration;

    fn state() -> SyncState {
        SyncState {
            watermark: Some(1_700_000_000_000_001),
            next_ordinal: Some(i64::MAX),
            deltas: 3,
            since_reconcile: 1,
            retention: None,
            basis: Basis::of(&Acceleration::delta("made").key(["id"])),
            added: vec!["note".to_owned()],
        }
    }

    #[test]
    fn a_state_survives_its_text() {
        let (name, text) = state().property().unwrap();
        assert_eq!(name, "sync");
        assert_eq!(
            text,
            r#"{"watermark":"1700000000000001","next_ordinal":"9223372036854775807","deltas":3,"since_reconcile":1,"basis":{"strategy":"insert","key":["id"],"created_at":"made","updated_at":null,"deleted_at":null},"added":["note"]}"#
        );
        assert_eq!(serde_json::from_str::<SyncState>(&text).unwrap(), state());
    }

    #[test]
    fn the_watermark_never_goes_back() {
        let mut known = state();
        for (latest, expected) in [
            (None, 1_700_000_000_000_001),
            (Some(5), 1_700_000_000_000_001),
            (Some(1_800_000_000_000_001), 1_800_000_000_000_001),
        ] {
            known.advance(latest);
            assert_eq!(known.watermark, Some(expected), "{latest:?}");
        }
        known.watermark = None;
        known.advance(Some(3));
        assert_eq!(known.watermark, Some(3));
    }
}
