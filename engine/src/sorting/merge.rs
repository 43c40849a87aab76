//! Several inputs in order as one. Rows with equal keys come in the order of their inputs.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::RecordBatch;

use super::gather::{Texts, gather};
use super::inputs::{Block, Input};
use super::packed::Packed;
use super::tools::Tools;
use crate::error::Result;

/// Where what is merged goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// The rows of a batch.
    pub(super) rows: usize,
    pub(super) texts: Texts,
}

/// Hands out all rows of the inputs, in order.
pub(super) fn merge(
    mut inputs: Vec<Input>,
    tools: &Tools,
    shape: Shape,
    take: &mut impl FnMut(RecordBatch) -> Result<()>,
) -> Result<()> {
    let mut heads = BinaryHeap::with_capacity(inputs.len());
    for (number, input) in inputs.iter_mut().enumerate() {
        heads.extend(input.next(tools)?.map(|block| Head::new(number, block)));
    }
    let mut output = Output::new(tools, shape, inputs.len());
    while let Some(mut head) = heads.pop() {
        let end = head.lead(heads.peek());
        output.put(&head, head.row..end, take)?;
        if end < head.block.rows {
            head.move_to(end);
            heads.push(head);
        } else if let Some(input) = inputs.get_mut(head.input) {
            heads.extend(input.next(tools)?.map(|block| Head::new(head.input, block)));
        }
    }
    output.flush(take)
}

/// The next row of an input.
struct Head {
    /// The beginning of its key.
    prefix: u128,
    input: usize,
    row: usize,
    block: Arc<Block>,
}

impl Head {
    fn new(input: usize, block: Arc<Block>) -> Self {
        Self { prefix: block.keys.prefix(0), input, row: 0, block }
    }

    fn move_to(&mut self, row: usize) {
        (self.row, self.prefix) = (row, self.block.keys.prefix(row));
    }

    /// How far the rows of the block come before the next row of another input: the first one that does not. The row of
    /// the head does.
    fn lead(&self, rival: Option<&Self>) -> usize {
        let rows = self.block.rows;
        let Some(rival) = rival else { return rows };
        let is_before = |row: usize| {
            let keys = self.block.keys.compare(row, &rival.block.keys, rival.row);
            keys.then_with(|| self.input.cmp(&rival.input)) == Ordering::Less
        };
        // Where the rows of the inputs lie apart, or nearly so, blocks go as a whole.
        if rows.checked_sub(1).is_some_and(is_before) {
            return rows;
        }
        (self.row + 1..rows).find(|row| !is_before(*row)).unwrap_or(rows)
    }

    fn compare(&self, other: &Self) -> Ordering {
        let keys = self.prefix.cmp(&other.prefix);
        let keys = keys.then_with(|| self.block.keys.compare_rest(self.row, &other.block.keys, other.row));
        keys.then_with(|| self.input.cmp(&other.input))
    }
}

/// The heap hands out the greatest first, which is what comes first here.
impl Ord for Head {
    fn cmp(&self, other: &Self) -> Ordering {
        other.compare(self)
    }
}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Head {}

/// Rows that are to be handed out together.
struct Output<'a> {
    tools: &'a Tools,
    shape: Shape,
    /// Where rows come from. They stay although their inputs go on.
    sources: Vec<Arc<Packed>>,
    /// Which of them is the one that each input is at.
    current: Vec<Option<usize>>,
    /// Of which source, and which row of it.
    places: Vec<(usize, usize)>,
}

impl<'a> Output<'a> {
    fn new(tools: &'a Tools, shape: Shape, inputs: usize) -> Self {
        let places = Vec::with_capacity(shape.rows);
        Self { tools, shape, sources: Vec::new(), current: vec![None; inputs], places }
    }

    /// Takes rows of the block that an input is at.
    fn put(
        &mut self,
        head: &Head,
        mut rows: Range<usize>,
        take: &mut impl FnMut(RecordBatch) -> Result<()>,
    ) -> Result<()> {
        while !rows.is_empty() {
            let source = self.source_of(head);
            let room = self.shape.rows.saturating_sub(self.places.len()).max(1);
            let end = rows.end.min(rows.start + room);
            self.places.extend((rows.start..end).map(|row| (source, head.block.first + row)));
            rows.start = end;
            if self.places.len() >= self.shape.rows {
                self.flush(take)?;
            }
        }
        Ok(())
    }

    fn source_of(&mut self, head: &Head) -> usize {
        let current = self.current.get(head.input).copied().flatten();
        let is_same = |place: &usize| self.sources.get(*place).is_some_and(|at| Arc::ptr_eq(at, &head.block.source));
        if let Some(source) = current.filter(is_same) {
            return source;
        }
        let source = self.sources.len();
        self.sources.push(Arc::clone(&head.block.source));
        if let Some(current) = self.current.get_mut(head.input) {
            *current = Some(source);
        }
        source
    }

    /// Hands out the rows there are.
    fn flush(&mut self, take: &mut impl FnMut(RecordBatch) -> Result<()>) -> Result<()> {
        self.tools.go_on()?;
        if self.places.is_empty() {
            return Ok(());
        }
        let Self { tools, shape, sources, places, .. } = self;
        let gathered = tools.encoders.install(|| gather(&tools.schema, sources, places, shape.texts))?;
        self.sources.clear();
        self.places.clear();
        self.current.fill(None);
        take(gathered)
    }
}
