//! `--type COLUMN=TYPE`.

use drillcore::ColumnType;

/// A column that shall be read as a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TypeSpec {
    pub(crate) column: String,
    pub(crate) column_type: ColumnType,
}

impl TypeSpec {
    /// Reads `COLUMN=TYPE`; the last `=` counts, so that a column may hold one.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (column, name) = text.rsplit_once('=').ok_or("write COLUMN=TYPE, for example zip=text")?;
        if column.is_empty() {
            return Err("there is no column before the `=`".to_owned());
        }
        Ok(Self { column: column.to_owned(), column_type: column_type(name)? })
    }
}

fn column_type(name: &str) -> Result<ColumnType, String> {
    let plain = [
        ColumnType::Text,
        ColumnType::Boolean,
        ColumnType::Integer,
        ColumnType::Float,
        ColumnType::Date,
        ColumnType::Datetime,
        ColumnType::LocalDatetime,
    ];
    plain.into_iter().find(|column_type| column_type.name() == name).or_else(|| decimal(name)).ok_or_else(|| {
        let names: Vec<String> = plain.into_iter().map(ColumnType::name).collect();
        format!("there is no type `{name}`; the types are {} and decimal(digits,scale)", names.join(", "))
    })
}

/// `decimal(10,2)`: up to 76 digits, of which up to all stand behind the point.
fn decimal(name: &str) -> Option<ColumnType> {
    let (precision, scale) = name.strip_prefix("decimal(")?.strip_suffix(')')?.split_once(',')?;
    let precision: u8 = precision.trim().parse().ok()?;
    let scale: i8 = scale.trim().parse().ok()?;
    let fits = (1..=76).contains(&precision) && u8::try_from(scale).is_ok_and(|scale| scale <= precision);
    fits.then_some(ColumnType::Decimal { precision, scale })
}

#[cfg(test)]
mod tests {
    use drillcore::ColumnType;

    use super::TypeSpec;

    #[test]
    fn specs_are_read() {
        let decimal = ColumnType::Decimal { precision: 10, scale: 2 };
        for (text, column, column_type) in [
            ("zip=text", "zip", ColumnType::Text),
            ("a=b=integer", "a=b", ColumnType::Integer),
            ("paid at=local_datetime", "paid at", ColumnType::LocalDatetime),
            ("price=decimal(10,2)", "price", decimal),
            ("price=decimal(10, 2)", "price", decimal),
        ] {
            let expected = TypeSpec { column: column.to_owned(), column_type };
            assert_eq!(TypeSpec::parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn wrong_specs_are_refused() {
        for text in ["zip", "=text", "zip=", "zip=Text", "p=decimal", "p=decimal(0,0)", "p=decimal(77,0)"] {
            assert!(TypeSpec::parse(text).is_err(), "{text}");
        }
        for text in ["p=decimal(3,4)", "p=decimal(3,-1)", "p=decimal(3)", "p=decimal(a,b)"] {
            assert!(TypeSpec::parse(text).is_err(), "{text}");
        }
        let refusal = TypeSpec::parse("zip=string").unwrap_err();
        assert_eq!(
            refusal,
            "there is no type `string`; the types are text, boolean, integer, float, date, datetime, local_datetime \
             and decimal(digits,scale)"
        );
    }
}
