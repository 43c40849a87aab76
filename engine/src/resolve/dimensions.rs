//! The dimensions of a query: levels, bins, groups of members.

use std::sync::Arc;

use datafusion::scalar::ScalarValue;

use super::columns::at_level;
use super::numbers::{Place, place};
use super::outputs::{Names, output};
use super::{Dimension, Resolver, Scalar, wrong};
use crate::error::{Error, Result};
use crate::functions::Bins;
use crate::model::{ColumnType, Kind};
use crate::query::{self, DatetimeLevel, Discretization, Literal, MemberGroup, Target};

impl Resolver<'_> {
    pub(super) fn dimension(&mut self, asked: &query::Dimension, path: &str, names: &mut Names) -> Result<Dimension> {
        if let Target::Hierarchy(members) = &asked.reference.target {
            return self.members_dimension(asked, members, path, names);
        }
        if let Some(members) = self.level_of_members(asked, path)? {
            return self.members_dimension(asked, &members, path, names);
        }
        let (of, column) = self.value(&asked.reference, path)?;
        let value = match &asked.discretization {
            Some(how) => self.discretized(of, how, &format!("{path}/discretization"))?,
            None => at_level(of, &column.id, asked.level).map_err(|text| wrong(&format!("{path}/level"), text))?,
        };
        let level = match asked.level {
            None => None,
            Some(DatetimeLevel::Bucket(level)) => Some(level.name()),
            Some(DatetimeLevel::Cyclic(part)) => Some(part.name()),
        };
        let name = names.name(asked.name.as_deref(), || {
            let column = self.shown_name(&value, &column);
            level.map_or_else(|| column.clone(), |level| format!("{column}_{level}"))
        });
        let label = asked.name.as_deref().unwrap_or_else(|| column.label(&self.locale));
        let output_type = value.output_type();
        Ok(Dimension { output: output(name, label, output_type, level, &column), value })
    }

    fn discretized(&mut self, of: Scalar, how: &Discretization, path: &str) -> Result<Scalar> {
        let column_type = of.output_type().column_type();
        if let Discretization::Groups { groups, rest } = how {
            let groups = member_groups(column_type, groups, path)?;
            return Ok(Scalar::Member { of: Arc::new(of), groups: groups.into(), rest: rest.clone() });
        }
        if column_type.kind() != Kind::Numeric {
            return Err(wrong(path, format!("bins are for numbers, and this column is {}", column_type.name())));
        }
        let refused = |error: Error| error.at(path);
        let bins = match how {
            Discretization::Width { size, origin } => {
                let origin = origin.clone().unwrap_or(Literal::Integer(0));
                Bins::linear(column_type, &number(&origin)?, &number(size)?).map_err(refused)?
            }
            Discretization::Count(count) => {
                let rows = self.asked.all();
                let (least, greatest) = match self.extent(&of, &rows) {
                    Some(extent) => (extent.least, extent.greatest),
                    None => (ScalarValue::Null, ScalarValue::Null),
                };
                let count = u32::try_from(*count).unwrap_or(u32::MAX);
                Bins::between(column_type, &least, &greatest, count).map_err(refused)?
            }
            Discretization::Edges(edges) => {
                let edges = edges.iter().map(number).collect::<Result<Vec<_>>>()?;
                Bins::edges(column_type, &edges).map_err(refused)?
            }
            Discretization::Groups { .. } => return Ok(of),
        };
        Ok(Scalar::Bin { of: Arc::new(of), bins })
    }
}

/// A number of the document, with all its digits.
fn number(literal: &Literal) -> Result<String> {
    match literal {
        Literal::Integer(number) => Ok(number.to_string()),
        Literal::Number(number) => Ok(number.to_string()),
        Literal::Decimal(digits) => Ok(digits.clone()),
        _ => Err(Error::query("expected a number")),
    }
}

/// Groups with their members as values of the column; what the column cannot hold has no rows.
fn member_groups(
    column_type: ColumnType,
    groups: &[MemberGroup],
    path: &str,
) -> Result<Vec<(String, Vec<ScalarValue>)>> {
    let mut found = Vec::with_capacity(groups.len());
    for (index, group) in groups.iter().enumerate() {
        let mut members = Vec::with_capacity(group.members.len());
        for (at, member) in group.members.iter().enumerate() {
            let wrong_type = || {
                let message = format!("this member is not of the column's type, which is {}", column_type.name());
                wrong(&format!("{path}/groups/{index}/in/{at}"), message)
            };
            match (column_type, member) {
                (ColumnType::Text, Literal::Text(text)) => {
                    members.push(ScalarValue::Utf8View(Some(text.clone())));
                }
                (ColumnType::Boolean, Literal::Boolean(value)) => members.push(ScalarValue::Boolean(Some(*value))),
                (column_type, literal) if column_type.kind() == Kind::Numeric => {
                    if let Place::Exact(value) = place(literal, column_type).ok_or_else(wrong_type)? {
                        members.push(value);
                    }
                }
                _ => return Err(wrong_type()),
            }
        }
        found.push((group.name.clone(), members));
    }
    Ok(found)
}
