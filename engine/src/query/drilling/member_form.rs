//! A member as it stands in a query document, for serde.

use drillcore_hierarchies::MemberPath;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::query::Member;

#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Form {
    Id(String),
    Path(Vec<Option<String>>),
    Own(OwnForm),
    Unassigned(UnassignedForm),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnForm {
    path: Vec<Option<String>>,
    #[serde(default)]
    own: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct UnassignedForm {
    unassigned: bool,
}

pub(super) fn serialize<S: Serializer>(member: &Member, serializer: S) -> Result<S::Ok, S::Error> {
    let ids = |path: &MemberPath| path.members().map(|id| id.map(str::to_owned)).collect();
    let form = match member {
        Member::Id(id) => Form::Id(id.clone()),
        Member::Path(path) => Form::Path(ids(path)),
        Member::Own(path) => Form::Own(OwnForm { path: ids(path), own: true }),
        Member::Unassigned => Form::Unassigned(UnassignedForm { unassigned: true }),
    };
    form.serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Member, D::Error> {
    Ok(match Form::deserialize(deserializer)? {
        Form::Id(id) => Member::Id(id),
        Form::Path(path) | Form::Own(OwnForm { path, own: false }) => Member::Path(MemberPath::from_members(path)),
        Form::Own(OwnForm { path, own: true }) => Member::Own(MemberPath::from_members(path)),
        Form::Unassigned(UnassignedForm { unassigned: true }) => Member::Unassigned,
        Form::Unassigned(_) => return Err(D::Error::custom("expected the `path` of a member")),
    })
}
