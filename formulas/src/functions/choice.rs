//! Conditions and alternatives. The checker rewrites them to `CASE` and comparisons, so no evaluator knows them.

use crate::registry::{functions, optional, repeated, required};
use crate::{Entry, Kind, ResultType, Type};

functions! {
    /// Conditions and alternatives.
    ChoiceFunction {
        If => Entry::new("IF", ResultType::Alike, "the value if the condition is true, else the other one, which is NULL unless told")
            .aliases(&["IIF"])
            .takes(&[required("condition", Kind::Boolean), required("value", Kind::Alike), optional("otherwise", Kind::Alike)])
            .nulls("a condition that is NULL is not true")
            .examples(&[("IF(1 < 2, 'yes', 'no')", "yes"), ("IF(NULL, 1)", "null")]),
        Ifs => Entry::new("IFS", ResultType::Alike, "the value behind the first condition that is true; a last one without a condition is for all else, which is NULL unless told")
            .takes(&[required("condition", Kind::Boolean), required("value", Kind::Alike), repeated("more", Kind::Any)])
            .nulls("a condition that is NULL is not true")
            .examples(&[("IFS(FALSE, 'a', 2 > 1, 'b', 'c')", "b"), ("IFS(FALSE, 'a', 'rest')", "rest"), ("IFS(NULL, 1)", "null")]),
        Switch => Entry::new("SWITCH", ResultType::Alike, "the value behind the first alternative that is equal to the subject; a last one without an alternative is for all else, which is NULL unless told")
            .takes(&[
                required("subject", Kind::Any),
                required("alternative", Kind::Any),
                required("value", Kind::Alike),
                repeated("more", Kind::Any),
            ])
            .nulls("a NULL is equal to nothing")
            .examples(&[("SWITCH(2, 1, 'one', 2, 'two', 'many')", "two"), ("SWITCH(NULL, NULL, 1, 0)", "0"), ("SWITCH('x', 'y', 1)", "null")]),
        Choose => Entry::new("CHOOSE", ResultType::Alike, "the value at that place, counted from 1; NULL where there is none")
            .takes(&[required("number", Kind::Number), required("value", Kind::Alike), repeated("more", Kind::Alike)])
            .nulls("NULL where the number is NULL")
            .examples(&[("CHOOSE(2, 'a', 'b')", "b"), ("CHOOSE(3, 'a', 'b')", "null")]),
        Coalesce => Entry::new("COALESCE", ResultType::Alike, "the first value that is not NULL")
            .aliases(&["IFNULL", "NVL"])
            .takes(&[required("value", Kind::Alike), repeated("other", Kind::Alike)])
            .nulls("NULL if all are")
            .examples(&[("COALESCE(NULL, 2, 3)", "2"), ("COALESCE(NULL)", "null")]),
        NullIf => Entry::new("NULLIF", ResultType::Of(0), "NULL where both are the same, else the first")
            .takes(&[required("value", Kind::Any), required("other", Kind::Any)])
            .nulls("a NULL is the same as nothing")
            .examples(&[("NULLIF(0, 0)", "null"), ("NULLIF(3, NULL)", "3")]),
        IsDistinct => Entry::new("IS_DISTINCT", ResultType::Always(Type::Boolean), "whether the two are not the same; never NULL")
            .takes(&[required("value", Kind::Any), required("other", Kind::Any)])
            .nulls("NULL is the same as NULL and as nothing else")
            .examples(&[("IS_DISTINCT(1, NULL)", "true"), ("IS_DISTINCT(NULL, NULL)", "false"), ("IS_DISTINCT('a', 'a')", "false")]),
        Xor => Entry::new("XOR", ResultType::Always(Type::Boolean), "whether exactly one of the two is true")
            .takes(&[required("one", Kind::Boolean), required("other", Kind::Boolean)])
            .examples(&[("XOR(TRUE, FALSE)", "true"), ("XOR(TRUE, NULL)", "null")]),
    }
}
