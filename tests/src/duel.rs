//! One query asked of both sides.

use drillcore::ErrorKind;

use crate::compare::{Rules, difference};
use crate::document::document;
use crate::engine_side::Db;
use crate::json::Json;
use crate::oracle::{Oracle, render};
use crate::shrink::shrink;
use crate::spec::Spec;
use crate::world::World;

/// More rows than this are refused by an engine with its default settings.
const MAX_ROWS: usize = 100_000;

/// The engine, the oracle, and the world that both hold.
#[derive(Debug)]
pub struct Duel {
    /// The world.
    pub world: World,
    /// The engine.
    pub db: Db,
    /// The oracle.
    pub oracle: Oracle,
}

/// An answer on which both agree.
#[derive(Debug, Clone)]
pub struct Agreed {
    /// The rows as JSON.
    pub data: String,
    /// How many there are.
    pub rows: usize,
    /// Where the engine read; empty if it rightly refused so many rows.
    pub path: String,
}

impl Duel {
    /// Asks both; what differs comes back in words.
    ///
    /// # Errors
    /// The first difference, or what either side refused.
    ///
    /// # Panics
    /// If the oracle's own statement is wrong.
    pub fn ask(&self, spec: &Spec) -> Result<Agreed, String> {
        let sql = render(&self.world, spec);
        let expected = self.oracle.ask(&sql).unwrap_or_else(|error| panic!("{error}\n{}", sql.text));
        let text = document(&self.world, spec).to_string();
        let answer = match self.db.ask(&text) {
            Ok(answer) => answer,
            Err(error) if error.kind() == ErrorKind::LimitExceeded && expected.len() > MAX_ROWS => {
                return Ok(Agreed { rows: expected.len(), path: String::new(), data: String::new() });
            }
            Err(error) => return Err(format!("the engine refuses: {error:?}")),
        };
        let data = answer.data_json();
        let parsed = Json::parse(&data).map_err(|at| format!("the answer is no JSON at byte {at}: {data}"))?;
        let names: Vec<&str> = answer.columns().iter().map(|column| column.name.as_str()).collect();
        let wanted: Vec<String> = (0..spec.dimensions.len())
            .map(|index| format!("d{index}"))
            .chain((0..spec.measures.len()).map(|index| format!("m{index}")))
            .collect();
        if names != wanted {
            return Err(format!("the columns are {names:?} instead of {wanted:?}"));
        }
        let rules = Rules { zone: spec.zone(), week_start: spec.options.week_start.unwrap_or(0) };
        match difference(&expected, parsed.items(), &sql.shown, rules) {
            None => Ok(Agreed { rows: expected.len(), path: answer.provenance().path.as_str().to_owned(), data }),
            Some(difference) => Err(difference),
        }
    }

    /// All that helps with a difference: a smaller query, its forms, and both answers.
    #[must_use]
    pub fn report(&self, spec: &Spec, difference: &str) -> String {
        let small = shrink(spec, |candidate| self.ask(candidate).is_err());
        let sql = render(&self.world, &small);
        format!(
            "in {}:\n{difference}\nquery: {}\n\nshrunk: {}\n{}\nSQL: {}\nparameters: {:?}\n",
            self.world.name,
            document(&self.world, spec),
            document(&self.world, &small),
            self.ask(&small).err().unwrap_or_default(),
            sql.text,
            sql.parameters
        )
    }
}
