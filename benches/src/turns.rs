//! A query that two stores are asked in turns. The speed of a machine moves by a third within minutes, so that an answer
//! from before some deltas cannot be compared with one from after them; two answers that follow each other can.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use drillcore::Query;

use crate::{SyncedLines, median, millis};

/// How often each store is asked. An odd number, so that one of the pairs is in the middle.
pub const TURNS: usize = 31;

/// How long a query takes in a store without deltas and, right behind that, in one that had deltas.
#[derive(Debug, Clone, Copy)]
pub struct Turn {
    /// In the store without deltas.
    pub untouched: Duration,
    /// In the other one.
    pub changed: Duration,
}

impl Turn {
    /// Asks both stores once.
    ///
    /// # Panics
    ///
    /// If one of them has no answer from its snapshot.
    pub async fn take(untouched: &SyncedLines, changed: &SyncedLines, query: &Query) -> Self {
        let untouched = untouched.time_to_answer(query).await;
        Self { untouched, changed: changed.time_to_answer(query).await }
    }

    /// How many times as long the store with deltas takes.
    pub fn ratio(&self) -> f64 {
        self.changed.as_secs_f64() / self.untouched.as_secs_f64()
    }
}

/// The middle of several turns.
#[derive(Debug, Clone, Copy)]
pub struct Turns {
    /// The median in the store without deltas.
    pub untouched: Duration,
    /// The median in the other one.
    pub changed: Duration,
    /// The median of the ratios of the turns, which is not that of the medians.
    pub ratio: f64,
}

impl Turns {
    /// What is in the middle of these turns.
    ///
    /// # Panics
    ///
    /// If there is no turn.
    pub fn of(turns: &[Turn]) -> Self {
        let mut ratios: Vec<f64> = turns.iter().map(Turn::ratio).collect();
        ratios.sort_by(f64::total_cmp);
        Self {
            untouched: median(turns.iter().map(|turn| turn.untouched).collect()),
            changed: median(turns.iter().map(|turn| turn.changed).collect()),
            ratio: ratios[ratios.len() / 2],
        }
    }

    /// Asks both stores [`TURNS`] times. What is new should have been opened before, by a [`Turn`].
    ///
    /// # Panics
    ///
    /// If one of them has no answer from its snapshot.
    pub async fn take(untouched: &SyncedLines, changed: &SyncedLines, query: &Query) -> Self {
        let mut turns = Vec::with_capacity(TURNS);
        for _ in 0..TURNS {
            turns.push(Turn::take(untouched, changed, query).await);
        }
        Self::of(&turns)
    }
}

impl Display for Turns {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (untouched, changed) = (millis(self.untouched), millis(self.changed));
        write!(f, "{untouched:.1} ms without deltas, {changed:.1} ms with them, {:.2} times", self.ratio)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Turn, Turns};

    #[test]
    fn a_machine_that_changes_its_speed_changes_no_ratio() {
        // In the third turn it becomes slow between the two answers.
        let turns = [(100, 110), (200, 220), (100, 220), (400, 440), (50, 55)].map(|(untouched, changed)| Turn {
            untouched: Duration::from_millis(untouched),
            changed: Duration::from_millis(changed),
        });
        let middle = Turns::of(&turns);
        assert_eq!((middle.untouched, middle.changed), (Duration::from_millis(100), Duration::from_millis(220)));
        assert!((middle.ratio - 1.1).abs() < 1e-9, "{}", middle.ratio);
        assert_eq!(middle.to_string(), "100.0 ms without deltas, 220.0 ms with them, 1.10 times");
    }
}
