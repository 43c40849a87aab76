//! How a table is accelerated: all the ways that the tests go through.

use std::fmt;
use std::time::Duration;

use drillcore::{Acceleration, NullKeys, SchemaChange, Upkeep};

use super::feed::Since;
use super::row::{Minute, Row};
use crate::rng::Rng;

/// What a sync reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Load {
    Full,
    Delta,
    /// Every so many successful syncs, a full one.
    FullDelta(u32),
}

/// What a sync takes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strategy {
    Insert,
    Update,
    Delete,
}

/// The columns of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyShape {
    None,
    Id,
    Code,
    Both,
}

/// What happens when the columns of the source change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaRule {
    Fail,
    Add,
    Reload,
}

/// A key that has no NULL; a part that does not belong to it is none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(Option<i64>, Option<String>);

/// One way to accelerate.
#[derive(Debug, Clone)]
pub struct Config {
    pub load: Load,
    pub strategy: Strategy,
    pub key: KeyShape,
    pub overlap: Minute,
    pub lag: Minute,
    /// The longest piece of a sync.
    pub period: Option<Minute>,
    pub retention: Option<Minute>,
    /// Every so many deltas keys are compared as well.
    pub reconcile_every: Option<u32>,
    /// Whether rows with a NULL key are dropped; else they are refused.
    pub drops_nulls: bool,
    pub schema: SchemaRule,
    /// Whether a sync looks after the files by itself.
    pub inline: bool,
    pub clustered: bool,
    /// The source of the test's own, or none for a file.
    pub since: Option<Since>,
}

impl KeyShape {
    /// The ids of its columns.
    #[must_use]
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::None => &[],
            Self::Id => &["id"],
            Self::Code => &["code"],
            Self::Both => &["id", "code"],
        }
    }

    /// What tells rows apart, whose number this is: the parts of a key, of which those of a composite come again.
    #[must_use]
    pub fn parts(self, identity: i64) -> (i64, String) {
        match self {
            Self::None | Self::Id => (identity, format!("c{}", identity % 3)),
            Self::Code => (identity % 3, format!("k{identity}")),
            Self::Both => (identity / 3, format!("c{}", identity % 3)),
        }
    }
}

impl Config {
    /// Minutes by which a time may be ahead of the clock and still move the watermark: the engine's default.
    pub const TOLERANCE: Minute = 5;

    /// Any way that makes sense.
    #[must_use]
    pub fn random(rng: &mut Rng) -> Self {
        let load = *rng.pick(&[
            Load::Full,
            Load::Delta,
            Load::Delta,
            Load::Delta,
            Load::Delta,
            Load::Delta,
            Load::Delta,
            Load::FullDelta(2),
            Load::FullDelta(3),
            Load::FullDelta(3),
        ]);
        let strategy = *rng.pick(&[
            Strategy::Insert,
            Strategy::Insert,
            Strategy::Insert,
            Strategy::Update,
            Strategy::Update,
            Strategy::Update,
            Strategy::Delete,
            Strategy::Delete,
            Strategy::Delete,
            Strategy::Delete,
        ]);
        let keyed = strategy != Strategy::Insert || rng.chance(50);
        let key = if keyed { *rng.pick(&[KeyShape::Id, KeyShape::Code, KeyShape::Both]) } else { KeyShape::None };
        let schema = *rng.pick(&[SchemaRule::Fail, SchemaRule::Add, SchemaRule::Add, SchemaRule::Reload]);
        let since = *rng.pick(&[None, None, None, Some(Since::Ignored), Some(Since::Batches), Some(Since::Rows)]);
        let mut config = Self {
            load,
            strategy,
            key,
            overlap: 0,
            lag: 0,
            period: None,
            retention: None,
            reconcile_every: None,
            drops_nulls: rng.chance(60),
            schema,
            inline: rng.chance(60),
            clustered: rng.chance(30),
            since,
        };
        if load != Load::Full {
            config.overlap = *rng.pick(&[0, 5, 10, 30, 120]);
            config.lag = if rng.chance(25) { *rng.pick(&[5, 10]) } else { 0 };
            config.period = rng.chance(15).then(|| *rng.pick(&[10, 20]));
            config.retention = rng.chance(20).then(|| *rng.pick(&[45, 120]));
            config.reconcile_every = (keyed && rng.chance(15)).then(|| *rng.pick(&[1, 2, 3]));
        }
        config
    }

