//! When alerts are triggered, and who hears of it.

use std::sync::Arc;

use arrow::array::{ArrayRef, Decimal128Array, Float64Array, Int64Array, StringViewArray};

use super::{answer, flights};
use crate::error::Error;
use crate::query::Literal;
use crate::result::{Alert, AlertCondition, AlertOutcome, AlertState, Comparison, Notify, QueryResult, Threshold};

fn integers(values: Vec<Option<i64>>) -> QueryResult {
    answer(vec![("n", Arc::new(Int64Array::from(values)) as ArrayRef)])
}

#[track_caller]
fn check(condition: AlertCondition, answer: &QueryResult, expected: bool) {
    let outcome = Alert::new(condition).evaluate(Ok(answer), None);
    let state = if expected { AlertState::Triggered } else { AlertState::Idle };
    assert_eq!((outcome.state, outcome.notify, outcome.error), (state, expected, None));
}

fn than(operator: Comparison, threshold: impl Into<Literal>) -> Threshold {
    Threshold::new("n", operator, threshold)
}

#[test]
fn rows_are_counted() {
    check(AlertCondition::HasRows, &flights(), true);
    check(AlertCondition::NoRows, &flights(), false);
    check(AlertCondition::HasRows, &integers(vec![]), false);
    check(AlertCondition::NoRows, &integers(vec![]), true);
    check(AlertCondition::HasRows, &integers(vec![None]), true);
}

#[test]
fn null_is_no_value() {
    use Comparison::{Greater, NotEqual};
    let values = integers(vec![None, Some(5), Some(9)]);
    check(AlertCondition::Any(than(Greater, 8)), &values, true);
    check(AlertCondition::Any(than(Greater, 9)), &values, false);
    check(AlertCondition::All(than(Greater, 4)), &values, true);
    check(AlertCondition::All(than(Greater, 5)), &values, false);
    check(AlertCondition::First(than(NotEqual, 1)), &values, false);
    check(AlertCondition::First(than(NotEqual, 1)), &integers(vec![Some(5), None]), true);
    for nothing in [integers(vec![]), integers(vec![None, None])] {
        check(AlertCondition::Any(than(NotEqual, 1)), &nothing, false);
        check(AlertCondition::All(than(NotEqual, 1)), &nothing, false);
        check(AlertCondition::First(than(NotEqual, 1)), &nothing, false);
    }
}

#[test]
fn numbers_are_compared_to_the_last_digit() {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    let all = [Greater, Less, Equal, NotEqual, GreaterOrEqual, LessOrEqual];
    let table = |values: &QueryResult, threshold: Literal, expected: [bool; 6]| {
        for (operator, expected) in all.into_iter().zip(expected) {
            check(AlertCondition::Any(than(operator, threshold.clone())), values, expected);
        }
    };
    let (above, below, same) = (
        [true, false, false, true, true, false],
        [false, true, false, true, false, true],
        [false, false, true, false, true, true],
    );
    let large = integers(vec![Some(9_007_199_254_740_993)]);
    table(&large, Literal::Number(9_007_199_254_740_992.0), above);
    table(&large, Literal::Integer(9_007_199_254_740_993), same);
    table(&large, Literal::decimal("9007199254740993.5").unwrap(), below);
    let decimal = Decimal128Array::from(vec![10]).with_precision_and_scale(38, 2).unwrap();
    let decimal = answer(vec![("n", Arc::new(decimal) as ArrayRef)]);
    table(&decimal, Literal::Number(0.1), same);
    table(&decimal, Literal::decimal("0.10000000000000000000000000001").unwrap(), below);
    let float = answer(vec![("n", Arc::new(Float64Array::from(vec![-1e300])) as ArrayRef)]);
    table(&float, Literal::Number(-1e300), same);
    table(&float, Literal::Integer(0), below);
}

