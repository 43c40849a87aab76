//! The names of functions.

use crate::suggest::nearest;
use crate::typed::AggregateFunction;

/// What a formula can call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Function {
    /// `IF(condition, value[, otherwise])`; without the last: NULL.
    If,
    /// `COALESCE(value, ..)`: the first that is not NULL.
    Coalesce,
    /// `NULLIF(value, other)`: NULL where both are the same, else the value.
    NullIf,
    /// `ABS(number)`.
    Absolute,
    /// `ROUND(number[, digits])`.
    Round,
    /// One value for the rows of a group.
    Aggregate(AggregateFunction),
}

/// Name, fewest and most arguments.
type Row = (&'static str, usize, usize);

/// For functions that take any number of arguments.
const ANY: usize = usize::MAX;

/// Names that other systems have for a function of ours.
const ELSEWHERE: &[(&str, &str)] = &[
    ("AVERAGE", "AVG"),
    ("MEAN", "AVG"),
    ("COUNT_DISTINCT", "COUNTD"),
    ("DISTINCTCOUNT", "COUNTD"),
    ("COUNT_VALUES", "COUNT"),
    ("ROWS", "COUNTR"),
    ("IFNULL", "COALESCE"),
    ("ISNULL", "COALESCE"),
    ("NVL", "COALESCE"),
    ("IIF", "IF"),
    ("STDDEV_SAMP", "STDDEV"),
    ("VAR_SAMP", "VARIANCE"),
    ("VAR_POP", "VARIANCE_POP"),
    ("WEIGHTEDAVERAGE", "WEIGHTED_AVG"),
];

impl Function {
    /// All that there are.
    pub(crate) const ALL: [Self; 22] = [
        Self::If,
        Self::Coalesce,
        Self::NullIf,
        Self::Absolute,
        Self::Round,
        Self::Aggregate(AggregateFunction::Sum),
        Self::Aggregate(AggregateFunction::Average),
        Self::Aggregate(AggregateFunction::Median),
        Self::Aggregate(AggregateFunction::CountValues),
        Self::Aggregate(AggregateFunction::CountRows),
        Self::Aggregate(AggregateFunction::CountDistinct),
        Self::Aggregate(AggregateFunction::Min),
        Self::Aggregate(AggregateFunction::Max),
        Self::Aggregate(AggregateFunction::Stddev),
        Self::Aggregate(AggregateFunction::Variance),
        Self::Aggregate(AggregateFunction::StddevPop),
        Self::Aggregate(AggregateFunction::VariancePop),
        Self::Aggregate(AggregateFunction::Mode),
        Self::Aggregate(AggregateFunction::First),
        Self::Aggregate(AggregateFunction::Last),
        Self::Aggregate(AggregateFunction::Rate),
        Self::Aggregate(AggregateFunction::WeightedAverage),
    ];

    fn row(self) -> Row {
        match self {
            Self::If => ("IF", 2, 3),
            Self::Coalesce => ("COALESCE", 1, ANY),
            Self::NullIf => ("NULLIF", 2, 2),
            Self::Absolute => ("ABS", 1, 1),
            Self::Round => ("ROUND", 1, 2),
            Self::Aggregate(function) => function.row(),
        }
    }

    /// The function of a name, in any case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|function| function.name().eq_ignore_ascii_case(name))
    }

    /// Its name, in upper case.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// The function that was probably meant by a name that there is not.
    pub(crate) fn meant_by(name: &str) -> Option<&'static str> {
        let elsewhere = ELSEWHERE.iter().find(|(foreign, _)| foreign.eq_ignore_ascii_case(name)).map(|(_, ours)| *ours);
        elsewhere.or_else(|| nearest(name, Self::ALL.into_iter().map(Self::name)))
    }

    /// What is wrong with a number of arguments, if anything is.
    pub(crate) fn refuses(self, given: usize) -> Option<String> {
        let (name, least, most) = self.row();
        if (least..=most).contains(&given) {
            return None;
        }
        Some(match (least, most) {
            (0, 0) => format!("{name} takes no argument; COUNT counts the values of one"),
            (1, 1) => format!("{name} takes 1 argument, not {given}"),
            (1, ANY) => format!("{name} takes at least 1 argument"),
            (least, most) if least == most => format!("{name} takes {least} arguments, not {given}"),
            (least, most) => format!("{name} takes {least} or {most} arguments, not {given}"),
        })
    }
}

impl AggregateFunction {
    fn row(self) -> Row {
        match self {
            Self::Sum => ("SUM", 1, 1),
            Self::Average => ("AVG", 1, 1),
            Self::Median => ("MEDIAN", 1, 1),
            Self::CountValues => ("COUNT", 1, 1),
            Self::CountRows => ("COUNTR", 0, 0),
            Self::CountDistinct => ("COUNTD", 1, 1),
            Self::Min => ("MIN", 1, 1),
            Self::Max => ("MAX", 1, 1),
            Self::Stddev => ("STDDEV", 1, 1),
            Self::Variance => ("VARIANCE", 1, 1),
            Self::StddevPop => ("STDDEV_POP", 1, 1),
            Self::VariancePop => ("VARIANCE_POP", 1, 1),
            Self::Mode => ("MODE", 1, 1),
            Self::First => ("FIRST", 2, 2),
            Self::Last => ("LAST", 2, 2),
            Self::Rate => ("RATE", 2, 2),
            Self::WeightedAverage => ("WEIGHTED_AVG", 2, 2),
        }
    }

    /// Its name in a formula, in upper case.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().0
    }
}

#[cfg(test)]
mod tests {
    use super::{ELSEWHERE, Function};

    #[test]
    fn every_name_finds_its_function_in_any_case() {
        for function in Function::ALL {
            assert_eq!(Function::from_name(function.name()), Some(function));
            assert_eq!(Function::from_name(&function.name().to_lowercase()), Some(function));
        }
        assert_eq!(Function::from_name("SUMM"), None);
        assert_eq!(Function::from_name(""), None);
    }

    #[test]
    fn names_from_elsewhere_lead_to_functions_that_exist() {
        for (foreign, ours) in ELSEWHERE {
            assert_eq!(Function::from_name(foreign), None, "{foreign}");
            assert!(Function::from_name(ours).is_some(), "{ours}");
        }
        assert_eq!(Function::meant_by("ifnull"), Some("COALESCE"));
        assert_eq!(Function::meant_by("medain"), Some("MEDIAN"));
        assert_eq!(Function::meant_by("frobnicate"), None);
    }

    #[test]
    fn a_wrong_number_of_arguments_is_told() {
        for (name, given, message) in [
            ("SUM", 2, Some("SUM takes 1 argument, not 2")),
            ("COUNTR", 1, Some("COUNTR takes no argument; COUNT counts the values of one")),
            ("COALESCE", 0, Some("COALESCE takes at least 1 argument")),
            ("COALESCE", 99, None),
            ("IF", 1, Some("IF takes 2 or 3 arguments, not 1")),
            ("IF", 3, None),
            ("FIRST", 1, Some("FIRST takes 2 arguments, not 1")),
        ] {
            assert_eq!(Function::from_name(name).unwrap().refuses(given).as_deref(), message, "{name} {given}");
        }
    }
}
