//! How bins lie, whatever kind of numbers their borders are.

/// The borders of bins.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Shape<N> {
    /// Bins of one width, with a border at the origin. Number 0 begins there.
    Even {
        origin: N,
        /// Above 0.
        size: N,
        /// Without it the bins go on for ever.
        end: Option<End<N>>,
    },
    /// Bins between edges in rising order: the first bin has no lower border, the last one no upper one.
    Edges(Vec<N>),
}

/// The end of bins that begin at their origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct End<N> {
    /// How many there are; none where there is no value that they could lie between.
    pub(super) count: i64,
    /// The upper border of the last one, which belongs to it.
    pub(super) greatest: N,
}

impl<N> Shape<N> {
    /// The same bins in other numbers; nothing if one of the borders has no such number.
    pub(super) fn converted<M>(&self, convert: impl Fn(&N) -> Option<M>) -> Option<Shape<M>> {
        Some(match self {
            Self::Even { origin, size, end } => Shape::Even {
                origin: convert(origin)?,
                size: convert(size)?,
                end: match end {
                    Some(end) => Some(End { count: end.count, greatest: convert(&end.greatest)? }),
                    None => None,
                },
            },
            Self::Edges(edges) => Shape::Edges(edges.iter().map(convert).collect::<Option<_>>()?),
        })
    }

    /// The numbers that it is made of.
    pub(super) fn values(&self) -> Vec<&N> {
        match self {
            Self::Even { origin, size, end } => {
                let greatest = end.as_ref().map(|end| &end.greatest);
                [origin, size].into_iter().chain(greatest).collect()
            }
            Self::Edges(edges) => edges.iter().collect(),
        }
    }
}

/// The borders of endless bins.
pub(super) trait Even<N> {
    /// The border where a bin begins; nothing if there is no such number.
    fn at(&self, origin: N, size: N, number: i64) -> Option<N>;

    /// The least number that a border can be.
    fn least(&self) -> N;
}

impl<N: Copy + PartialOrd> Shape<N> {
    /// The number of the bin that holds a value, of which `even` knows for endless bins. What lies before the first of
    /// a given number of bins belongs to the first, and what lies behind the last to the last: that can only be rows of
    /// another period than that of which the ends are. Nothing where there are no bins, or the number has more than 64
    /// bits.
    pub(super) fn number(&self, value: N, even: impl Fn(N, N, N) -> Option<i64>) -> Option<i64> {
        match self {
            Self::Edges(edges) => edges.partition_point(|edge| *edge <= value).try_into().ok(),
            Self::Even { origin, size, end: None } => even(*origin, *size, value),
            Self::Even { end: Some(End { count: ..=0, .. }), .. } => None,
            Self::Even { origin, size, end: Some(end) } => {
                let last = end.count - 1;
                if value < *origin {
                    Some(0)
                } else if value > end.greatest {
                    Some(last)
                } else {
                    // The last one is closed; and so small a width that no number counts its bins leads there too.
                    Some(even(*origin, *size, value).map_or(last, |number| number.clamp(0, last)))
                }
            }
        }
    }

    /// Where a bin begins; nothing if it has no lower border.
    pub(super) fn lower(&self, number: i64, even: &impl Even<N>) -> Option<N> {
        match self {
            Self::Edges(edges) => edges.get(usize::try_from(number.checked_sub(1)?).ok()?).copied(),
            Self::Even { origin, size, end: None } => {
                // A border below all numbers is as good as the least of them.
                even.at(*origin, *size, number).or_else(|| (number < 0).then(|| even.least()))
            }
            Self::Even { end: Some(end), .. } if number >= end.count => Some(end.greatest),
            Self::Even { .. } if number < 0 => None,
            Self::Even { origin, size, end: Some(end) } => within(even.at(*origin, *size, number), end),
        }
    }

    /// Where a bin ends; nothing if it has no upper border, or none that is a number.
    pub(super) fn upper(&self, number: i64, even: &impl Even<N>) -> Option<N> {
        match self {
            Self::Edges(edges) => edges.get(usize::try_from(number).ok()?).copied(),
            Self::Even { origin, size, end: None } => even.at(*origin, *size, number.checked_add(1)?),
            Self::Even { end: Some(end), .. } if number >= end.count => None,
            Self::Even { origin, .. } if number < 0 => Some(*origin),
            Self::Even { end: Some(end), .. } if number == end.count - 1 => Some(end.greatest),
            Self::Even { origin, size, end: Some(end) } => within(even.at(*origin, *size, number.checked_add(1)?), end),
        }
    }
}

/// A border between the ends; rounding may have put it behind.
fn within<N: Copy + PartialOrd>(border: Option<N>, end: &End<N>) -> Option<N> {
    border.map(|border| if border > end.greatest { end.greatest } else { border })
}
