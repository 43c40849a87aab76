//! A grouped answer: what is aggregated, what is computed from that, and what happens to the groups afterwards.

use datafusion::scalar::ScalarValue;

use super::{Dimension, Grain, Output, Predicate, ResolvedQuery, Scalar, Shape, Window};
use crate::functions::{HistogramBins, Share};
use crate::model::{Aggregation, ColumnType, Level};
use crate::query::{CumulativeSpan, PercentileKind, TotalsOver};
use crate::time::{Displacement, OpenRange};

/// A grouped answer. Its columns are the dimensions, the measures, the comparisons and the windows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Groups {
    pub(crate) dimensions: Vec<Dimension>,
    /// The aggregates over the rows of a group. Measures that need the same one share it.
    pub(crate) parts: Vec<Part>,
    pub(crate) measures: Vec<Measure>,
    pub(crate) having: Predicate,
    /// The rows that pass the filters of the dataset, the scope and the context, where an aggregate is over them.
    pub(crate) context: Option<Predicate>,
    /// What DataFusion's own plan does not do; none for most queries.
    pub(crate) steps: Steps,
}

/// One aggregate.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Part {
    pub(crate) call: Call,
    /// What is aggregated; none for a count of rows.
    pub(crate) of: Option<Scalar>,
    /// What orders the rows of first and last; the other value of correlations and covariances.
    pub(crate) by: Option<Scalar>,
    /// Rows that count. It never removes a group.
    pub(crate) filter: Predicate,
    pub(crate) latest: Option<Latest>,
    pub(crate) cumulative: Option<Cumulative>,
    pub(crate) grain: Grain,
    pub(crate) column_type: ColumnType,
}

/// How values become one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Call {
    CountRows,
    CountValues,
    CountDistinct,
    Sum,
    Average,
    Min,
    Max,
    Median,
    Variance,
    Stddev,
    VariancePop,
    StddevPop,
    Correlation,
    Covariance,
    CovariancePop,
    Mode,
    Percentile { share: Share, kind: PercentileKind },
    First,
    Last,
    StringList { separator: String, distinct: bool, descending: bool, max: u64 },
    Histogram(HistogramBins),
    ApproxDistinct,
    ApproxPercentile(Share),
}

/// Only the rows with the last date count.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Latest {
    pub(crate) date: Scalar,
    pub(crate) entities: Vec<Scalar>,
    pub(crate) per_entity: bool,
}

/// The aggregate runs over the rows up to the end of a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Cumulative {
    /// The date, as it is.
    pub(crate) over: Scalar,
    pub(crate) span: CumulativeSpan,
    /// The filters of the query but for the range on the date.
    pub(crate) filter: Predicate,
    /// The same for the base of a comparison over another date; none where there is no such.
    pub(crate) base: Option<Predicate>,
    /// The range of the date that is asked for.
    pub(crate) range: OpenRange,
}

/// A column of the answer that is computed over the rows of a group.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Measure {
    /// A part, or a formula over parts.
    pub(crate) value: Scalar,
    /// How the measure was asked for, so that an order can name it by that.
    pub(crate) aggregation: Option<Aggregation>,
    pub(crate) of: Option<Scalar>,
    /// Whether it sees every row of its group.
    pub(crate) unfiltered: bool,
    pub(crate) output: Output,
}

/// What happens to the groups, in this order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Steps {
    /// For each dimension the members that must stand in the answer, also without rows.
    pub(crate) domains: Vec<Option<Domain>>,
    pub(crate) compare: Option<Compare>,
    pub(crate) top: Option<Top>,
    pub(crate) windows: Vec<Window>,
    pub(crate) post: Option<Box<Predicate>>,
    pub(crate) totals: Option<Totals>,
    pub(crate) order: Option<TieredOrder>,
    pub(crate) pivot: Option<Pivot>,
    /// The members of hierarchies that count in all of this, but are not shown.
    pub(crate) hidden: Vec<Hidden>,
    /// The members that stand above those below them.
    pub(crate) expanded: Option<Expanded>,
}

/// What is not shown of a hierarchy.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Hidden {
    pub(crate) dimension: usize,
    pub(crate) own_rows: bool,
    pub(crate) unassigned: bool,
}

/// A dimension in which some members of a hierarchy stand together with those below them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Expanded {
    pub(crate) dimension: usize,
    /// The members with rows of their own above those below them, by number, in rising order.
    pub(crate) nodes: Vec<u32>,
    /// Whether the members below each are in the order of the query, instead of all rows together.
    pub(crate) tiered: bool,
}

