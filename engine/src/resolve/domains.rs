//! The members of a dimension that stand in the answer also without rows.

use super::asked::Asked;
use super::{Dimension, Domain, Predicate, Resolver, Scalar, wrong};
use crate::error::Result;
use crate::model::{CyclicPart, Kind, Level};

impl Resolver<'_> {
    /// The domain of each dimension that asks for one.
    pub(super) fn domains(&self, dimensions: &[Dimension]) -> Result<Vec<Option<Domain>>> {
        let asked = self.query.dimensions.iter().map(|dimension| dimension.include_nonoccurring);
        if !self.query.dimensions.iter().any(|dimension| dimension.include_nonoccurring) {
            return Ok(Vec::new());
        }
        let flagged = dimensions.iter().zip(asked).enumerate();
        flagged
            .map(|(index, (dimension, asked))| {
                asked.then(|| domain(&self.asked, &dimension.value, &format!("/dimensions/{index}"))).transpose()
            })
            .collect()
    }
}

fn domain(asked: &Asked, of: &Scalar, path: &str) -> Result<Domain> {
    let filter = asked.on_members(of);
    Ok(match of {
        Scalar::Bucket { of: date, level } => {
            let (range, others) = asked.members_of(date);
            // A condition that holds for some of the values of a bucket lets the bucket stand.
            let whole = |condition: &Predicate| decides_buckets(condition, date, *level);
            let condition = Predicate::all(others.into_iter().filter(whole));
            Domain::Buckets { level: *level, range, condition }
        }
        Scalar::Cyclic { of: date, .. } => {
            let value = Scalar::Output { index: 0, output_type: of.output_type() };
            let (_, others) = asked.members_of(date);
            let same = others.iter().filter_map(|condition| condition.about(of, &value));
            Domain::Cyclic(Predicate::all(same))
        }
        Scalar::Bin { .. } => Domain::Bins,
        Scalar::Column(column) if column.column_type.kind() == Kind::Datetime => {
            let message = "`include_nonoccurring` needs a level on a date, so that its members can be told";
            return Err(wrong(&format!("{path}/include_nonoccurring"), message));
        }
        Scalar::Column(column) => match column.lookup {
            // The filters of the target are in the rows of the lookup already; the base has nothing to say there.
            Some(lookup) => Domain::Lookup { lookup, filter: asked.on_members_alone(of) },
            None => Domain::Rows(filter),
        },
        _ => Domain::Rows(filter),
    })
}

/// Whether a condition on a date has one answer within each bucket of a level.
fn decides_buckets(condition: &Predicate, date: &Scalar, level: Level) -> bool {
    let mut decides = true;
    condition.visit_scalars(&mut |scalar| {
        decides &= match scalar {
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
