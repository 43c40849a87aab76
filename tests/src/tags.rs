//! Which parts of the query language a query holds.

use std::collections::BTreeSet;

use crate::coverage::{Feature, Tag};
use crate::spec::{At, Bucket, Filter, Having, Leaf, Literal, Nulls, Operator, Output, Right, Spec};
use crate::world::World;

/// The parts in a query, each once.
#[must_use]
pub fn tags(world: &World, spec: &Spec) -> Vec<Tag> {
    let mut found = Found { world, tags: BTreeSet::new() };
    found.spec(spec);
    found.tags.into_iter().collect()
}

struct Found<'a> {
    world: &'a World,
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
        for dimension in &spec.dimensions {
            self.at(dimension.at);
            match dimension.bucket {
                Some(Bucket::Level { level, .. }) => self.tag(Tag::Level(level)),
                Some(Bucket::Part(part)) => self.tag(Tag::Part(part)),
                None => {}
            }
        }
        for measure in &spec.measures {
            measure.at.iter().for_each(|at| self.at(*at));
            if !spec.rows_mode {
                self.tag(Tag::Aggregation(measure.aggregation));
            }
            self.when(!measure.filter.is_empty(), Feature::MeasureFilter);
            measure.filter.iter().for_each(|filter| self.filter(filter, 0, 0));
        }
        spec.filter.iter().for_each(|filter| self.filter(filter, 0, 0));
        spec.having.iter().for_each(|having| self.having(having));
        for key in &spec.order {
            self.when(key.descending, Feature::Descending);
            self.when(key.nulls_first, Feature::NullsFirst);
            self.when(matches!(key.of, Output::Measure(_)) && !spec.rows_mode, Feature::OrderByMeasure);
        }
        self.when(spec.limit.is_some(), Feature::Limit);
        self.when(spec.limit.is_some_and(|(_, skipped)| skipped > 0), Feature::Offset);
        self.when(spec.rows_mode, Feature::RowsMode);
        self.when(spec.dimensions.is_empty() && !spec.rows_mode, Feature::NoDimensions);
        self.when(spec.measures.is_empty() && !spec.rows_mode, Feature::NoMeasures);
        self.when(spec.options.zone.is_some(), Feature::Zone);
        self.when(spec.options.week_start.is_some(), Feature::WeekStart);
        self.when(spec.options.fiscal.is_some(), Feature::FiscalYear);
        self.when(spec.options.case_sensitive == Some(false), Feature::CaseInsensitiveQuery);
    }

    fn at(&mut self, at: At) {
        let world = self.world;
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
