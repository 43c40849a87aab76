//! Every field that the readers know, by the object it stands in.

use super::{aggregations, at, discretizations, filters, items, members, options, parameters, periods, read};
use super::{references, steps, windows};

/// The objects of a document and their fields.
pub(in crate::query) fn fields() -> Vec<(&'static str, Vec<&'static str>)> {
    let with_reference = |own: &[&'static str]| [own, &references::FIELDS].concat();
    vec![
        ("Query", read::QUERY.to_vec()),
        ("Call", read::CALL.to_vec()),
        ("Batch", [read::BATCH.as_slice(), &["action", "key", "token", "version"]].concat()),
        ("At", at::FIELDS.to_vec()),
        ("Dimension", with_reference(&items::DIMENSION)),
        ("Measure", with_reference(&items::MEASURE)),
        ("Order", with_reference(&items::ORDER)),
        ("Reference", with_reference(&["level"])),
        ("Filter", [filters::LEAF.as_slice(), &filters::GROUPS].concat()),
        ("Aggregation", aggregations::FIELDS.to_vec()),
        ("Cumulative", aggregations::CUMULATIVE.to_vec()),
        ("Discretization", discretizations::FIELDS.to_vec()),
        ("MemberGroup", discretizations::GROUP.to_vec()),
        ("MemberObject", members::MEMBER.to_vec()),
        ("Expand", members::EXPAND.to_vec()),
        ("Period", periods::FIELDS.to_vec()),
        ("Derived", steps::DERIVED.to_vec()),
        ("Totals", steps::TOTALS.to_vec()),
        ("Top", steps::TOP.to_vec()),
        ("Compare", with_reference(&steps::COMPARE)),
        ("Pivot", steps::PIVOT.to_vec()),
        ("Window", windows::FIELDS.to_vec()),
        ("Options", options::FIELDS.to_vec()),
        ("Limit", options::LIMIT.to_vec()),
        ("Parameter", parameters::FIELDS.to_vec()),
    ]
}
