//! What the statements cannot say.

use super::columns::Writer;
use crate::cell::Type;
use crate::spec::{Aggregation, At, WindowFunction, WindowTotal};

/// Why a query has no SQL here.
pub type Skipped = &'static str;

/// DuckDB rounds sums of floats at every step and has no greater numbers on the way.
const NEAR_LIMITS: Skipped = "sums near the limits of floats";

impl Writer<'_> {
    /// Whether a column holds floats that are as great or small as floats can be.
    fn is_wild(&self, at: At) -> bool {
        let column = self.ground.column(at);
        column.ty == Type::Float && !column.moderate
    }

    /// Refuses what the statements cannot say.
    pub(super) fn refuse(&self) -> Result<(), Skipped> {
        let mut wild: Vec<bool> = Vec::new();
        for measure in &self.spec.measures {
            let inner = match &measure.aggregation {
                Aggregation::Formula(formula) => {
                    wild.push(formula.measures().iter().any(|index| wild[*index]));
                    continue;
                }
                Aggregation::Latest { of, .. } | Aggregation::Cumulative { of, .. } => &**of,
                plain => plain,
            };
            let of_wild = measure.at.is_some_and(|at| self.is_wild(at));
            let picks = matches!(inner, Aggregation::Median | Aggregation::Percentile { discrete: true, .. });
            if of_wild && inner.needs_numbers() && !picks {
                return Err(NEAR_LIMITS);
            }
            wild.push(of_wild);
        }
        for measure in self.spec.compare.iter().flat_map(|compare| &compare.measures) {
            wild.extend([wild[*measure]; 3]);
        }
        for window in &self.spec.windows {
            let of_wild = window.of.is_some_and(|of| wild[of]);
            let sums = matches!(
                window.function,
                WindowFunction::RunningTotal | WindowFunction::MovingAverage | WindowFunction::PercentOfTotal
            );
            if of_wild && (sums || window.total == WindowTotal::SumOfRows) {
                return Err(NEAR_LIMITS);
            }
            wild.push(of_wild);
        }
        Ok(())
    }
}