#[test]
fn what_cannot_be_compared_is_an_error() {
    let check = |threshold: Threshold, expected: &str| {
        for condition in [AlertCondition::Any, AlertCondition::All, AlertCondition::First] {
            let outcome = Alert::new(condition(threshold.clone())).evaluate(Ok(&flights()), None);
            assert_eq!((outcome.state, outcome.notify), (AlertState::Error, false));
            assert_eq!(outcome.error.as_deref(), Some(expected));
        }
    };
    check(Threshold::new("m", Comparison::Equal, 1), "the answer has no column `m`");
    check(Threshold::new("carrier", Comparison::Equal, 1), "column `carrier` of the answer does not hold numbers");
    check(Threshold::new("n", Comparison::Equal, "1"), "the threshold of an alert is a number");
    check(Threshold::new("n", Comparison::Equal, f64::NAN), "the threshold of an alert is a number");
}

/// One letter for each evaluation: whether the query failed, or had an answer that triggers.
#[track_caller]
fn run(notify: Notify, evaluations: &str, expected: &str) {
    let alert = Alert::new(AlertCondition::HasRows).notify(notify);
    let failure = Error::source_error("the warehouse does not answer");
    let mut previous: Option<AlertOutcome> = None;
    let mut told = String::new();
    for evaluation in evaluations.chars() {
        let (full, empty) = (flights(), integers(vec![]));
        let answer = match evaluation {
            'T' => Ok(&full),
            'i' => Ok(&empty),
            _ => Err(&failure),
        };
        let outcome = alert.evaluate(answer, previous.as_ref());
        told.push(if outcome.notify { '!' } else { '.' });
        // What is kept between two evaluations may have been a document.
        let kept = serde_json::to_string(&outcome).unwrap();
        previous = Some(serde_json::from_str(&kept).unwrap());
        assert_eq!(previous, Some(outcome));
    }
    assert_eq!(told, expected, "{evaluations}");
}

#[test]
fn errors_do_not_hide_a_change_nor_are_they_one() {
    run(Notify::Triggered, "iTTEiET", ".!!...!");
    run(Notify::OnChange, "iTTEiET", ".!..!.!");
    run(Notify::OnChange, "TETEEi", "!....!");
    run(Notify::OnChange, "EET", "..!");
    run(Notify::OnChange, "EEi", "...");
    run(Notify::Always, "iTE", "!!!");
}

#[test]
fn a_failed_query_tells_why() {
    let failure = Error::query("no column `x`").at("/queries/0/where/1");
    let outcome = Alert::new(AlertCondition::NoRows).evaluate(Err(&failure), None);
    assert_eq!(outcome.error.as_deref(), Some("no column `x` (at /queries/0/where/1)"));
}

#[test]
fn alerts_are_documents() {
    let check = |alert: &Alert, document: &str| {
        assert_eq!(serde_json::to_string(alert).unwrap(), document);
        assert_eq!(&serde_json::from_str::<Alert>(document).unwrap(), alert);
    };
    check(&Alert::new(AlertCondition::NoRows), r#"{"condition":{"type":"no_rows"},"notify":"triggered"}"#);
    check(
        &Alert::new(AlertCondition::All(than(Comparison::LessOrEqual, 5))).notify(Notify::OnChange),
        r#"{"condition":{"type":"all","column":"n","operator":"<=","threshold":5},"notify":"on_change"}"#,
    );
    let exact = Literal::decimal("0.1000000000000000055").unwrap();
    check(
        &Alert::new(AlertCondition::First(than(Comparison::NotEqual, exact))).notify(Notify::Always),
        concat!(
            r#"{"condition":{"type":"first","column":"n","operator":"!=","#,
            r#""threshold":{"decimal":"0.1000000000000000055"}},"notify":"always"}"#
        ),
    );
    for wrong in [
        r#"{"condition":{"type":"some_rows"}}"#,
        r#"{"condition":{"type":"any","column":"n","operator":"~","threshold":5}}"#,
        r#"{"condition":{"type":"any","column":"n","operator":">","treshold":5}}"#,
        r#"{"condition":{"type":"no_rows"},"when":"always"}"#,
    ] {
        assert!(serde_json::from_str::<Alert>(wrong).is_err(), "{wrong}");
    }
    let texts = answer(vec![("n", Arc::new(StringViewArray::from(vec!["5"])) as ArrayRef)]);
    let outcome = Alert::new(AlertCondition::Any(than(Comparison::Equal, 5))).evaluate(Ok(&texts), None);
    assert_eq!(outcome.state, AlertState::Error);
}
