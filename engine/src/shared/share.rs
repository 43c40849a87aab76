//! Which queries of a batch share a scan.
//!
//! Queries share when they read the same rows of the same table: the same dataset in the same version, and the same
//! conditions on the column that its snapshot is sorted by, if there are any. Reading the union of the columns once is
//! never more work than reading each query's own columns, since a column that is handed on costs nothing. A query that
//! prunes most of the table by its conditions would be made slower by others that read all of it, so it shares only with
//! queries that prune alike. What stays alone:
//!
//! - a query that reads the table several times, for a comparison for example, and prunes differently each time;
//! - a bare count of all rows, which is answered without reading any.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::plan::{ORDINAL, columns_read};
use crate::resolve::{Domain, Groups, Predicate, ResolvedQuery, Scalar, Shape, Test};

/// Queries that share one scan at most. The others of their kind make another one.
const MOST_SHARING: usize = 32;

/// What is known of a query before it is decided with whom it shares.
#[derive(Debug)]
pub(crate) struct Candidate {
    /// The dataset, and its version if it is read from a snapshot.
    table: (Uuid, Option<u64>),
    /// Columns of the table that are read.
    columns: BTreeSet<String>,
    /// For each reading of the table the conditions that could prune it.
    passes: Vec<Vec<Predicate>>,
    /// Those of them that are on the column the table is sorted by.
    pruning: Vec<Predicate>,
    alone: bool,
}

/// Queries that share.
#[derive(Debug)]
pub(crate) struct Group {
    /// Their places among the candidates.
    pub(crate) members: Vec<usize>,
    /// For each member how often it reads the table.
    pub(crate) passes: Vec<usize>,
    /// All columns that are read.
    pub(crate) columns: BTreeSet<String>,
    /// Conditions that every row meets that any of the members looks at, in any of its passes.
    pub(crate) filters: Vec<Predicate>,
}

impl Candidate {
    /// `version` is that of the snapshot that is read, `sorted_by` the first column that it is sorted by.
    pub(crate) fn new(query: &ResolvedQuery, version: Option<u64>, sorted_by: Option<&str>) -> Self {
        let mut columns = columns_read(query).remove(&None).unwrap_or_default();
        if matches!(query.shape, Shape::Rows { .. }) {
            columns.insert(ORDINAL.to_owned());
        }
        let passes: Vec<Vec<Predicate>> = pass_filters(query).into_iter().map(prunable).collect();
        let sorts = |test: &Predicate| column_of(test).is_some_and(|column| Some(column) == sorted_by);
        let (mut pruning, mut differs) = (Vec::new(), false);
        for test in passes.iter().flatten().filter(|test| sorts(test)) {
            differs |= passes.iter().any(|pass| !pass.contains(test));
            if !pruning.contains(test) {
                pruning.push(test.clone());
            }
        }
        let alone = differs || columns.is_empty();
        Self { table: (query.base.id, version), columns, passes, pruning, alone }
    }

    /// The same where other columns of the table are read than those that the query names.
    pub(crate) fn reading(self, columns: BTreeSet<String>) -> Self {
        Self { columns, ..self }
    }

    fn shares_with(&self, other: &Self) -> bool {
        !self.alone && !other.alone && self.table == other.table && same(&self.pruning, &other.pruning)
    }
}

/// The groups of at least two that share.
pub(crate) fn share(candidates: &[Candidate]) -> Vec<Group> {
    let mut groups: Vec<(&Candidate, Vec<usize>)> = Vec::new();
    for (place, candidate) in candidates.iter().enumerate().filter(|(_, candidate)| !candidate.alone) {
        let open =
            groups.iter_mut().find(|(first, members)| members.len() < MOST_SHARING && first.shares_with(candidate));
        match open {
            Some((_, members)) => members.push(place),
            None => groups.push((candidate, vec![place])),
        }
    }
    groups.into_iter().filter(|(_, members)| members.len() > 1).map(|(_, members)| group(candidates, members)).collect()
}

fn group(candidates: &[Candidate], members: Vec<usize>) -> Group {
    let of: Vec<&Candidate> = members.iter().filter_map(|place| candidates.get(*place)).collect();
    let passes = || of.iter().flat_map(|candidate| &candidate.passes);
    let mut filters: Vec<Predicate> = passes().next().cloned().unwrap_or_default();
    filters.retain(|test| passes().all(|pass| pass.contains(test)));
    Group {
        passes: of.iter().map(|candidate| candidate.passes.len()).collect(),
        columns: of.iter().flat_map(|candidate| candidate.columns.iter().cloned()).collect(),
        filters,
        members,
    }
}

fn same(left: &[Predicate], right: &[Predicate]) -> bool {
    left.len() == right.len() && left.iter().all(|test| right.contains(test))
}

/// The filter of every plan over the base that answering the query takes. A plan that is missing here would be given
/// rows without those that its own filter keeps; one too many costs nothing.
fn pass_filters(query: &ResolvedQuery) -> Vec<&Predicate> {
    let mut passes: Vec<&Predicate> = query.fixed_values().into_iter().map(|fixed| &fixed.filter).collect();
    passes.push(&query.filter);
    let groups: &Groups = match &query.shape {
        Shape::Rows { .. } => {
            // The count of all rows is a plan of its own.
            passes.extend(query.total_rows.then_some(&query.filter));
            return passes;
        }
        Shape::Grouped(groups) => groups,
    };
    passes.extend(groups.further_filters(&query.filter));
    for rule in groups.parts.iter().filter_map(|part| part.cumulative.as_ref()) {
        passes.push(&rule.filter);
        passes.extend(&rule.base);
    }
    passes.extend(groups.steps.compare.as_ref().map(|compare| &compare.filter));
    passes.extend(groups.steps.domains.iter().flatten().filter_map(|domain| match domain {
        Domain::Rows(filter) => Some(filter),
        _ => None,
    }));
    passes
}

/// The parts of a conjunction that statistics of files can decide.
fn prunable(filter: &Predicate) -> Vec<Predicate> {
    let parts = match filter {
        Predicate::And(parts) => parts.as_slice(),
        other => std::slice::from_ref(other),
    };
    parts.iter().filter(|part| column_of(part).is_some()).cloned().collect()
}

/// The column of the base that a test compares with constants as it is.
fn column_of(test: &Predicate) -> Option<&str> {
    let Predicate::Test(
        Test::OneOf { of: Scalar::Column(column), folded: false, .. }
        | Test::Range { of: Scalar::Column(column), folded: false, .. },
    ) = test
    else {
        return None;
    };
    column.lookup.is_none().then_some(column.column.as_str())
}
