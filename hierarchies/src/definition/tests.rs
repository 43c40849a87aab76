//! Definitions in JSON, and what is wrong with some.

use super::{ColumnLevel, HideIf, Hierarchy, Kind, LevelInfo, MOST_LEVELS, Orphans, OwnRows, Visibility};
use crate::{Color, Element, Fault, Localized};

const GEO: &str = r#"{"id":"geo","dataset_id":"airports","name":{"en":"Geography"},"kind":"levels","levels":[{"column_id":"country","name":"country"},{"column_id":"region","name":"area","label":{"en":"Area"}}],"hide_if":"blank"}"#;

const REGIONS: &str = r##"{"id":"regions","dataset_id":"airports","all":{"en":"World"},"kind":"tree","column_id":"faa","levels":[{"name":"region","label":{"nl":"Regio"},"color":"#010203"}],"elements":[{"id":"west","name":{"en":"West"},"virtual":true},{"id":"LAX","parent":"west"}],"unassigned":"hidden"}"##;

const ORG: &str = r#"{"id":"org","dataset_id":"staff","kind":"parent_child","key":"id","parent":"manager","name_column":"name","orphans":"error","own_rows":"error"}"#;

const WHEN: &str = r#"{"id":"when","dataset_id":"flights","kind":"datetime","column_id":"time_hour","levels":["year","quarter","month","day"]}"#;

fn geo() -> Hierarchy {
    let area = ColumnLevel::new("region").named("area").labelled("Area");
    Hierarchy::levels("geo", "airports", [ColumnLevel::new("country"), area]).named("Geography").hide_if(HideIf::Blank)
}

fn regions() -> Hierarchy {
    let elements = [Element::group("west").named("West"), Element::value("LAX").under("west")];
    let mut regions = Hierarchy::tree("regions", "airports", "faa", elements)
        .all_named("World")
        .unassigned(Visibility::Hidden)
        .levels_named(["region"]);
    if let Kind::Tree { levels, .. } = &mut regions.kind {
        let label = Localized::default().with("nl", "Regio");
        *levels = vec![LevelInfo::new("region").labelled(label).colored(Color::new(1, 2, 3))];
    }
    regions
}

fn org() -> Hierarchy {
    Hierarchy::parent_child("org", "staff", "id", "manager")
        .name_column("name")
        .orphans(Orphans::Error)
        .own_rows(OwnRows::Error)
}

fn when() -> Hierarchy {
    Hierarchy::datetime("when", "flights", "time_hour", ["year", "quarter", "month", "day"])
}

fn all() -> [Hierarchy; 4] {
    [geo(), regions(), org(), when()]
}

#[test]
fn what_is_written_is_read_back() {
    for (hierarchy, json) in all().iter().zip([GEO, REGIONS, ORG, WHEN]) {
        assert_eq!(serde_json::to_string(hierarchy).unwrap(), json);
        assert_eq!(&serde_json::from_str::<Hierarchy>(json).unwrap(), hierarchy);
        hierarchy.validate().unwrap();
        let value = serde_json::to_value(hierarchy).unwrap();
        assert_eq!(&serde_json::from_value::<Hierarchy>(value).unwrap(), hierarchy);
    }
}

