//! The types of values, and how each is held.

use arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::Result;

use crate::functions::argument::not_taken;
use crate::functions::exact::coerced;

/// How a value of a canonical type is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// As an `i64`: integers, floats, booleans, dates and times.
    Short,
    /// As an `i128`: decimals of up to 38 digits.
    Long,
    /// As an `i256`: other decimals.
    Wide,
    /// As a `Box<str>`.
    Text,
}

impl Form {
    /// The form of the values of a type; an error if it is not a canonical one.
    pub(crate) fn of(function: &str, data_type: &DataType) -> Result<Self> {
        Ok(match data_type {
            DataType::Int64
            | DataType::Float64
            | DataType::Boolean
            | DataType::Date32
            | DataType::Timestamp(TimeUnit::Microsecond, _) => Self::Short,
            DataType::Decimal128(..) => Self::Long,
            DataType::Decimal256(..) => Self::Wide,
            DataType::Utf8View => Self::Text,
            _ => return Err(not_taken(function, "values of a canonical type", std::slice::from_ref(data_type))),
        })
    }
}

/// The canonical type to which a value is brought.
pub(crate) fn canonical(function: &str, data_type: &DataType) -> Result<DataType> {
    let takes = "numbers, texts, booleans, dates and times";
    Ok(match data_type {
        DataType::Boolean | DataType::Date32 | DataType::Utf8View => data_type.clone(),
        DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
        DataType::Date64 => DataType::Date32,
        DataType::Timestamp(_, zone) => DataType::Timestamp(TimeUnit::Microsecond, zone.clone()),
        DataType::Dictionary(_, value) => canonical(function, value)?,
        other => {
            let types = std::slice::from_ref(other);
            let number = coerced(function, types).ok().and_then(|types| types.into_iter().next());
            number.ok_or_else(|| not_taken(function, takes, types))?
        }
    })
}

/// Evaluates an expression in which a name stands for the type that holds values of a form.
macro_rules! for_form {
    ($form:expr, $held:ident => $result:expr) => {
        match $form {
            $crate::functions::values::Form::Short => {
                type $held = i64;
                $result
            }
            $crate::functions::values::Form::Long => {
                type $held = i128;
                $result
            }
            $crate::functions::values::Form::Wide => {
                type $held = ::arrow::datatypes::i256;
                $result
            }
            $crate::functions::values::Form::Text => {
                type $held = Box<str>;
                $result
            }
        }
    };
}

pub(crate) use for_form;

#[cfg(test)]
mod tests {
    use arrow::datatypes::{DataType, TimeUnit};

    use super::{Form, canonical};

    #[test]
    fn all_that_can_be_brought_to_a_canonical_type_has_a_form() {
        #[track_caller]
        #[expect(clippy::needless_pass_by_value, reason = "what is expected is written in place")]
        fn check(given: &DataType, expected: Option<(DataType, Form)>) {
            let found = canonical("f", given).ok();
            let form = found.as_ref().map(|found| Form::of("f", found).unwrap());
            assert_eq!(found.zip(form), expected);
        }
        let utc = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        check(&DataType::UInt8, Some((DataType::Int64, Form::Short)));
        check(&DataType::Null, Some((DataType::Int64, Form::Short)));
        check(&DataType::Float32, Some((DataType::Float64, Form::Short)));
        check(&DataType::Boolean, Some((DataType::Boolean, Form::Short)));
        check(&DataType::Date64, Some((DataType::Date32, Form::Short)));
        check(&DataType::Timestamp(TimeUnit::Second, Some("UTC".into())), Some((utc, Form::Short)));
        check(&DataType::UInt64, Some((DataType::Decimal128(20, 0), Form::Long)));
        check(&DataType::Decimal256(40, 2), Some((DataType::Decimal256(40, 2), Form::Wide)));
        check(&DataType::LargeUtf8, Some((DataType::Utf8View, Form::Text)));
        check(&dictionary, Some((DataType::Utf8View, Form::Text)));
        check(&DataType::Binary, None);
        assert!(Form::of("f", &DataType::Utf8).is_err());
    }
}
