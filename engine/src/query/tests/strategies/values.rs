//! Names, values, references and lengths of time.

use chrono::{DateTime, Utc};
use proptest::collection::btree_set;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::model::{CyclicPart, Level};
use crate::query::{DatetimeLevel, Literal, Reference, Target};

pub(super) fn id() -> impl Strategy<Value = String> {
    r#"[a-zé][a-z~/"\\. ]{0,5}"#
}

/// Some different names.
pub(super) fn ids(least: usize) -> impl Strategy<Value = Vec<String>> {
    btree_set(id(), least..3).prop_map(|names| names.into_iter().collect())
}

pub(super) fn formula() -> impl Strategy<Value = String> {
    r#"[a-z{}":+ ]{0,6}[a-z]"#
}

pub(super) fn unit() -> impl Strategy<Value = Level> {
    select(Level::ALL.to_vec())
}

pub(super) fn level() -> impl Strategy<Value = DatetimeLevel> {
    prop_oneof![
        unit().prop_map(DatetimeLevel::Bucket),
        select(CyclicPart::ALL.to_vec()).prop_map(DatetimeLevel::Cyclic),
    ]
}

pub(super) fn instant() -> impl Strategy<Value = DateTime<Utc>> {
    (-30_000_000_000_i64..200_000_000_000, select(vec![0_u32, 1, 250_000_000, 123_456_000]))
        .prop_map(|(seconds, nanos)| DateTime::from_timestamp(seconds, nanos).unwrap())
}

pub(super) fn column() -> impl Strategy<Value = Reference> {
    (option::of(id()), id()).prop_map(|(dataset, column)| Reference { dataset, target: Target::Column(column) })
}

/// A column or a formula of rows.
pub(super) fn value() -> BoxedStrategy<Reference> {
    let computed = (option::of(id()), formula(), any::<bool>()).prop_map(|(dataset, text, short)| Reference {
        dataset,
        target: if short { Target::Formula(text) } else { Target::Expression(text) },
    });
    prop_oneof![4 => column(), 1 => computed].boxed()
}

pub(super) fn named() -> impl Strategy<Value = Reference> {
    id().prop_map(Reference::name)
}

pub(super) fn scalar() -> BoxedStrategy<Literal> {
    prop_oneof![any::<bool>().prop_map(Literal::Boolean), number(), any::<String>().prop_map(Literal::Text),].boxed()
}

pub(super) fn number() -> BoxedStrategy<Literal> {
    prop_oneof![
        any::<i64>().prop_map(Literal::Integer),
        any::<f64>().prop_map(Literal::from),
        r"-?[1-9][0-9]{20,40}\.[0-9]{0,10}[1-9]".prop_map(|digits| Literal::decimal(&digits).unwrap()),
    ]
    .boxed()
}

pub(super) fn positive() -> BoxedStrategy<Literal> {
    prop_oneof![
        (1..i64::MAX).prop_map(Literal::Integer),
        (1e-9..1e9_f64).prop_map(Literal::from),
        Just(Literal::decimal("0.00000000000000000001").unwrap()),
    ]
    .boxed()
}

pub(super) fn scalar_or_null() -> BoxedStrategy<Literal> {
    prop_oneof![4 => scalar(), 1 => Just(Literal::Null)].boxed()
}
