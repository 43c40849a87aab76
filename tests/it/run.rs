//! A run of generated queries: over the sources first, over the snapshots then.

use drillcore_tests::coverage::{Coverage, Tag};
use drillcore_tests::duel::Duel;
use drillcore_tests::generate::query;
use drillcore_tests::rng::Rng;
use drillcore_tests::spec::Spec;
use drillcore_tests::tags::tags;

/// Differences after which a run stops, so that a broken rule does not fill the screen.
const ENOUGH: usize = 5;

/// A number from the environment.
pub fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is no number")))
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
    /// oracle's and the two with each other. With `wanted`, parts of the language that were covered less than that are
    /// looked for first. Returns the queries and the rows of their answers.
    pub fn world(&mut self, duel: &Duel, rng: &mut Rng, count: usize, wanted: usize) -> Vec<(Spec, String)> {
        let mut answered: Vec<(Spec, String)> = Vec::new();
        for _ in 0..count {
            let spec = self.next(duel, rng, wanted);
            match duel.ask(&spec) {
                Ok(agreed) if agreed.path.is_empty() || agreed.path == "source" => {
                    self.asked += 1;
                    if agreed.rows > 0 {
                        self.coverage.add(&tags(&duel.world, &spec));
                    }
                    answered.push((spec, agreed.data));
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
    pub fn again(&mut self, duel: &Duel, answered: &[(Spec, String)]) {
        for (spec, data) in answered {
            match duel.ask(spec) {
                Ok(agreed) if !agreed.path.is_empty() && agreed.path != "snapshot" => {
                    self.differs(format!("the path is {} after a sync", agreed.path));
                }
                Ok(agreed) if agreed.data != *data => {
                    let (from_source, from_snapshot) = (cut(data), cut(&agreed.data));
                    let both = format!("source and snapshot differ:\n{from_source}\n{from_snapshot}");
                    self.differs(duel.report(spec, &both));
                }
                Ok(_) => {}
                Err(difference) => self.differs(format!("from the snapshot, {}", duel.report(spec, &difference))),
            }
        }
    }

    fn next(&self, duel: &Duel, rng: &mut Rng, wanted: usize) -> Spec {
        let wish = self.coverage.least(wanted);
        let grants = |spec: &Spec| wish.is_none_or(|wish: Tag| tags(&duel.world, spec).contains(&wish));
        let mut spec = query(rng, &duel.world);
        for _ in 0..400 {
            if grants(&spec) {
                break;
            }
            spec = query(rng, &duel.world);
        }
        spec
    }

    fn differs(&mut self, report: String) {
        println!("{report}");
        self.differences.push(report);
        if self.differences.len() >= ENOUGH {
            self.finish();
        }
    }

    /// Fails if anything differed.
    pub fn finish(&self) {
        let found = &self.differences;
        assert!(found.is_empty(), "{} differences\n\n{}", found.len(), found.join("\n----\n"));
    }
}

fn cut(text: &str) -> String {
    text.chars().take(2_000).collect()
}
