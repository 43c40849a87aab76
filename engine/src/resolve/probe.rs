//! What must be known of the data before a query is fixed: the least and the greatest value of a column, and the members
//! of a hierarchy.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::scalar::ScalarValue;

use super::{
    Call, DatasetRef, Grain, Groups, Measure, Output, OutputType, Part, Predicate, ResolvedQuery, Resolver, Scalar,
    Shape, Steps, TreeKey, WantedTree,
};
use crate::members::MemberTree;
use crate::model::Aggregation;

/// What was asked for.
#[derive(Debug, Default)]
pub(crate) struct Probed {
    pub(crate) extents: HashMap<ResolvedQuery, Extent>,
    pub(crate) trees: HashMap<TreeKey, Arc<MemberTree>>,
}

/// What must be asked for.
#[derive(Debug, Default)]
pub(crate) struct Needed {
    pub(crate) extents: Vec<ResolvedQuery>,
    pub(crate) trees: Vec<WantedTree>,
}

impl Needed {
    pub(super) fn is_empty(&self) -> bool {
        self.extents.is_empty() && self.trees.is_empty()
    }
}

/// The least and the greatest value; NULL where there is none.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Extent {
    pub(crate) least: ScalarValue,
    pub(crate) greatest: ScalarValue,
}

impl Resolver<'_> {
    /// The extent of a value over the rows that pass a filter. None where it must be asked for first; the query is then
    /// resolved again.
    pub(super) fn extent(&mut self, of: &Scalar, filter: &Predicate) -> Option<Extent> {
        let column_type = of.output_type().column_type();
        let part = |call| Part {
            call,
            of: Some(of.clone()),
            by: None,
            filter: Predicate::Constant(true),
            latest: None,
            cumulative: None,
            grain: Grain::Row,
            column_type,
        };
        let measure = |index, name: &str| Measure {
            value: Scalar::Part { index, column_type },
            aggregation: Some(if index == 0 { Aggregation::Min } else { Aggregation::Max }),
            of: Some(of.clone()),
            unfiltered: true,
            output: Output::plain(name, OutputType::Plain(column_type)),
        };
        let query = ResolvedQuery {
            base: DatasetRef { name: self.base.name.clone(), id: self.base.id },
            calendar: self.calendar.clone(),
            locale: self.locale.clone(),
            lookups: self.lookups.clone(),
            filter: filter.clone(),
            shape: Shape::Grouped(Box::new(Groups {
                dimensions: Vec::new(),
                parts: vec![part(Call::Min), part(Call::Max)],
                measures: vec![measure(0, "least"), measure(1, "greatest")],
                having: Predicate::Constant(true),
                context: None,
                steps: Steps::default(),
            })),
            order: Vec::new(),
            limit: None,
            offset: 0,
            max_rows: 1,
            total_rows: false,
        };
        let known = self.probed.extents.get(&query).cloned();
        if known.is_none() && !self.needed.extents.contains(&query) {
            self.needed.extents.push(query);
        }
        known
    }
}
