//! The context filters of a query. They come before all else, because fixed values look at the rows that they leave.

use super::Resolver;
use super::asked::{is_context, is_last_available};
use crate::error::Result;

/// Why there are no fixed values of rows until the context filters are known.
pub(super) const NOT_YET: &str =
    "FIXED values of rows are over the rows that the context filters leave, so no context filter can test one";

const NEWEST_ROW: &str = "FIXED values of rows are over the rows that the context filters leave, and \
                          `last_available` looks at those that all filters leave; take it out of the context";

impl Resolver<'_> {
    /// The filters of the context but for those that depend on the newest row, which look at what all others leave.
    pub(super) fn resolve_context(&mut self) -> Result<()> {
        let query = self.query;
        let mut newest = false;
        for (index, filter) in query.filters.iter().enumerate().filter(|(_, filter)| is_context(filter)) {
            if is_last_available(filter) {
                newest = true;
                continue;
            }
            let part = self.asked_part(filter, &format!("/where/{index}"))?;
            self.asked.parts.push(part);
        }
        self.context = if newest { Err(NEWEST_ROW) } else { Ok(self.asked.all()) };
        Ok(())
    }
}
