//! Alerts: conditions on an answer, and when somebody is told.

use serde::{Deserialize, Serialize};

use super::query_result::QueryResult;
use super::value::Value;
use crate::error::{Error, Result};
use crate::query::{Digits, Literal};

/// A condition on the answer of a query, and when to tell somebody about it.
///
/// ```
/// use drillcore::{Alert, AlertCondition, Comparison, Notify, Threshold};
///
/// let document = r#"{
///     "condition": {"type": "any", "column": "late_rate", "operator": ">", "threshold": 0.25},
///     "notify": "on_change"
/// }"#;
/// let alert: Alert = serde_json::from_str(document)?;
/// let threshold = Threshold::new("late_rate", Comparison::Greater, 0.25);
/// assert_eq!(alert, Alert::new(AlertCondition::Any(threshold)).notify(Notify::OnChange));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Alert {
    /// What triggers it.
    pub condition: AlertCondition,
    /// When somebody is told.
    #[serde(default)]
    pub notify: Notify,
}

/// What triggers an alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum AlertCondition {
    /// The answer has rows.
    HasRows,
    /// The answer has none.
    NoRows,
    /// At least one value of the column passes the threshold.
    Any(Threshold),
    /// There are values, and all of them pass the threshold. NULL is no value.
    All(Threshold),
    /// The value of the first row passes the threshold; NULL does not.
    First(Threshold),
}

/// A comparison of a column of the answer with a number, to the last digit of both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Threshold {
    /// The name of a column of numbers.
    pub column: String,
    /// How it is compared.
    pub operator: Comparison,
    /// The number it is compared with.
    pub threshold: Literal,
}

/// How a value is compared with a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Comparison {
    /// `>`
    #[serde(rename = ">")]
    Greater,
    /// `<`
    #[serde(rename = "<")]
    Less,
    /// `=`
    #[serde(rename = "=")]
    Equal,
    /// `!=`
    #[serde(rename = "!=")]
    NotEqual,
    /// `>=`
    #[serde(rename = ">=")]
    GreaterOrEqual,
    /// `<=`
    #[serde(rename = "<=")]
    LessOrEqual,
}

/// When somebody is told about an alert.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Notify {
    /// Each time it is triggered.
    #[default]
    Triggered,
    /// When it goes from idle to triggered or back. An error between the two is no change.
    OnChange,
    /// After each evaluation, also one that failed.
    Always,
}

/// What an alert is after an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AlertState {
    /// Its condition is not met.
    Idle,
    /// Its condition is met.
    Triggered,
    /// The query failed, or the condition does not fit the answer.
    Error,
}

/// The outcome of an evaluation. The next one needs it to know what changed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AlertOutcome {
    /// What the alert is now.
    pub state: AlertState,
    /// Whether somebody is to be told.
    pub notify: bool,
    /// Whether it was triggered when it was last evaluated without an error; none before that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_triggered: Option<bool>,
    /// What went wrong, in the state [`AlertState::Error`]. It never holds a value of the data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Alert {
    /// An alert that tells each time the condition is met.
    #[must_use]
    pub fn new(condition: AlertCondition) -> Self {
        Self { condition, notify: Notify::default() }
    }

    /// Sets when somebody is told.
    #[must_use]
    pub fn notify(mut self, notify: Notify) -> Self {
        self.notify = notify;
        self
    }

    /// Looks at the answer of the query, or at its failure. `previous` is the outcome before this one; without it, the
    /// alert was not triggered before.
    ///
    /// A failed query is the state [`AlertState::Error`], and so is a condition that names no column of numbers or
    /// compares with something else than a number. An error is not taken for a change, nor does it hide one: what
    /// counts is the last evaluation that had none.
    #[must_use]
    pub fn evaluate(&self, answer: Result<&QueryResult, &Error>, previous: Option<&AlertOutcome>) -> AlertOutcome {
        let before = previous.and_then(|outcome| outcome.last_triggered);
        let met = match answer {
            Ok(answer) => self.condition.met(answer).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        match met {
            Ok(triggered) => AlertOutcome {
                state: if triggered { AlertState::Triggered } else { AlertState::Idle },
                notify: match self.notify {
                    Notify::Triggered => triggered,
                    Notify::OnChange => triggered != before.unwrap_or(false),
                    Notify::Always => true,
                },
                last_triggered: Some(triggered),
                error: None,
            },
            Err(error) => AlertOutcome {
                state: AlertState::Error,
                notify: self.notify == Notify::Always,
                last_triggered: before,
                error: Some(error),
            },
        }
    }
}

impl AlertCondition {
    fn met(&self, answer: &QueryResult) -> Result<bool> {
        Ok(match self {
            Self::HasRows => answer.num_rows() > 0,
            Self::NoRows => answer.num_rows() == 0,
            Self::Any(threshold) => threshold.verdicts(answer)?.flatten().any(|passes| passes),
            Self::All(threshold) => {
                let mut values = threshold.verdicts(answer)?.flatten().peekable();
                values.peek().is_some() && values.all(|passes| passes)
            }
            Self::First(threshold) => threshold.verdicts(answer)?.next().flatten().unwrap_or(false),
        })
    }
}

impl Threshold {
    /// A comparison of a column with a number.
    #[must_use]
    pub fn new(column: impl Into<String>, operator: Comparison, threshold: impl Into<Literal>) -> Self {
        Self { column: column.into(), operator, threshold: threshold.into() }
    }

    /// For each row whether its value passes; nothing for NULL.
    fn verdicts(&self, answer: &QueryResult) -> Result<impl Iterator<Item = Option<bool>>> {
        let name = &self.column;
        let found = answer.columns().iter().position(|column| column.name == *name);
        let index = found.ok_or_else(|| Error::input(format!("the answer has no column `{name}`")))?;
        if !answer.columns().get(index).is_some_and(|column| column.is_number()) {
            return Err(Error::input(format!("column `{name}` of the answer does not hold numbers")));
        }
        let threshold = match &self.threshold {
            Literal::Integer(number) => Digits::parse(&number.to_string()),
            Literal::Number(number) => Digits::parse(&format!("{number:e}")),
            Literal::Decimal(digits) => Digits::parse(digits),
            _ => None,
        };
        let threshold = threshold.ok_or_else(|| Error::input("the threshold of an alert is a number"))?;
        let operator = self.operator;
        Ok(answer.read_rows().map(move |(batch, row)| {
            let value = batch.columns().get(index).map_or(Value::Null, |column| column.value(row));
            Some(operator.holds(&Digits::parse(&value.to_text())?, &threshold))
        }))
    }
}

impl Comparison {
    fn holds(self, value: &Digits, threshold: &Digits) -> bool {
        match self {
            Self::Greater => value > threshold,
            Self::Less => value < threshold,
            Self::Equal => value == threshold,
            Self::NotEqual => value != threshold,
            Self::GreaterOrEqual => value >= threshold,
            Self::LessOrEqual => value <= threshold,
        }
    }
}
