//! Every value of a row that a query reads.

use std::sync::Arc;

use super::{Domain, FixedValue, Grain, Part, Predicate, ResolvedQuery, Scalar, Shape};

impl ResolvedQuery {
    /// Calls `visit` with every value of a row of the base that the query reads, those that fixed values are made of
    /// among them.
    pub(crate) fn visit_row_values<'a>(&'a self, visit: &mut dyn FnMut(&'a Scalar)) {
        let visit: &mut dyn FnMut(&'a Scalar) = &mut |scalar: &'a Scalar| {
            visit(scalar);
            scalar.visit_fixed(&mut |fixed: &'a Arc<FixedValue>| fixed.visit_row_values(visit));
        };
        condition(&self.filter, visit);
        match &self.shape {
            Shape::Grouped(groups) => {
                groups.dimensions.iter().for_each(|dimension| visit(&dimension.value));
                groups.parts.iter().for_each(|part| aggregate(part, visit));
                groups.context_filters().for_each(|filter| condition(filter, visit));
                if let Some(compare) = &groups.steps.compare {
                    condition(&compare.filter, visit);
                }
                for domain in groups.steps.domains.iter().flatten() {
                    if let Domain::Rows(filter) | Domain::Lookup { filter, .. } = domain {
                        condition(filter, visit);
                    }
                }
            }
            Shape::Rows { columns } => columns.iter().for_each(|column| visit(&column.value)),
        }
        self.order.iter().for_each(|key| visit(&key.of));
    }

    /// The values that must be computed for the keys of rows before the rows are read, each once.
    pub(crate) fn fixed_values(&self) -> Vec<&Arc<FixedValue>> {
        let mut found: Vec<&Arc<FixedValue>> = Vec::new();
        self.visit_row_values(&mut |scalar| {
            scalar.visit_fixed(&mut |fixed| {
                if !found.contains(&fixed) {
                    found.push(fixed);
                }
            });
        });
        found
    }
}

impl FixedValue {
    /// Calls `visit` with every value of a row that it is made of.
    pub(super) fn visit_row_values<'a>(&'a self, visit: &mut dyn FnMut(&'a Scalar)) {
        self.keys.iter().for_each(&mut *visit);
        self.parts.iter().for_each(|part| aggregate(part, visit));
        condition(&self.filter, visit);
    }
}

fn condition<'a>(filter: &'a Predicate, visit: &mut dyn FnMut(&'a Scalar)) {
    filter.visit_scalars(&mut |scalar| visit(scalar));
}

fn aggregate<'a>(part: &'a Part, visit: &mut dyn FnMut(&'a Scalar)) {
    part.of.iter().chain(&part.by).for_each(&mut *visit);
    condition(&part.filter, visit);
    if let Some(latest) = &part.latest {
        latest.entities.iter().chain([&latest.date]).for_each(&mut *visit);
    }
    if let Some(cumulative) = &part.cumulative {
        visit(&cumulative.over);
        condition(&cumulative.filter, visit);
        cumulative.base.iter().for_each(|base| condition(base, visit));
    }
    if let Grain::Finer(finer) = &part.grain {
        finer.by.iter().for_each(&mut *visit);
        finer.parts.iter().for_each(|part| aggregate(part, visit));
    }
}
