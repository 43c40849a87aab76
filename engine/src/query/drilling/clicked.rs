//! What people clicked.

use serde::{Deserialize, Serialize};

use super::member_form;
use crate::error::{Error, Result};
use crate::query::{Literal, Member};

/// How NULL is shown where people read it.
const NULL: &str = "∅";

/// The cell of a dimension that was clicked in an answer.
///
/// ```
/// use drillcore::{Clicked, Literal, Member};
///
/// assert_eq!(Clicked::from(Member::from(["EUROPE"])), Clicked::Member(Member::from(["EUROPE"])));
/// assert_eq!(Clicked::from(Literal::from("JFK")), Clicked::Value(Literal::from("JFK")));
/// assert_eq!(Clicked::from(Literal::Null), Clicked::Null);
/// ```
///
/// In JSON: `{"member": ["EUROPE"]}` with the member as in a query document, `{"value": "JFK"}`, or `"null"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Clicked {
    /// A member of a hierarchy.
    Member(#[serde(with = "member_form")] Member),
    /// A value of a column as it stands in the answer; of a bucket of a datetime, its start.
    Value(Literal),
    /// NULL. In a dimension over a hierarchy it is the member NULL below the root.
    Null,
}

impl Clicked {
    /// What was clicked in a dimension over a hierarchy. A text is the id of a member there, as in query documents.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for another value.
    pub(super) fn member(&self, dimension: &str) -> Result<Member> {
        match self {
            Self::Member(member) => Ok(member.clone()),
            Self::Value(Literal::Text(id)) => Ok(Member::Id(id.clone())),
            Self::Null | Self::Value(Literal::Null) => Ok(Member::null()),
            Self::Value(_) => Err(Error::input(format!("`{dimension}` is over a hierarchy: expected a member of it"))),
        }
    }

    /// What was clicked in a dimension over a column; none for NULL.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a member of a hierarchy and for a list.
    pub(super) fn value(&self, dimension: &str) -> Result<Option<&Literal>> {
        match self {
            Self::Null | Self::Value(Literal::Null) => Ok(None),
            Self::Value(Literal::List(_)) => {
                Err(Error::input(format!("expected one value of `{dimension}`, found a list")))
            }
            Self::Value(value) => Ok(Some(value)),
            Self::Member(_) => {
                Err(Error::input(format!("`{dimension}` is over no hierarchy: expected a value, found a member")))
            }
        }
    }

    /// What stands in a breadcrumb where nothing better is known.
    pub(super) fn label(&self) -> String {
        match self {
            Self::Member(member) => label_of_member(member),
            Self::Value(value) => label_of_value(value),
            Self::Null => NULL.to_owned(),
        }
    }
}

impl From<Member> for Clicked {
    fn from(member: Member) -> Self {
        Self::Member(member)
    }
}

/// [`Literal::Null`] becomes [`Clicked::Null`].
impl From<Literal> for Clicked {
    fn from(value: Literal) -> Self {
        match value {
            Literal::Null => Self::Null,
            value => Self::Value(value),
        }
    }
}

fn label_of_member(member: &Member) -> String {
    match member {
        Member::Id(id) => id.clone(),
        Member::Path(path) => path.members().last().map_or("All", |id| id.unwrap_or(NULL)).to_owned(),
        Member::Own(path) => match path.members().last().flatten() {
            Some(id) => format!("{id} (own)"),
            None => "(own)".to_owned(),
        },
        Member::Unassigned => "(unassigned)".to_owned(),
    }
}

fn label_of_value(value: &Literal) -> String {
    match value {
        Literal::Null => NULL.to_owned(),
        Literal::Boolean(value) => value.to_string(),
        Literal::Integer(number) => number.to_string(),
        Literal::Number(number) => number.to_string(),
        Literal::Decimal(text) | Literal::Text(text) => text.clone(),
        Literal::List(values) => values.iter().map(label_of_value).collect::<Vec<_>>().join(", "),
    }
}