/// The members of a dimension that must stand in the answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Domain {
    /// Those in the rows that pass a filter.
    Rows(Predicate),
    /// Those of a link's target that pass a filter.
    Lookup { lookup: usize, filter: Predicate },
    /// All buckets of a level in a range that meet a condition on the column; an open end is that of the rows.
    Buckets { level: Level, range: OpenRange, condition: Predicate },
    /// All values of a cyclic part that meet a condition, in which [`Scalar::Output`] 0 is the value.
    Cyclic(Predicate),
    /// All bins between the first and the last.
    Bins,
    /// The members of a hierarchy that hold some nodes which meet a condition, in which [`Scalar::Output`] 0 is the node.
    Nodes { placed: Vec<u32>, condition: Predicate },
}

/// A comparison with an earlier period.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Compare {
    /// The date that is shifted, as it is.
    pub(crate) date: Scalar,
    /// The range that the filters put on it.
    pub(crate) present: OpenRange,
    /// The range of the base.
    pub(crate) base: OpenRange,
    /// The filter of the base.
    pub(crate) filter: Predicate,
    /// The rows of the base that pass the filters of the dataset, the scope and the context, where these bound the date.
    pub(crate) context: Option<Predicate>,
    pub(crate) displacement: Displacement,
    /// The dimensions that are buckets of the date, and their levels.
    pub(crate) shifted: Vec<(usize, Level)>,
    /// The measures that are compared, by their place among the measures.
    pub(crate) measures: Vec<Compared>,
}

/// The columns that one compared measure adds.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Compared {
    pub(crate) measure: usize,
    pub(crate) previous: Output,
    pub(crate) change: Output,
    pub(crate) ratio: Output,
    /// The change, over the columns of the answer.
    pub(crate) change_value: Scalar,
    pub(crate) ratio_value: Scalar,
}

/// The best members of a dimension.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Top {
    pub(crate) of: usize,
    pub(crate) n: u64,
    /// The column of the answer that ranks.
    pub(crate) by: usize,
    pub(crate) ascending: bool,
    pub(crate) per: Vec<usize>,
    /// Whether the ranking starts anew below each member that stands above those of a hierarchy.
    pub(crate) per_parent: bool,
    pub(crate) other: bool,
}

/// The totals asked for: for each level the dimensions that stay.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Totals {
    pub(crate) levels: Vec<Vec<usize>>,
    pub(crate) over: TotalsOver,
}

/// An order in which rows stand below their parents, or by a cell of a pivot.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct TieredOrder {
    /// For each key of the order whether it is tiered.
    pub(crate) tiered: Vec<bool>,
    /// For each key of the order the cell of the pivot, as the members of the pivot's dimensions.
    pub(crate) at: Vec<Option<Vec<ScalarValue>>>,
}

/// The dimensions that become columns.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Pivot {
    pub(crate) columns: Vec<usize>,
    pub(crate) max_columns: u64,
}

impl Groups {
    /// Every column of the answer, in order.
    pub(crate) fn outputs(&self) -> impl Iterator<Item = &Output> {
        let compared = self.steps.compare.iter().flat_map(|compare| &compare.measures);
        let compared = compared.flat_map(|one| [&one.previous, &one.change, &one.ratio]);
        let windows = self.steps.windows.iter().filter(|window| window.replaces.is_none());
        let dimensions = self.dimensions.iter().map(|dimension| &dimension.output);
        dimensions
            .chain(self.measures.iter().map(|measure| &measure.output))
            .chain(compared)
            .chain(windows.map(|window| &window.output))
    }
}

impl Groups {
    /// Whether the answer takes more than DataFusion's own plan.
    pub(crate) fn needs_steps(&self, total_rows: bool) -> bool {
        let is_simple = |part: &Part| part.cumulative.is_none() && part.grain == Grain::Row;
        // A condition that nothing meets would be pushed below the aggregation, and the one group comes about after it.
        let may_lose_the_only_group = self.dimensions.is_empty() && self.having != Predicate::Constant(true);
        total_rows || may_lose_the_only_group || !self.steps.is_empty() || !self.parts.iter().all(is_simple)
    }
}

impl ResolvedQuery {
    /// Whether a figure of the answer is approximate.
    pub(crate) fn is_approximate(&self) -> bool {
        let fixed = self.fixed_values().into_iter().flat_map(|fixed| &fixed.parts);
        let own = match &self.shape {
            Shape::Grouped(groups) => groups.parts.as_slice(),
            Shape::Rows { .. } => &[],
        };
        fixed.chain(own).any(Part::is_approximate)
    }
}

impl Steps {
    /// Whether DataFusion's plan alone gives the answer.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
