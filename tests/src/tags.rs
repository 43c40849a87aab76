//! Which parts of the query language a query holds.

use std::collections::BTreeSet;

use crate::coverage::{Feature, Step, Tag};
use crate::ground::Ground;
use crate::oracle::calendar::Calendar;
use crate::spec::{
    Aggregation, At, Bins, Bucket, Dimension, Expr, Filter, Having, Leaf, Literal, Measure, Nulls, Operator, Output,
    Right, Shift, Span, Spec, WindowTotal,
};
use crate::world::World;

/// The parts in a query, each once.
#[must_use]
pub fn tags(world: &World, spec: &Spec) -> Vec<Tag> {
    let mut found = Found { ground: Ground::new(world, spec), tags: BTreeSet::new() };
    found.spec(spec);
    found.steps(spec);
    found.pairs(spec);
    found.tags.into_iter().collect()
}

struct Found<'a> {
    ground: Ground<'a>,
    tags: BTreeSet<Tag>,
}

impl Found<'_> {
    fn tag(&mut self, tag: Tag) {
        self.tags.insert(tag);
    }

    fn feature(&mut self, feature: Feature) {
        self.tag(Tag::Feature(feature));
    }

    fn when(&mut self, holds: bool, feature: Feature) {
        if holds {
            self.feature(feature);
        }
    }

    fn spec(&mut self, spec: &Spec) {
        for derived in &spec.derived {
            self.feature(Feature::Derived);
            self.formula(&derived.formula);
        }
        for dimension in &spec.dimensions {
            self.dimension(dimension, spec);
        }
        for measure in &spec.measures {
            self.measure(measure, spec.rows_mode);
        }
        spec.filter.iter().for_each(|filter| self.filter(filter, 0, 0));
        spec.having.iter().for_each(|having| self.having(having));
        for key in &spec.order {
            self.when(key.descending, Feature::Descending);
            self.when(key.nulls_first, Feature::NullsFirst);
            self.when(key.tiered && spec.dimensions.len() > 1, Feature::Tiered);
            self.when(matches!(key.of, Output::Cell(_)) && !spec.rows_mode, Feature::OrderByCell);
        }
        self.when(spec.limit.is_some(), Feature::Limit);
        self.when(spec.limit.is_some_and(|(_, skipped)| skipped > 0), Feature::Offset);
        self.when(spec.total_rows, Feature::TotalRows);
        self.when(spec.rows_mode, Feature::RowsMode);
        self.when(spec.dimensions.is_empty() && !spec.rows_mode, Feature::NoDimensions);
        self.when(spec.measures.is_empty() && !spec.rows_mode, Feature::NoMeasures);
        self.when(spec.options.zone.is_some(), Feature::Zone);
        self.when(spec.options.week_start.is_some(), Feature::WeekStart);
        self.when(spec.options.fiscal.is_some(), Feature::FiscalYear);
        self.when(spec.options.case_sensitive == Some(false), Feature::CaseInsensitiveQuery);
    }

    fn dimension(&mut self, dimension: &Dimension, spec: &Spec) {
        self.at(dimension.at);
        self.when(self.ground.derived(dimension.at).is_some(), Feature::DerivedInDimension);
        match dimension.bucket {
            Some(Bucket::Level { level, .. }) => self.tag(Tag::Level(level)),
            Some(Bucket::Part(part)) => self.tag(Tag::Part(part)),
            None => {}
        }
        match &dimension.bins {
            None => {}
            Some(Bins::Width { origin, .. }) => {
                self.feature(Feature::BinsOfWidth);
                self.when(origin.is_some(), Feature::BinsWithOrigin);
            }
            Some(Bins::Count(_)) => self.feature(Feature::BinsByCount),
            Some(Bins::Edges(_)) => self.feature(Feature::BinsByEdges),
            Some(Bins::Groups { rest: Some(_), .. }) => self.feature(Feature::GroupsWithRest),
            Some(Bins::Groups { rest: None, .. }) => self.feature(Feature::GroupsWithoutRest),
        }
        if !dimension.gaps {
            return;
        }
        let feature = match (&dimension.bins, dimension.bucket) {
            (Some(_), _) => Feature::GapsOfBins,
            (None, Some(Bucket::Level { .. })) => Feature::GapsOfBuckets,
            (None, Some(Bucket::Part(_))) => Feature::GapsOfParts,
            (None, None) if dimension.at.path == 0 => Feature::GapsOfColumn,
            (None, None) => Feature::GapsOfLink,
        };
        self.feature(feature);
        self.when(spec.dimensions.iter().filter(|dimension| dimension.gaps).count() > 1, Feature::GapsCrossed);
        let bounded = spec.filter.iter().any(|filter| filter.mentions(dimension.at));
        self.when(feature == Feature::GapsOfBuckets && bounded, Feature::GapsInRange);
    }

    fn measure(&mut self, measure: &Measure, rows_mode: bool) {
        if let Some(at) = measure.at {
            self.at(at);
            self.when(self.ground.derived(at).is_some(), Feature::DerivedInMeasure);
        }
        if !rows_mode {
            self.tag(Tag::Aggregation(measure.aggregation.label()));
        }
        self.when(!measure.filter.is_empty(), Feature::MeasureFilter);
        measure.filter.iter().for_each(|filter| self.filter(filter, 0, 0));
        match &measure.aggregation {
            Aggregation::Formula(formula) => self.formula(formula),
            Aggregation::Rate(at)
            | Aggregation::WeightedAverage(at)
            | Aggregation::First(at)
            | Aggregation::Last(at) => {
                self.at(*at);
            }
            Aggregation::Latest { entities, .. } => self.when(!entities.is_empty(), Feature::LatestWithEntity),
            Aggregation::Cumulative { span, .. } => self.feature(match span {
                Span::Window { .. } => Feature::CumulativeWindow,
                Span::ToDate(_) => Feature::CumulativeToDate,
                Span::All => Feature::CumulativeAll,
            }),
            _ => {}
        }
    }

    fn formula(&mut self, formula: &Expr) {
        let mut parts = Vec::new();
        formula.visit(&mut |part| match part {
            Expr::Aggregate(call) => {
                parts.push(Tag::Function(call.function));
                parts.extend(call.filter.as_ref().map(|_| Tag::Feature(Feature::FormulaWhere)));
            }
            Expr::Arithmetic(sign, ..) => parts.push(Tag::Sign(*sign)),
            Expr::Compare(comparison, ..) => parts.push(Tag::Comparison(*comparison)),
            Expr::If(..) => parts.push(Tag::Feature(Feature::FormulaIf)),
            Expr::Coalesce(_) => parts.push(Tag::Feature(Feature::FormulaCoalesce)),
            Expr::Concat(..) => parts.push(Tag::Feature(Feature::FormulaConcat)),
            Expr::IsNull(_) => parts.push(Tag::Feature(Feature::FormulaIsNull)),
            Expr::And(..) | Expr::Or(..) | Expr::Not(_) => parts.push(Tag::Feature(Feature::FormulaLogic)),
            Expr::Measure(_) => parts.push(Tag::Feature(Feature::FormulaOfMeasures)),
            Expr::Column(_) | Expr::Integer(_) | Expr::Decimal { .. } | Expr::Text(_) => {}
        });
        self.tags.extend(parts);
        formula.columns().into_iter().for_each(|at| self.at(at));
    }

    fn steps(&mut self, spec: &Spec) {
        if let Some(totals) = &spec.totals {
            self.when(totals.grand, Feature::TotalsGrand);
            self.when(!totals.levels.is_empty(), Feature::TotalsLevels);
            self.when(totals.all_rows, Feature::TotalsOverAllRows);
        }
        for window in &spec.windows {
            self.tag(Tag::Window(window.function));
            self.when(!window.order.is_empty(), Feature::WindowOrder);
            self.when(window.partition.is_some(), Feature::WindowPartition);
            self.when(window.of.is_some_and(|of| of >= spec.first_window()), Feature::WindowOverWindow);
            let in_totals = spec.totals.is_some();
            self.when(in_totals && window.total == WindowTotal::Native, Feature::TotalsWindowNative);
            self.when(in_totals && window.total == WindowTotal::SumOfRows, Feature::TotalsWindowSum);
        }
        let on_window = spec.post.iter().any(|post| names_from(post, spec.first_window()));
        self.when(on_window, Feature::PostOnWindow);
        if let Some(top) = &spec.top {
            self.feature(Feature::Top);
            self.when(!top.per.is_empty(), Feature::TopPer);
            self.when(top.other, Feature::TopOther);
            self.when(top.ascending, Feature::TopAscending);
        }
        if let Some(compare) = &spec.compare {
            let previous = compare.shift == Shift::Previous;
            self.feature(if previous { Feature::ComparePrevious } else { Feature::CompareUnits });
            self.when(compare.trim_running, Feature::CompareTrim);
            let calendar = Calendar::new(self.ground, compare.at, &spec.options);
            let is_range = |filter: &&Filter| match filter {
                Filter::Leaf(leaf) | Filter::Context(leaf) => calendar.range_of(leaf).is_some(),
                _ => false,
            };
            let (ranges, others): (Vec<&Filter>, Vec<&Filter>) =
                spec.filter.iter().filter(|filter| filter.mentions(compare.at)).partition(is_range);
            let bounded = !ranges.is_empty();
            self.feature(if bounded { Feature::CompareRange } else { Feature::CompareWithoutRange });
            self.when(!others.is_empty(), Feature::CompareDateFilter);
            let by_bucket = spec.dimensions.iter().any(|dimension| dimension.at == compare.at);
            self.when(by_bucket, Feature::CompareByBucket);
            let in_having = spec.having.iter().any(|having| names_from(having, spec.measures.len()));
            self.when(in_having, Feature::CompareInHaving);
        }
        self.when(!spec.pivot.is_empty(), Feature::Pivot);
    }

    fn pairs(&mut self, spec: &Spec) {
        let has = |found: &Self, feature: Feature| found.tags.contains(&Tag::Feature(feature));
        let holds = |step: Step| match step {
            Step::Link => has(self, Feature::Link),
            Step::MeasureFilter => has(self, Feature::MeasureFilter),
            Step::Having => has(self, Feature::Having),
            Step::Totals => spec.totals.is_some(),
            Step::Window => !spec.windows.is_empty(),
            Step::Post => !spec.post.is_empty(),
            Step::Top => spec.top.is_some(),
            Step::Compare => spec.compare.is_some(),
            Step::GapRows => spec.dimensions.iter().any(|dimension| dimension.gaps),
            Step::Limit => spec.limit.is_some(),
        };
        let steps: Vec<Step> = Step::ALL.into_iter().filter(|step| holds(*step)).collect();
        for (index, one) in steps.iter().enumerate() {
            self.tags.extend(steps[index + 1..].iter().map(|other| Tag::Pair(*one, *other)));
        }
    }

    fn at(&mut self, at: At) {
        let world = self.ground.world;
        let links = &world.paths[at.path].links;
        self.when(!links.is_empty(), Feature::Link);
        self.when(links.len() > 1, Feature::ChainLink);
        for link in links {
            let link = &world.links[*link];
            self.when(link.on.len() > 1, Feature::CompositeLink);
            self.when(link.from == link.to, Feature::SelfLink);
        }
    }

    fn filter(&mut self, filter: &Filter, depth: usize, negations: usize) {
        self.when(depth == 2, Feature::NestedTwice);
        match filter {
            Filter::Leaf(leaf) => self.leaf(leaf, negations),
            Filter::Context(leaf) => {
                self.feature(Feature::Context);
                self.leaf(leaf, negations);
            }
            Filter::And(parts) => {
                self.feature(Feature::And);
                parts.iter().for_each(|part| self.filter(part, depth + 1, negations));
            }
            Filter::Or(parts) => {
                self.feature(Feature::Or);
                parts.iter().for_each(|part| self.filter(part, depth + 1, negations));
            }
            Filter::Not(inner) => {
                self.feature(Feature::Not);
                self.filter(inner, depth + 1, negations + 1);
            }
        }
    }

    fn leaf(&mut self, leaf: &Leaf, negations: usize) {
        self.at(leaf.at);
        self.when(leaf.at.path != 0, Feature::LinkFilter);
        self.when(self.ground.derived(leaf.at).is_some(), Feature::DerivedInFilter);
        self.tag(Tag::Filter(leaf.operator));
        if negations > 0 {
            self.tag(Tag::Negated(leaf.operator));
        }
        match leaf.bucket {
            Some(Bucket::Level { level, .. }) => self.tag(Tag::FilterLevel(level)),
            Some(Bucket::Part(_)) => self.feature(Feature::FilterPart),
            None => {}
        }
        self.when(leaf.case_sensitive == Some(false), Feature::CaseInsensitiveLeaf);
        match leaf.nulls {
            Some(Nulls::Include) => self.feature(Feature::NullsInclude),
            Some(Nulls::Exclude) => self.feature(Feature::NullsExclude),
            Some(Nulls::Only) => self.feature(Feature::NullsOnly),
            None => {}
        }
        match &leaf.right {
            Right::Literal(literal) => {
                self.when(*literal == Literal::Null, Feature::EqualsNull);
                self.literal(literal);
            }
            Right::Ends(low, high) => [low, high].into_iter().for_each(|end| self.literal(end)),
            Right::List(items) => {
                self.when(items.is_empty(), Feature::EmptyList);
                let null = items.contains(&Literal::Null);
                self.when(null && leaf.operator == Operator::In, Feature::InWithNull);
                self.when(null && leaf.operator == Operator::NotIn, Feature::NotInWithNull);
                items.iter().for_each(|item| self.literal(item));
            }
            Right::Column(at) => {
                self.at(*at);
                self.feature(Feature::ColumnComparison);
            }
            Right::Period { unit, .. } => self.when(!unit.is_calendar(), Feature::RelativeBelowDay),
            Right::Nothing | Right::Pattern(_) => {}
        }
    }

    fn literal(&mut self, literal: &Literal) {
        match literal {
            Literal::Day(_) => self.feature(Feature::DateLiteral),
            Literal::Instant { .. } => self.feature(Feature::InstantLiteral),
            Literal::Local(_) => self.feature(Feature::LocalLiteral),
            Literal::Period { .. } => self.feature(Feature::PeriodLiteral),
            _ => {}
        }
    }

    fn having(&mut self, having: &Having) {
        self.feature(Feature::Having);
        match having {
            Having::Leaf { .. } => {}
            Having::Or(parts) => parts.iter().for_each(|part| self.having(part)),
            Having::Not(inner) => {
                self.feature(Feature::HavingNot);
                self.having(inner);
            }
        }
    }
}

/// Whether a condition names a cell from `first` on.
fn names_from(having: &Having, first: usize) -> bool {
    match having {
        Having::Leaf { cell, .. } => *cell >= first,
        Having::Or(parts) => parts.iter().any(|part| names_from(part, first)),
        Having::Not(inner) => names_from(inner, first),
    }
}