    /// The same for the engine.
    #[must_use]
    pub fn acceleration(&self) -> Acceleration {
        let minutes = |minutes: Minute| Duration::from_secs(60 * minutes.unsigned_abs());
        let mut acceleration = match self.load {
            Load::Full => Acceleration::full(),
            Load::Delta => Acceleration::delta("created_at"),
            Load::FullDelta(every) => Acceleration::full_delta(every, "created_at"),
        };
        if self.key != KeyShape::None {
            acceleration = acceleration.created_at("created_at").key(self.key.columns().iter().copied());
        }
        acceleration = match self.strategy {
            Strategy::Insert => acceleration.insert(),
            Strategy::Update => acceleration.insert_update("updated_at"),
            Strategy::Delete => acceleration.insert_update_delete("updated_at", "deleted_at"),
        };
        if self.load != Load::Full {
            acceleration = acceleration.overlap(minutes(self.overlap)).lag(minutes(self.lag));
        }
        if let Some(period) = self.period {
            acceleration = acceleration.max_sync_period(minutes(period));
        }
        if let Some(retention) = self.retention {
            acceleration = acceleration.retention(minutes(retention));
        }
        if let Some(every) = self.reconcile_every {
            acceleration = acceleration.reconcile_every(every);
        }
        if self.clustered {
            acceleration = acceleration.cluster_by(["text"]);
        }
        acceleration
            .null_keys(if self.drops_nulls { NullKeys::Drop } else { NullKeys::Reject })
            .on_schema_change(match self.schema {
                SchemaRule::Fail => SchemaChange::Fail,
                SchemaRule::Add => SchemaChange::AddColumns,
                SchemaRule::Reload => SchemaChange::FullReload,
            })
            .upkeep(if self.inline { Upkeep::Inline } else { Upkeep::Manual })
    }

    /// The key of a row, if no part of it is NULL.
    #[must_use]
    pub fn key_of(&self, row: &Row) -> Option<Key> {
        match self.key {
            KeyShape::None => None,
            KeyShape::Id => Some(Key(Some(row.id?), None)),
            KeyShape::Code => Some(Key(None, Some(row.code.clone()?))),
            KeyShape::Both => Some(Key(Some(row.id?), Some(row.code.clone()?))),
        }
    }

    /// The time by which a row is fetched and by which versions of it are compared. NULL is less than any.
    #[must_use]
    pub fn time_of(&self, row: &Row) -> Option<Minute> {
        match self.strategy {
            Strategy::Insert => row.created,
            Strategy::Update => row.created.max(row.updated),
            Strategy::Delete => row.created.max(row.updated).max(row.deleted),
        }
    }

    /// Whether a row says that its key is deleted.
    #[must_use]
    pub fn is_tombstone(&self, row: &Row) -> bool {
        self.strategy == Strategy::Delete && row.deleted.is_some()
    }

    /// Whether versions of a row replace one another.
    #[must_use]
    pub fn updates(&self) -> bool {
        self.strategy != Strategy::Insert
    }

    /// What of it is to be covered.
    #[must_use]
    pub fn tags(&self) -> Vec<String> {
        let mut tags = vec![
            format!("strategy {:?}", self.strategy),
            format!("key {:?}", self.key),
            format!("schema {:?}", self.schema),
            format!("source {}", self.since.map_or("file", Since::name)),
            match self.load {
                Load::Full => "load full".to_owned(),
                Load::Delta => "load delta".to_owned(),
                Load::FullDelta(_) => "load full and delta".to_owned(),
            },
        ];
        let features = [
            ("overlap", self.overlap > 0),
            ("no overlap", self.overlap == 0),
            ("lag", self.lag > 0),
            ("pieces", self.period.is_some()),
            ("retention", self.retention.is_some()),
            ("reconcile in syncs", self.reconcile_every.is_some()),
            ("null keys dropped", self.key != KeyShape::None && self.drops_nulls),
            ("null keys refused", self.key != KeyShape::None && !self.drops_nulls),
            ("upkeep inline", self.inline),
            ("upkeep manual", !self.inline),
            ("clustered", self.clustered),
        ];
        tags.extend(features.iter().filter(|(_, is)| *is).map(|(name, _)| (*name).to_owned()));
        tags
    }
}

impl fmt::Display for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, {:?}, key {:?}", self.load, self.strategy, self.key)?;
        write!(f, ", overlap {}, lag {}", self.overlap, self.lag)?;
        for (name, minutes) in [("period", self.period), ("retention", self.retention)] {
            if let Some(minutes) = minutes {
                write!(f, ", {name} {minutes}")?;
            }
        }
        if let Some(every) = self.reconcile_every {
            write!(f, ", reconcile every {every}")?;
        }
        let nulls = if self.drops_nulls { "dropped" } else { "refused" };
        let upkeep = if self.inline { "inline" } else { "manual" };
        write!(f, ", null keys {nulls}, schema {:?}, upkeep {upkeep}", self.schema)?;
        write!(f, ", clustered {}, source {}", self.clustered, self.since.map_or("file", Since::name))
    }
}
