//! What happens to the groups: having, top with its remainder, windows, post.

use super::chain::{Chain, clause, meet};
use super::columns::{Writer, key};
use super::parts::{Part, parts};
use crate::spec::{Aggregation, Top, Window, WindowFunction, WindowTotal};

/// A statement up to the rows of the answer, which have no order yet.
#[derive(Debug, Clone)]
pub(super) struct Steps<'a> {
    pub(super) parts: Vec<Part<'a>>,
    pub(super) chain: Chain,
    /// The table of the rows of the answer.
    pub(super) rows: String,
    /// The table of the rows below them, and the columns by which the two meet.
    pub(super) below: String,
    pub(super) keys: Vec<String>,
}

impl Steps<'_> {
    /// The rows below the rows of the answer.
    pub(super) fn visible(&self) -> String {
        let meet = meet(&self.below, &self.rows, &self.keys);
        format!("(SELECT {below}.* FROM {below} SEMI JOIN {} ON {meet})", self.rows, below = self.below)
    }
}

impl<'a> Writer<'a> {
    /// All steps of a query that groups.
    pub(super) fn steps(&self) -> Steps<'a> {
        let spec = self.spec;
        let mut chain = self.probes();
        let parts = parts(spec);
        let keys = self.keys();
        self.facts(&parts, &mut chain);
        let mut rows = chain.add("grouped", self.evaluated(&parts, "facts", &keys));
        if !spec.having.is_empty() {
            rows = chain.add("had", format!("SELECT * FROM {rows} WHERE {}", self.holds(&spec.having)));
        }
        let mut steps = Steps { parts, chain, rows, below: "facts".to_owned(), keys };
        match &spec.top {
            Some(top) => self.best(top, &mut steps),
            None => {
                let plain = format!("SELECT *, FALSE AS other FROM {}", steps.rows);
                steps.rows = steps.chain.add("best", plain);
            }
        }
        self.run_sums(&mut steps);
        for (number, window) in spec.windows.iter().enumerate() {
            let cell = spec.first_window() + number;
            let with = format!("SELECT *, {} AS c{cell} FROM {}", self.window(window, None), steps.rows);
            steps.rows = steps.chain.add(format!("window{number}"), with);
        }
        if !spec.post.is_empty() {
            let passed = format!("SELECT * FROM {} WHERE {}", steps.rows, self.holds(&spec.post));
            steps.rows = steps.chain.add("passed", passed);
        }
        steps
    }

    /// What must be known of the rows before they are read.
    pub(super) fn probes(&self) -> Chain {
        let mut chain = Chain::default();
        if let Some(newest) = self.newest() {
            chain.add("newest", newest);
        }
        for (name, ends) in self.extents() {
            chain.add(name, ends);
        }
        chain
    }

    /// The rows of the best members and of the remainder, each evaluated over the rows below it.
    fn best(&self, top: &Top, steps: &mut Steps<'_>) {
        let of = key(top.of);
        let within: Vec<String> = top.per.iter().map(|per| key(*per)).collect();
        let mut grain = within.clone();
        grain.push(of.clone());
        let had = &steps.rows;
        let kept = format!("SELECT facts.* FROM facts SEMI JOIN {had} ON {}", meet("facts", had, &steps.keys));
        steps.chain.add("kept", kept);
        steps.chain.add("by_member", self.evaluated(&steps.parts, "kept", &grain));
        let direction = if top.ascending { "ASC" } else { "DESC" };
        let place = format!(
            "row_number() OVER ({} ORDER BY c{} {direction} NULLS LAST, {of} ASC NULLS LAST)",
            clause("PARTITION BY", &within),
            top.by
        );
        let ranked = format!("SELECT {}, {place} > {} AS other FROM by_member", grain.join(", "), top.n);
        steps.chain.add("ranked", ranked);
        let parted = format!(
            "SELECT kept.* REPLACE (CASE WHEN other THEN NULL ELSE kept.{of} END AS {of}), other \
             FROM kept JOIN ranked ON {}{}",
            meet("kept", "ranked", &grain),
            if top.other { "" } else { " WHERE NOT other" }
        );
        steps.below = steps.chain.add("parted", parted);
        steps.keys.push("other".to_owned());
        steps.rows = steps.chain.add("best", self.evaluated(&steps.parts, "parted", &steps.keys));
    }

    /// Puts running totals in the place of cumulative sums.
    fn run_sums(&self, steps: &mut Steps<'_>) {
        for (cell, measure) in self.spec.measures.iter().enumerate() {
            if measure.aggregation == Aggregation::CumulativeSum {
                let running = Window {
                    function: WindowFunction::RunningTotal,
                    of: Some(cell),
                    size: None,
                    offset: None,
                    default: None,
                    order: Vec::new(),
                    partition: None,
                    total: WindowTotal::None,
                };
                let value = self.window(&running, None);
                let with = format!("SELECT * REPLACE ({value} AS c{cell}) FROM {}", steps.rows);
                steps.rows = steps.chain.add(format!("run{cell}"), with);
            }
        }
    }

    /// The dimension that a top ranks, if there is a remainder.
    pub(super) fn other(&self) -> Option<usize> {
        self.spec.top.as_ref().filter(|top| top.other).map(|top| top.of)
    }
}
