//! The members of a dimension that stand in the answer also without rows.

use super::asked::Asked;
use super::{Dimension, Domain, Resolver, Scalar, wrong};
use crate::error::Result;
use crate::model::Kind;
use crate::time::OpenRange;

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
            let range = asked.range_on(date).map_or(OpenRange { start: None, end: None }, |(range, _)| range);
            Domain::Buckets { level: *level, range }
        }
        Scalar::Cyclic { .. } => Domain::Cyclic,
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