#[test]
fn what_goes_without_saying_can_be_left_out() {
    let read = |json: &str| serde_json::from_str::<Hierarchy>(json).unwrap();
    let geo = r#"{"id":"g","dataset_id":"d","kind":"levels","levels":[{"column_id":"a"},{"column_id":"b"}]}"#;
    assert_eq!(read(geo), Hierarchy::levels("g", "d", ["a", "b"]));
    assert_eq!(
        read(r#"{"kind":"tree","column_id":"c","id":"g","dataset_id":"d"}"#),
        Hierarchy::tree("g", "d", "c", [])
    );
    let org =
        r#"{"id":"g","dataset_id":"d","kind":"parent_child","key":"k","parent":"p","name_column":null,"levels":null}"#;
    assert_eq!(read(org), Hierarchy::parent_child("g", "d", "k", "p"));
}

#[track_caller]
fn check_unread(rest: &str, message: &str) {
    let json = format!(r#"{{"id":"h","dataset_id":"d",{rest}}}"#);
    let error = serde_json::from_str::<Hierarchy>(&json).unwrap_err().to_string();
    assert!(error.starts_with(message), "{json}\n{error}");
}

#[test]
fn unknown_and_missing_fields_are_named() {
    check_unread(r#""kind":"levels""#, "at /levels: missing field `levels` of a hierarchy of kind `levels`");
    check_unread(
        r#""kind":"levels","levels":[{"column_id":"a"},{"name":"b"}]"#,
        "at /levels/1/column_id: missing field `column_id` of a hierarchy of kind `levels`",
    );
    check_unread(
        r##""kind":"levels","levels":[{"column_id":"a","color":"#fff"}]"##,
        "at /levels/0/color: unknown field `color` of a hierarchy of kind `levels`",
    );
    check_unread(r#""kind":"levels","levels":["a"]"#, "at /levels/0: a level of this kind is an object");
    check_unread(r#""kind":"levels","levels":[7]"#, "invalid type: integer `7`, expected a level: an object or a text");
    check_unread(r#""kind":"levels","levels":[{"column":"a"}]"#, "unknown field `column`, expected one of `column_id`");
    check_unread(
        r#""kind":"levels","levels":[],"own_row":"error""#,
        "unknown field `own_row`, expected one of `id`, `dataset_id`",
    );
    check_unread(r#""kind":"tree""#, "at /column_id: missing field `column_id` of a hierarchy of kind `tree`");
    check_unread(
        r#""kind":"tree","column_id":"c","hide_if":"blank""#,
        "at /hide_if: unknown field `hide_if` of a hierarchy of kind `tree`",
    );
    check_unread(
        r#""kind":"tree","column_id":"c","levels":[{}]"#,
        "at /levels/0/name: missing field `name` of a hierarchy of kind `tree`",
    );
    check_unread(
        r#""kind":"tree","column_id":"c","levels":[{"name":"a","column_id":"b"}]"#,
        "at /levels/0/column_id: unknown field `column_id` of a hierarchy of kind `tree`",
    );
    check_unread(r#""kind":"tree","column_id":"c","elements":[{"name":{}}]"#, "missing field `id`");
    check_unread(
        r#""kind":"parent_child","key":"k""#,
        "at /parent: missing field `parent` of a hierarchy of kind `parent_child`",
    );
    check_unread(
        r#""kind":"parent_child","key":"k","parent":"p","column_id":"c""#,
        "at /column_id: unknown field `column_id` of a hierarchy of kind `parent_child`",
    );
    check_unread(
        r#""kind":"datetime","column_id":"c","levels":["year",{"name":"month"}]"#,
        "at /levels/1: a level of a datetime is a text",
    );
    check_unread(r#""kind":"cube""#, "unknown variant `cube`, expected one of `levels`, `tree`");
    check_unread(r#""levels":[]"#, "missing field `kind`");
}

#[track_caller]
fn check_wrong(hierarchy: &Hierarchy, at: &str, message: &str) {
    let error = hierarchy.validate().unwrap_err();
    assert_eq!((error.at(), error.to_string()), (Some(at), format!("at {at}: {message}")));
}

#[test]
fn a_definition_is_checked_without_the_data() {
    let name = "a name needs a visible character and no control character";
    let levels = |columns: &[&str]| Hierarchy::levels("h", "d", columns.iter().copied());
    for id in ["", " \u{a0}", "a\tb", "\u{0}"] {
        check_wrong(&Hierarchy::levels(id, "d", ["a"]), "/id", name);
        check_wrong(&levels(&["a", id]), "/levels/1/name", name);
    }
    levels(&["a", "A"]).validate().unwrap();
    check_wrong(&levels(&["a", "b", "a"]), "/levels/2/name", "another level is called `a`");
    let long = "b".repeat(1025);
    check_wrong(&levels(&["a", long.as_str()]), "/levels/1/name", "a name of 1025 bytes; the most are 1024");
    levels(&[&long[1..]]).validate().unwrap();
    check_wrong(&levels(&[]), "/levels", "a hierarchy of this kind needs at least one level");
    let named = |count: usize| Hierarchy::levels("h", "d", (0..count).map(|number| number.to_string()));
    named(MOST_LEVELS).validate().unwrap();
    check_wrong(&named(MOST_LEVELS + 1), "/levels", "there are 65 levels; the most are 64");

    let org = Hierarchy::parent_child("h", "d", "k", "p");
    org.validate().unwrap();
    check_wrong(&org.levels_named(["a", "a"]), "/levels/1/name", "another level is called `a`");

    let tree = |element: Element| Hierarchy::tree("h", "d", "c", [element]);
    check_wrong(&tree(Element::value("a")).levels_named([""]), "/levels/0/name", name);
    let error = tree(Element::value("a").under("b")).validate().unwrap_err();
    assert_eq!(error.faults(), [Fault::Orphan { id: "a".to_owned(), parent: "b".to_owned() }]);
}

#[test]
fn datetime_levels_are_known_and_get_finer() {
    let levels = |names: &[&str]| Hierarchy::datetime("h", "d", "c", names.iter().copied());
    levels(&super::DATETIME_LEVELS).validate().unwrap();
    levels(&["year", "week", "day"]).validate().unwrap();
    check_wrong(&levels(&[]), "/levels", "a hierarchy of this kind needs at least one level");
    check_wrong(&levels(&["day", "day"]), "/levels/1", "`day` is not finer than `day`, the level before it");
    check_wrong(
        &levels(&["year", "week", "month"]),
        "/levels/2",
        "`month` is not finer than `week`, the level before it",
    );
    let known = "year, quarter, month, week, day, hour, minute, second, millisecond";
    let unknown = format!("`Year` is no level of a datetime, which are {known}");
    check_wrong(&levels(&["Year"]), "/levels/0", &unknown);
}

#[test]
fn columns_are_found_and_renamed() {
    #[track_caller]
    fn check(hierarchy: &Hierarchy, columns: &[&str], renamed: &[&str]) {
        let mut hierarchy = hierarchy.clone();
        let names: Vec<String> = hierarchy.level_names().into_iter().map(str::to_owned).collect();
        assert_eq!(hierarchy.columns(), columns);
        hierarchy.rename_column("x", "elsewhere");
        hierarchy.rename_column(columns[0], "new");
        assert_eq!(hierarchy.columns(), renamed);
        assert_eq!(hierarchy.level_names(), names);
    }
    check(&geo(), &["country", "region"], &["new", "region"]);
    check(&regions(), &["faa"], &["new"]);
    check(&org(), &["id", "manager", "name"], &["new", "manager", "name"]);
    check(&when(), &["time_hour"], &["new"]);
    check(&org().name_column("id"), &["id", "manager"], &["new", "manager"]);
    let twice = [ColumnLevel::new("a"), ColumnLevel::new("b"), ColumnLevel::new("a").named("c")];
    check(&Hierarchy::levels("h", "d", twice), &["a", "b"], &["new", "b"]);
}

#[test]
fn setters_leave_other_kinds_alone() {
    for hierarchy in [regions(), when()] {
        let set = hierarchy.clone().hide_if(HideIf::Blank).orphans(Orphans::Error).name_column("n");
        assert_eq!(set, hierarchy);
    }
    assert_eq!(when().levels_named(["a"]), when());
    assert_eq!(geo().levels_named(["a", "b", "c"]).level_names(), ["a", "b"]);
    assert_eq!(geo().levels_named(["a"]).level_names(), ["a", "area"]);
}
