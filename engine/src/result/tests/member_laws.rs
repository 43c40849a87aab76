//! Laws of members of hierarchies: every form of an answer reads back, and a member is known by its path and kind.

use std::collections::BTreeMap;

use arrow::array::Array;
use proptest::prelude::*;

use super::csv_law::{dialects, fields};
use super::members::{column, numbered, places, streamed};
use super::{answer, csv};
use crate::result::{MemberCell, MemberKind};

fn text() -> impl Strategy<Value = String> {
    "[abNA0(),;|\"' \n=é]{0,4}"
}

fn kinds() -> impl Strategy<Value = MemberKind> {
    use MemberKind::{All, Member, Own, Unassigned, Virtual};
    proptest::sample::select(vec![Member, Member, Virtual, Own, Unassigned, All])
}

fn members() -> impl Strategy<Value = Vec<Option<MemberCell>>> {
    use proptest::option::of;
    let path = proptest::collection::vec(of(text()), 0..4);
    let shown = (of(text()), of(proptest::sample::select(vec!["#ff0000", "#00ff7f"])));
    let tree = (of(0_i64..4), of(any::<bool>()), of(1_i64..9));
    let member = (of(text()), path, shown, kinds(), tree).prop_map(
        |(id, path, (name, color), kind, (depth, expanded, hidden_children))| MemberCell {
            id,
            path,
            name,
            color: color.map(str::to_owned),
            kind,
            depth,
            expanded,
            hidden_children,
        },
    );
    proptest::collection::vec(of(member), 0..8)
}

/// The member of a JSON object.
fn read(object: &serde_json::Value) -> Option<MemberCell> {
    let object = object.as_object()?;
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let flags = [
        ("virtual", MemberKind::Virtual),
        ("own", MemberKind::Own),
        ("unassigned", MemberKind::Unassigned),
        ("all", MemberKind::All),
    ];
    let mut kinds = flags.iter().filter(|(flag, _)| object.get(*flag) == Some(&serde_json::Value::Bool(true)));
    let kind = kinds.next().map_or(MemberKind::Member, |(_, kind)| *kind);
    assert!(kinds.next().is_none());
    Some(MemberCell {
        id: text(&object["id"]),
        path: object["path"].as_array().unwrap().iter().map(text).collect(),
        name: object.get("name").and_then(text),
        color: object.get("color").and_then(text),
        kind,
        depth: object.get("depth").and_then(serde_json::Value::as_i64),
        expanded: object.get("expanded").and_then(serde_json::Value::as_bool),
        hidden_children: object.get("hidden_children").and_then(serde_json::Value::as_i64),
    })
}

/// What stands in CSV.
fn written(member: &MemberCell) -> Option<String> {
    match member.kind {
        MemberKind::Member | MemberKind::Virtual => member.id.clone(),
        MemberKind::Own => {
            let id = member.id.clone().filter(|id| !id.is_empty());
            Some(id.map_or_else(|| "(own)".to_owned(), |id| format!("{id} (own)")))
        }
        MemberKind::Unassigned => Some("(unassigned)".to_owned()),
        MemberKind::All => Some(member.name.clone().unwrap_or_else(|| "All".to_owned())),
    }
}

/// The numbers of the members, each once.
fn by_key(members: &[Option<MemberCell>]) -> BTreeMap<String, usize> {
    let key = |member: &MemberCell| (member.kind, member.path.clone());
    let keys = members.iter().enumerate();
    keys.map(|(row, member)| (format!("{:?}", member.as_ref().map(key)), row)).collect()
}

proptest! {
    #[test]
    fn json_reads_back(members in members()) {
        let result = places(&members);
        let rows: Vec<(serde_json::Value, i64)> = serde_json::from_str(&result.data_json()).unwrap();
        prop_assert_eq!(rows.iter().map(|(object, _)| read(object)).collect::<Vec<_>>(), members);
        let cells = result.rows().map(|row| serde_json::to_value(&row[0]).unwrap());
        prop_assert!(cells.eq(rows.into_iter().map(|(object, _)| object)));
    }

    #[test]
    fn csv_reads_back(members in members(), dialect in dialects()) {
        let text = csv(&places(&members), &dialect);
        let mut rows = fields(text.trim_start_matches('\u{feff}'), char::from(dialect.delimiter));
        if dialect.header {
            rows.remove(0);
        }
        prop_assert_eq!(rows.len(), members.len());
        for (row, member) in rows.iter().zip(&members) {
            let (quoted, text) = &row[0];
            let read = (*quoted || *text != dialect.null_text).then(|| text.clone());
            prop_assert_eq!(read, member.as_ref().and_then(written));
        }
    }

    #[test]
    fn the_arrow_stream_reads_back(members in members(), start in 0_usize..4) {
        let start = start.min(members.len());
        let result = numbered(column(&members).slice(start, members.len() - start));
        let (_, read) = streamed(&result);
        prop_assert_eq!(numbered(read).rows().collect::<Vec<_>>(), result.rows().collect::<Vec<_>>());
    }

    #[test]
    fn differences_and_counts_know_members_by_path_and_kind(before in members(), after in members()) {
        let different = |members: &[Option<MemberCell>]| -> Vec<Option<MemberCell>> {
            by_key(members).into_values().map(|row| members[row].clone()).collect()
        };
        let nulls = before.iter().filter(|member| member.is_none()).count();
        let counted = places(&before).statistics()[0].distinct;
        prop_assert_eq!(counted, by_key(&before).len() - nulls.min(1));

        let (before, after) = (different(&before), different(&after));
        let only = |members: &[Option<MemberCell>]| answer(vec![("place", column(members))]);
        let difference = only(&before).difference(&only(&after)).unwrap();
        let (before, after) = (by_key(&before), by_key(&after));
        let same = before.keys().filter(|key| after.contains_key(*key)).count();
        prop_assert!(difference.changed.is_empty());
        prop_assert_eq!(difference.unchanged, same);
        prop_assert_eq!(difference.added.len(), after.len() - same);
        prop_assert_eq!(difference.removed.len(), before.len() - same);
    }
}
