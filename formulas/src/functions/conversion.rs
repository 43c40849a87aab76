//! Functions between types.

use crate::registry::{functions, optional, required};
use crate::{Entry, Kind, Parameter, ResultType, Type};

const BOOLEAN: ResultType = ResultType::Always(Type::Boolean);
const INTEGER: ResultType = ResultType::Always(Type::Integer);
const FLOAT: ResultType = ResultType::Always(Type::Float);
const TEXT: ResultType = ResultType::Always(Type::Text);

/// What separates whole digits from decimals.
const DECIMAL: Kind = Kind::Word(&[".", ","]);
/// What separates groups of three digits; the first one is no separator. The last three are a no-break space, a narrow
/// one, and the apostrophe of typesetters.
const GROUP: Kind = Kind::Word(&["", ",", ".", " ", "'", "_", "\u{a0}", "\u{202f}", "\u{2019}"]);
const BASE: Kind = Kind::Constant(2, 36);

const OF_TEXT: &[Parameter] = &[required("text", Kind::Text)];
const OF_NUMBER: &[Parameter] = &[required("number", Kind::Number)];
const OF_INTEGER: &[Parameter] = &[required("integer", Kind::Integer)];

functions! {
    /// Functions between types. Beside `CAST`, which is strict, they are the lenient and the other ways.
    ///
    /// A number in text is digits, with a point and more digits behind it or without, a sign before it or none, an
    /// exponent such as `e-7` or none, and white space around it or none. The digits before the point may be in groups
    /// of three, separated by commas; the first group may be shorter.
    ConversionFunction {
        ToNumber => Entry::new(
            "TO_NUMBER",
            FLOAT,
            "the number in the text, which may have white space around it and commas between groups of three digits; \
             NULL if there is anything else",
        )
        .aliases(&["VALUE", "TO_FLOAT", "TO_DOUBLE"])
        .takes(OF_TEXT)
        .examples(&[
            ("TO_NUMBER(' 1,234.5 ')", "1234.5"),
            ("TO_NUMBER('-1e3')", "-1000.0"),
            ("TO_NUMBER('12,34')", "null"),
            ("TO_NUMBER('12%')", "null"),
        ]),
        ToInteger => Entry::new(
            "TO_INTEGER",
            INTEGER,
            "the number, or the number in the text as for TO_NUMBER, rounded half away from zero; TRUE is 1 and FALSE \
             0; NULL for dates and times, and beyond 64 bits",
        )
        .aliases(&["TO_INT"])
        .takes(&[required("value", Kind::Any)])
        .examples(&[
            ("TO_INTEGER(2.5)", "3"),
            ("TO_INTEGER(-2.5e0)", "-3"),
            ("TO_INTEGER('1,234.4')", "1234"),
            ("TO_INTEGER('9223372036854775808')", "null"),
        ]),
        ToText => Entry::new("TO_TEXT", TEXT, "the value as text, as CAST(.., text) writes it")
            .aliases(&["TO_STRING", "STR"])
            .takes(&[required("value", Kind::Any)])
            .examples(&[
                ("TO_TEXT(2.50)", "2.50"),
                ("TO_TEXT(1 = 1)", "true"),
                ("TO_TEXT(@2024-03-01T10:30Z)", "2024-03-01T10:30:00Z"),
                ("TO_TEXT(NULL)", "null"),
            ]),
        ToBoolean => Entry::new(
            "TO_BOOLEAN",
            BOOLEAN,
            "true for the texts true, t, yes, y, on and 1, false for false, f, no, n, off and 0, in any case and with \
             white space around them; NULL for others",
        )
        .aliases(&["TO_BOOL"])
        .takes(OF_TEXT)
        .examples(&[("TO_BOOLEAN(' Yes ')", "true"), ("TO_BOOLEAN('0')", "false"), ("TO_BOOLEAN('maybe')", "null")]),
        ParseNumber => Entry::new(
            "PARSE_NUMBER",
            FLOAT,
            "the number in the text with this separator before the decimals, and this one between groups of three \
             digits (none unless told); else as TO_NUMBER; NULL if both separators are the same",
        )
        .takes(&[required("text", Kind::Text), required("decimal", DECIMAL), optional("group", GROUP)])
        .examples(&[
            ("PARSE_NUMBER('1.234,5', ',', '.')", "1234.5"),
            ("PARSE_NUMBER('0,5', ',')", "0.5"),
            ("PARSE_NUMBER('12.34,5', ',', '.')", "null"),
        ]),
        FormatNumber => Entry::new(
            "FORMAT_NUMBER",
            TEXT,
            "the number with so many digits behind the decimal separator (a point unless told), and this separator \
             between groups of three digits (none unless told); half away from zero on its shortest decimal form; NULL \
             if both separators are the same",
        )
        .takes(&[
            required("number", Kind::Number),
            required("digits", Kind::Constant(0, 20)),
            optional("decimal", DECIMAL),
            optional("group", GROUP),
        ])
        .examples(&[
            ("FORMAT_NUMBER(1234.5, 2)", "1234.50"),
            ("FORMAT_NUMBER(-1234567.125, 2, ',', '.')", "-1.234.567,13"),
            ("FORMAT_NUMBER(2.675e0, 2)", "2.68"),
            ("FORMAT_NUMBER(-0.001, 2)", "0.00"),
            ("FORMAT_NUMBER(NULL, 0)", "null"),
        ]),
        StrictInteger => Entry::new(
            "STRICT_INTEGER",
            INTEGER,
            "the number, if it is whole and 64 bits hold it; else NULL",
        )
        .takes(OF_NUMBER)
        .examples(&[("STRICT_INTEGER(3.00)", "3"), ("STRICT_INTEGER(3.5)", "null"), ("STRICT_INTEGER(1e19)", "null")]),
        IsNumeric => Entry::new("IS_NUMERIC", BOOLEAN, "whether TO_NUMBER reads a number in the text")
            .aliases(&["ISNUMERIC", "IS_NUMBER"])
            .takes(OF_TEXT)
            .examples(&[("IS_NUMERIC('12.5')", "true"), ("IS_NUMERIC('12 km')", "false"), ("IS_NUMERIC('')", "false")]),
        IsInteger => Entry::new(
            "IS_INTEGER",
            BOOLEAN,
            "whether the text is a number as for TO_NUMBER, a whole one, and 64 bits hold it",
        )
        .takes(OF_TEXT)
        .examples(&[("IS_INTEGER('1,200')", "true"), ("IS_INTEGER('12.0')", "true"), ("IS_INTEGER('12.5')", "false")]),
        IsDate => Entry::new("IS_DATE", BOOLEAN, "whether the text is a date of the calendar in the form YYYY-MM-DD")
            .aliases(&["ISDATE"])
            .takes(OF_TEXT)
            .examples(&[
                ("IS_DATE('2024-02-29')", "true"),
                ("IS_DATE('2023-02-29')", "false"),
                ("IS_DATE('29/02/2024')", "false"),
            ]),
        ToHex => Entry::new(
            "TO_HEX",
            TEXT,
            "the integer in hexadecimal digits, letters in lower case, with a sign if it is negative",
        )
        .takes(OF_INTEGER)
        .examples(&[("TO_HEX(255)", "ff"), ("TO_HEX(-16)", "-10"), ("TO_HEX(0)", "0")]),
        FromHex => Entry::new(
            "FROM_HEX",
            INTEGER,
            "the integer of the hexadecimal digits in any case, with a sign or none and 0x before them or not; NULL if \
             there is anything else, and beyond 64 bits",
        )
        .takes(OF_TEXT)
        .examples(&[("FROM_HEX('ff')", "255"), ("FROM_HEX('-0xFF')", "-255"), ("FROM_HEX('fg')", "null")]),
        ToBase => Entry::new(
            "TO_BASE",
            TEXT,
            "the integer in digits of the base (2 to 36), letters in lower case, with a sign if it is negative",
        )
        .takes(&[required("integer", Kind::Integer), required("base", BASE)])
        .examples(&[("TO_BASE(10, 2)", "1010"), ("TO_BASE(-1295, 36)", "-zz")]),
        FromBase => Entry::new(
            "FROM_BASE",
            INTEGER,
            "the integer of the digits of the base (2 to 36) in any case, with a sign or none; NULL if there is \
             anything else, and beyond 64 bits",
        )
        .takes(&[required("text", Kind::Text), required("base", BASE)])
        .examples(&[("FROM_BASE('1010', 2)", "10"), ("FROM_BASE('ZZ', 36)", "1295"), ("FROM_BASE('12', 2)", "null")]),
    }
}
