//! The members of a dimension that stand in the answer also without rows.

use std::sync::Arc;

use drillcore_hierarchies::{Kind, Node, NodeKind};

use super::asked::Asked;
use super::members::Shown;
use super::{Dimension, Domain, NodeOf, OutputType, Predicate, Resolver, Scalar};
use crate::model::{ColumnType, CyclicPart, Level};
use crate::time::TimeKind;

impl Resolver<'_> {
    /// The domain of each dimension that asks for one.
    pub(super) fn domains(&self, dimensions: &[Dimension]) -> Vec<Option<Domain>> {
        let asked = self.query.dimensions.iter().map(|dimension| dimension.include_nonoccurring);
        if !self.query.dimensions.iter().any(|dimension| dimension.include_nonoccurring) {
            return Vec::new();
        }
        let flagged = dimensions.iter().zip(asked);
        flagged.map(|(dimension, asked)| asked.then(|| domain(&self.asked, &dimension.value))).collect()
    }
}

fn domain(asked: &Asked, of: &Scalar) -> Domain {
    let filter = asked.on_members(of);
    match of {
        Scalar::Bucket { of: date, level } => buckets(asked, date, *level),
        Scalar::Cyclic { of: date, .. } => {
            let value = Scalar::Output { index: 0, output_type: of.output_type() };
            let (_, others) = asked.members_of(date);
            let same = others.iter().filter_map(|condition| condition.about(of, &value));
            Domain::Cyclic(Predicate::all(same))
        }
        Scalar::Bin { .. } => Domain::Bins,
        Scalar::Node(node) => members(asked, of, node),
        Scalar::Column(column) | Scalar::Derived { column, .. } => match (column.lookup, column.column_type) {
            // What follows further links is known of the rows of the base only.
            (Some(lookup), _) if !is_of_lookup(of, lookup) => Domain::Rows(filter),
            // The filters of the target are in the rows of the lookup already; the base has nothing to say there.
            (Some(lookup), _) => Domain::Lookup { lookup, filter: asked.on_members_alone(of) },
            (None, ColumnType::Date) => buckets(asked, of, Level::Day),
            (None, _) => Domain::Rows(filter),
        },
        _ => Domain::Rows(filter),
    }
}

/// The members that are placed in a tree; of other hierarchies those of the rows.
fn members(asked: &Asked, of: &Scalar, node: &NodeOf) -> Domain {
    if !matches!(node.tree.definition().kind, Kind::Tree { .. }) {
        let lookup = node.keys.first().and_then(Scalar::column_ref).and_then(|column| column.lookup);
        return match lookup {
            Some(lookup) if is_of_lookup(of, lookup) => Domain::Lookup { lookup, filter: asked.on_members_alone(of) },
            _ => Domain::Rows(asked.on_members(of)),
        };
    }
    let row = Scalar::Node(Arc::new(NodeOf { shown: Shown::rows(), ..node.clone() }));
    let value = Scalar::Output { index: 0, output_type: OutputType::Node };
    let conditions = asked.members_of(&row).1;
    let condition = Predicate::all(conditions.iter().filter_map(|condition| condition.about(&row, &value)));
    let closure = node.tree.closure();
    let has_no_place = |at: Node| closure.unassigned().is_some_and(|top| closure.contains(top, at));
    let is_member = |at: Node| matches!(closure.kind(at), NodeKind::Member | NodeKind::Virtual);
    let nodes = closure.subtree(Node::ROOT).filter_map(|number| closure.node(number));
    let placed = nodes.filter(|at| closure.is_leaf(*at) && is_member(*at) && !has_no_place(*at));
    Domain::Nodes { placed: placed.map(Node::number).collect(), condition }
}

/// Whether a value is made of the rows of one lookup alone.
fn is_of_lookup(of: &Scalar, lookup: usize) -> bool {
    let mut alone = true;
    of.visit_columns(&mut |column| alone &= column.lookup == Some(lookup));
    alone
}

fn buckets(asked: &Asked, date: &Scalar, level: Level) -> Domain {
    let (range, others) = asked.members_of(date);
    // A condition that holds for some of the values of a bucket lets the bucket stand.
    let whole = |condition: &Predicate| decides_buckets(condition, date, level);
    Domain::Buckets { level, range, condition: Predicate::all(others.into_iter().filter(whole)) }
}

/// Whether a condition on a date has one answer within each bucket of a level.
fn decides_buckets(condition: &Predicate, date: &Scalar, level: Level) -> bool {
    let is_day = level == Level::Day && date.time_kind() == Some(TimeKind::Date);
    let mut decides = true;
    condition.visit_scalars(&mut |scalar| {
        decides &= match scalar {
            scalar if scalar == date => is_day,
            Scalar::Cyclic { of, part } if **of == *date => {
                let widest = widest(*part);
                let crosses = level == Level::Week && widest < Level::Week;
                widest <= level && !crosses
            }
            _ => false,
        };
    });
    decides
}

/// The coarsest level within whose buckets a part stays the same.
fn widest(part: CyclicPart) -> Level {
    match part {
        CyclicPart::QuarterNumber => Level::Quarter,
        CyclicPart::MonthNumber | CyclicPart::MonthName => Level::Month,
        CyclicPart::WeekNumber => Level::Week,
        CyclicPart::DayInMonth | CyclicPart::DayInYear | CyclicPart::WeekdayNumber | CyclicPart::WeekdayName => {
            Level::Day
        }
        CyclicPart::HourInDay => Level::Hour,
        CyclicPart::MinuteInHour => Level::Minute,
        CyclicPart::SecondInMinute => Level::Second,
    }
}
