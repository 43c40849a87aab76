//! Random scripts: a way to accelerate, and what happens.

use std::fmt;

use drillcore_store::CrashMode;

use super::config::{Config, KeyShape, Load, SchemaRule};
use super::row::Minute;
use super::step::{Arrival, Change, Crash, NewRow, Step, Version};
use crate::rng::Rng;

/// What the clock shows at the start, so that there is a past.
pub const FIRST_MINUTE: Minute = 200;

/// A way to accelerate, and what happens.
#[derive(Debug, Clone)]
pub struct Script {
    pub seed: u64,
    pub config: Config,
    pub steps: Vec<Step>,
}

impl Script {
    /// The script of that seed.
    #[must_use]
    pub fn random(seed: u64) -> Self {
        let rng = &mut Rng::new(seed);
        let config = Config::random(rng);
        Self::of(seed, config, rng)
    }

    fn of(seed: u64, config: Config, rng: &mut Rng) -> Self {
        let mut writer = Writer { rng, config: &config, now: FIRST_MINUTE, next: 100, steps: Vec::new() };
        writer.write();
        let steps = writer.steps;
        Self { seed, config, steps }
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "script {}: {}", self.seed, self.config)?;
        writeln!(f, "the clock starts at {FIRST_MINUTE}")?;
        self.steps.iter().enumerate().try_for_each(|(at, step)| writeln!(f, "{:3}. {step}", at + 1))
    }
}

struct Writer<'a> {
    rng: &'a mut Rng,
    config: &'a Config,
    now: Minute,
    /// The next identity that no row has had.
    next: i64,
    steps: Vec<Step>,
}

