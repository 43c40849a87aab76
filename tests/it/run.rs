//! A run of generated queries: over the sources first, over the snapshots then.

use drillcore_tests::coverage::{Coverage, Tag};
use drillcore_tests::duel::Duel;
use drillcore_tests::generate::rich_query;
use drillcore_tests::json::Json;
use drillcore_tests::oracle::Answer;
use drillcore_tests::rng::Rng;
use drillcore_tests::spec::Spec;
use drillcore_tests::tags::tags;

/// Differences after which a run stops, so that a broken rule does not fill the screen.
const ENOUGH: usize = 5;

/// A number from the environment.
pub fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is no number")))
}

/// A query on which both sides agreed.
#[derive(Debug)]
pub struct Answered {
    spec: Spec,
    expected: Answer,
    data: Json,
}

/// What a run found.
#[derive(Debug, Default)]
pub struct Run {
    pub coverage: Coverage,
    pub asked: usize,
    differences: Vec<String>,
}

impl Run {
    /// Asks generated queries over the sources of a world, then over its snapshots, and compares each answer with the
    /// oracle's and the two with each other. Parts of the language that were covered less than `percent` of what is
    /// wanted are looked for first. Returns the queries that were answered.
    pub fn world(&mut self, duel: &Duel, rng: &mut Rng, count: usize, percent: usize) -> Vec<Answered> {
        let mut answered = Vec::new();
        for _ in 0..count {
            if self.is_over() {
                return answered;
            }
            let (spec, expected) = self.next(duel, rng, percent);
            match duel.check(&spec, &expected) {
                Ok(agreed) if agreed.path.is_empty() || agreed.path == "source" => {
                    self.asked += 1;
                    self.coverage.add(&tags(&duel.world, &spec), agreed.rows);
                    answered.push(Answered { spec, expected, data: agreed.data });
                }
                Ok(agreed) => self.differs(format!("the path is {} before any sync", agreed.path)),
                Err(difference) => self.differs(duel.report(&spec, &difference)),
            }
        }
        duel.db.accelerate_world(&duel.world).expect("a sync");
        self.again(duel, &answered);
        answered
    }

    /// Asks for answers that are known, now from snapshots.
    pub fn again(&mut self, duel: &Duel, answered: &[Answered]) {
        for Answered { spec, expected, data } in answered {
            if self.is_over() {
                return;
            }
            match duel.check(spec, expected) {
                Ok(agreed) if !agreed.path.is_empty() && agreed.path != "snapshot" => {
                    self.differs(format!("the path is {} after a sync", agreed.path));
                }
                // Approximations may differ within their error.
                Ok(agreed) if agreed.data != *data && !spec.is_approximate() => {
                    let (from_source, from_snapshot) = (cut(data), cut(&agreed.data));
                    let both = format!("source and snapshot differ:\n{from_source}\n{from_snapshot}");
                    self.differs(duel.report(spec, &both));
                }
                Ok(_) => {}
                Err(difference) => self.differs(format!("from the snapshot, {}", duel.report(spec, &difference))),
            }
        }
    }

    /// The next query, whose answer has two or more rows more often than not, and that answer.
    fn next(&self, duel: &Duel, rng: &mut Rng, percent: usize) -> (Spec, Answer) {
        let wish = self.coverage.least(percent);
        let grants = |spec: &Spec| wish.is_none_or(|wish: Tag| tags(&duel.world, spec).contains(&wish));
        let mut tries = 0;
        loop {
            let mut spec = rich_query(rng, &duel.world);
            for _ in 0..600 {
                if grants(&spec) {
                    break;
                }
                spec = rich_query(rng, &duel.world);
            }
            let expected = duel.expect(&spec);
            tries += 1;
            if expected.rows.len() >= 2 || tries == 8 || rng.chance(8) {
                return (spec, expected);
            }
        }
    }

    fn differs(&mut self, report: String) {
        println!("{report}");
        self.differences.push(report);
    }

    fn is_over(&self) -> bool {
        self.differences.len() >= ENOUGH
    }

    /// Adds what another run found.
    pub fn merge(&mut self, other: Self) {
        self.coverage.merge(&other.coverage);
        self.asked += other.asked;
        self.differences.extend(other.differences);
    }

    /// Fails if anything differed.
    pub fn finish(&self) {
        let found = &self.differences;
        assert!(found.is_empty(), "{} differences\n\n{}", found.len(), found.join("\n----\n"));
    }
}

fn cut(data: &Json) -> String {
    format!("{data:?}").chars().take(2_000).collect()
}
