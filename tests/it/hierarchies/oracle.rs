//! Hierarchies against SQLite, where the members above each row are found with recursive queries.

use drillcore::HideIf;
use drillcore_tests::hierarchies::asking::{rows, test};
use drillcore_tests::hierarchies::cells::{asked_for_key, key};
use drillcore_tests::hierarchies::oracle::{Figures, Oracle, Rows};
use drillcore_tests::hierarchies::planted::{Planted, Sort};
use drillcore_tests::rng::Rng;
use serde_json::{Value, json};

use crate::run::setting;

/// Worlds of each of the five kinds.
const WORLDS: u64 = 4;
const PER_WORLD: usize = 20;

/// What is shown of the hierarchy, and of which rows.
#[derive(Debug, Clone)]
struct Question {
    shown: Shown,
    rows: Rows,
    /// The members are those that rows are below, by the dimension itself.
    under: bool,
}

#[derive(Debug, Clone, Copy)]
enum Shown {
    Level(usize),
    /// What is shown below a member by default, which is this level.
    Default(usize),
    Expanded(usize),
}

impl Question {
    fn random(rng: &mut Rng, planted: &Planted, oracle: &Oracle) -> Self {
        let members = oracle.members().expect("members");
        let some = |rng: &mut Rng, most: i64| -> Vec<String> {
            (0..rng.between(1, most)).map(|_| rng.pick(&members).clone()).collect()
        };
        let under = rng.chance(25);
        let rows = match rng.below(4) {
            _ if under => Rows::Below(some(rng, 1)),
            0 => Rows::All,
            1 => Rows::Beside(some(rng, 4)),
            2 => Rows::Below(some(rng, 1)),
            _ => Rows::Below(some(rng, 4)),
        };
        let below = match &rows {
            Rows::Below(members) if under && rng.chance(60) => Some(oracle.depth(&members[0]).expect("a depth") + 1),
            _ => None,
        };
        let shown = match below {
            Some(level) => Shown::Default(level),
            None if !under && rng.chance(35) => Shown::Expanded(rng.between(1, 6) as usize),
            None => Shown::Level(*rng.pick(&planted.levels())),
        };
        Self { shown, rows, under }
    }

    fn document(&self) -> Value {
        let mut dimension = json!({"hierarchy_id": "h"});
        match self.shown {
            Shown::Default(_) => {}
            Shown::Level(level) => dimension["level"] = json!(level),
            Shown::Expanded(depth) => dimension["expand"] = json!({"depth": depth}),
        }
        let members =
            |members: &[String]| -> Vec<Value> { members.iter().map(|member| asked_for_key(member)).collect() };
        let mut filters = Vec::new();
        match &self.rows {
            Rows::All => {}
            Rows::Below(below) if self.under => dimension["under"] = members(below)[0].clone(),
            Rows::Below(below) if below.len() == 1 => filters.push(test("h", "? = ?", members(below)[0].clone())),
            Rows::Below(below) => filters.push(test("h", "? in ?", json!(members(below)))),
            Rows::Beside(beside) if beside.len() == 1 => filters.push(test("h", "? != ?", members(beside)[0].clone())),
            Rows::Beside(beside) => filters.push(test("h", "? not in ?", json!(members(beside)))),
        }
        let amount = |how: &str| json!({"column_id": "amount", "aggregation": how, "as": how});
        json!({
            "dataset_id": "t",
            "dimensions": [dimension],
            "measures": [
                {"column_id": "*", "aggregation": "count"}, amount("sum"), amount("min"), amount("max"),
                {"column_id": "kind", "aggregation": "distinctcount"},
            ],
            "where": filters,
        })
    }

    fn expected(&self, oracle: &Oracle) -> Figures {
        match self.shown {
            Shown::Level(level) | Shown::Default(level) => oracle.level(level, &self.rows),
            Shown::Expanded(depth) => oracle.expanded(depth, &self.rows),
        }
        .unwrap_or_else(|error| panic!("{error}\n{self:?}"))
    }

    /// The figures of the engine.
    fn found(&self, planted: &Planted) -> Figures {
        let document = self.document();
        let found = rows(&planted.db, &document);
        let figures: Figures = found.iter().map(|row| (key(&row[0]), json!(row[1..]))).collect();
        assert_eq!(figures.len(), found.len(), "a member stands twice\n{document}\n{}", planted.shown());
        figures
    }
}

/// A random world of a kind, in both.
fn world(seed: u64, sort: Sort) -> (Rng, Planted, Oracle) {
    let mut rng = Rng::new(seed);
    let planted = Planted::new(&mut rng, sort);
    let oracle = Oracle::new(&planted).unwrap_or_else(|error| panic!("{error}\n{}", planted.shown()));
    (rng, planted, oracle)
}

#[test]
fn hierarchies_are_those_of_sqlite() {
    let seed = setting("DRILLCORE_ORACLE_SEED", 20_130_101) ^ 0x0e11_0000;
    let (mut asked, mut several, mut deep, mut own) = (0, 0, 0, 0);
    for (kind, sort) in (0..).zip(Sort::EACH) {
        for number in 0..WORLDS {
            let (mut rng, planted, oracle) = world(seed.wrapping_add(1_000 * kind + number), sort);
            let questions: Vec<Question> =
                (0..PER_WORLD).map(|_| Question::random(&mut rng, &planted, &oracle)).collect();
            for path in ["sources", "snapshots"] {
                for question in &questions {
                    let expected = question.expected(&oracle);
                    let found = question.found(&planted);
                    assert_eq!(found, expected, "from {path}\n{}\n{}", question.document(), planted.shown());
                    several += usize::from(expected.len() > 2);
                    deep += usize::from(expected.keys().any(|member| member.matches(',').count() > 2));
                    own += usize::from(expected.keys().any(|member| member.starts_with("own ")));
                }
                planted.db.accelerate("t", &[]).expect("a sync");
            }
            asked += questions.len();
        }
    }
    assert!(asked >= 300, "{asked} queries");
    assert!(several > 150 && deep > 20 && own > 30, "{several} {deep} {own}");
}

/// Whether the two agree on all members of all levels.
fn agree(planted: &Planted, oracle: &Oracle) -> bool {
    planted.levels().into_iter().all(|level| {
        let question = Question { shown: Shown::Level(level), rows: Rows::All, under: false };
        question.found(planted) == question.expected(oracle)
    })
}

#[test]
fn an_oracle_without_own_rows_differs() {
    let mut differing = 0;
    for (number, sort) in (0..).zip([Sort::Tree, Sort::Parents, Sort::Levels(HideIf::Blank)]) {
        for more in 0..3 {
            let (_, planted, oracle) = world(77 + 10 * number + more, sort);
            assert!(agree(&planted, &oracle), "{}", planted.shown());
            let had_some = oracle.forget_own_rows().expect("a change");
            assert_eq!(agree(&planted, &oracle), !had_some, "{}", planted.shown());
            differing += usize::from(had_some);
        }
    }
    assert!(differing > 4, "{differing} worlds had own rows");
}

#[test]
fn an_oracle_that_misplaces_a_row_differs() {
    for (number, sort) in (0..).zip(Sort::EACH) {
        let (_, planted, oracle) = world(177 + number, sort);
        assert!(agree(&planted, &oracle), "{}", planted.shown());
        assert!(oracle.misplace_a_row().expect("a change"), "{}", planted.shown());
        assert!(!agree(&planted, &oracle), "{}", planted.shown());
    }
}