impl Writer<'_> {
    fn write(&mut self) {
        if self.rng.chance(90) {
            self.insert(Arrival::Fresh);
        }
        self.steps.push(Step::Sync);
        for _ in 0..self.rng.between(4, 9) {
            for _ in 0..self.rng.between(1, 3) {
                self.source_step();
            }
            if self.rng.chance(70) {
                self.advance();
            }
            self.engine_step();
        }
        // Whatever came before, a cache catches up.
        self.steps.extend([Step::Mend, Step::SyncTwice]);
    }

    fn advance(&mut self) {
        let far = self.config.period.is_none() && self.rng.chance(2);
        // Nine days, after which versions expire.
        let minutes = if far { 9 * 24 * 60 } else { *self.rng.pick(&[1, 5, 5, 10, 15, 30, 60]) };
        self.now += minutes;
        self.steps.push(Step::Advance(minutes));
    }

    /// One of a few times shortly before now, so that many are the same.
    fn time(&mut self) -> Minute {
        self.now - *self.rng.pick(&[0, 0, 0, 1, 5, 5, 10, 20, 30])
    }

    /// Of a row or a version, counted round.
    fn place(&mut self) -> usize {
        self.rng.below(1_000)
    }

    /// Which key a new row has: often one that others have or had.
    fn identity(&mut self) -> i64 {
        if self.config.key != KeyShape::None && self.rng.chance(60) {
            return self.rng.between(0, 9);
        }
        self.next += 1;
        self.next
    }

    fn row(&mut self, arrival: Arrival) -> NewRow {
        let now = self.now;
        let is_null = arrival == Arrival::Keyless;
        let (identity, number) = (self.identity(), self.rng.between(0, 7));
        let (mut created, mut updated, mut deleted) = (Some(self.time()), None, None);
        match arrival {
            Arrival::Late => created = Some(now - *self.rng.pick(&[15, 20, 40, 60, 90])),
            Arrival::Ahead => created = Some(now + *self.rng.pick(&[2, 5, 6, 30, 600])),
            Arrival::Timeless => created = None,
            _ => {}
        }
        if self.config.updates() && arrival != Arrival::Timeless {
            if self.rng.chance(10) {
                created = None;
            }
            if self.rng.chance(50) || created.is_none() {
                let at = created.unwrap_or(now - 10);
                updated = Some(at + *self.rng.pick(&[0, 0, 1, 5]));
            }
        }
        if self.rng.chance(10) && arrival != Arrival::Timeless {
            deleted = Some(self.time());
        }
        NewRow { identity, is_null, created, updated, deleted, number }
    }

    fn insert(&mut self, arrival: Arrival) {
        let count = self.rng.between(1, if arrival == Arrival::Fresh { 5 } else { 2 });
        let mut rows: Vec<NewRow> = (0..count).map(|_| self.row(arrival)).collect();
        if arrival == Arrival::Together {
            let mut twin = self.row(arrival);
            if let Some(first) = rows.first() {
                twin.identity = first.identity;
                if self.rng.chance(50) {
                    (twin.created, twin.updated, twin.deleted) = (first.created, first.updated, first.deleted);
                }
            }
            rows.push(twin);
        }
        self.steps.push(Step::Insert { arrival, rows });
    }

    fn source_step(&mut self) {
        let (place, at, number) = (self.place(), self.time(), self.rng.between(0, 7));
        let step = match self.rng.below(100) {
            0..26 => return self.insert(Arrival::Fresh),
            26..33 => return self.insert(Arrival::Late),
            33..37 => return self.insert(Arrival::Ahead),
            37..40 => return self.insert(Arrival::Timeless),
            40..44 if self.config.key != KeyShape::None => return self.insert(Arrival::Keyless),
            44..49 if self.config.key != KeyShape::None => return self.insert(Arrival::Together),
            40..49 => return self.insert(Arrival::Fresh),
            49..53 => Step::Double { place, is_changed: false },
            53..56 => Step::Double { place, is_changed: true },
            56..66 => self.update(Version::Newer, at, number),
            66..71 => self.update(Version::Same, at, number),
            71..75 => {
                let at = self.now - *self.rng.pick(&[20, 40, 90]);
                self.update(Version::Older, at, number)
            }
            75..84 => Step::SoftDelete { place, at },
            84..88 => Step::Revive { place, at },
            88..96 => Step::HardDelete { place },
            _ => return self.change_columns(),
        };
        self.steps.push(step);
    }

    fn update(&mut self, version: Version, at: Minute, number: i64) -> Step {
        let keeps_old = self.config.updates() && self.rng.chance(25);
        Step::Update { place: self.place(), version, at, number, keeps_old }
    }

    fn change_columns(&mut self) {
        let change = *self.rng.pick(&[
            Change::AddExtra,
            Change::AddNote,
            Change::AddNote,
            Change::Widen,
            Change::DropNote,
            Change::Narrow,
        ]);
        self.steps.push(Step::Columns(change));
        if self.config.schema != SchemaRule::Reload && self.rng.chance(40) {
            // A sync that is refused, perhaps, and then no longer.
            self.steps.extend([Step::Sync, Step::Mend]);
        }
    }

    fn crash(&mut self) -> Crash {
        let (share, seed) = (self.rng.below(115) as u64, self.rng.bits() % 1_000);
        Crash { share, after: self.rng.chance(25), mode: *self.rng.pick(&CrashMode::ALL), seed }
    }

    fn engine_step(&mut self) {
        // A source of the test's own ends with the engine.
        let outlives = self.config.since.is_none();
        let reconciles = self.config.key != KeyShape::None && self.config.load != Load::Full;
        let step = match self.rng.below(100) {
            0..34 => Step::Sync,
            34..46 => Step::SyncTwice,
            46..54 if reconciles => Step::Reconcile,
            54..64 => Step::Compact,
            64..67 => Step::Vacuum,
            67..70 => Step::Purge,
            70..76 => Step::Restore(self.place()),
            76..82 => Step::Look(self.place()),
            82..87 if outlives => Step::Reopen,
            87..97 if outlives => Step::CrashSync(self.crash()),
            97..100 if outlives => Step::CrashCompact(self.crash()),
            _ => Step::Sync,
        };
        // Without a sync in between little would be left to do.
        if !matches!(step, Step::Sync | Step::SyncTwice | Step::CrashSync(_)) && self.rng.chance(60) {
            self.steps.push(Step::Sync);
        }
        self.steps.push(step);
    }
}
