//! Functions of numbers.
//!
//! Integers and decimals are computed exactly. Roots, powers, logarithms and angles are computed in floats, by the
//! functions that the platform has for them; the last digit of a result may differ between platforms, but a cube root or a
//! logarithm that is whole is exactly so.

mod types;

use crate::registry::{functions, optional, repeated, required};
use crate::{Entry, Kind, Parameter, ResultType, Type};
use types::{floor_remainder, quotient, remainder, rounded, truncated, whole};

const NUMBER: &[Parameter] = &[required("number", Kind::Number)];
const INTEGER: &[Parameter] = &[required("number", Kind::Integer)];
const INTEGERS: &[Parameter] = &[required("number", Kind::Integer), required("other", Kind::Integer)];
const FLOAT: &[Parameter] = &[required("number", Kind::Float)];
const ANGLE: &[Parameter] = &[required("angle", Kind::Float)];
const DIVISION: &[Parameter] = &[required("number", Kind::Number), required("divisor", Kind::Number)];
const DIGITS: &[Parameter] = &[required("number", Kind::Number), optional("digits", Kind::Constant(-38, 38))];
const ALIKE: &[Parameter] = &[required("value", Kind::Alike), repeated("other", Kind::Alike)];

functions! {
    /// Functions of numbers.
    NumberFunction {
        Absolute => Entry::new("ABS", ResultType::Of(0), "the distance of the number from zero; NULL where the type cannot hold it")
            .takes(NUMBER)
            .examples(&[("ABS(-3)", "3"), ("ABS(2.50)", "2.50"), ("ABS(NULL)", "null")]),
        Sign => Entry::new("SIGN", ResultType::Always(Type::Integer), "1 for a number above zero, -1 for one below it, 0 for zero")
            .aliases(&["SGN"])
            .takes(NUMBER)
            .examples(&[("SIGN(-2.5)", "-1"), ("SIGN(0)", "0"), ("SIGN(NULL)", "null")]),
        Round => Entry::new(
            "ROUND",
            ResultType::From(rounded),
            "the number with so many digits behind the point (none unless told; negative ones are before it), half away from \
             zero on its shortest decimal form; the type stays, only a decimal has room for one more digit before the point",
        )
        .takes(DIGITS)
        .examples(&[
            ("ROUND(2.5)", "3.0"),
            ("ROUND(9.9)", "10.0"),
            ("ROUND(-2.675, 2)", "-2.680"),
            ("ROUND(2.675e0, 2)", "2.68"),
            ("ROUND(1234, -2)", "1200"),
            ("ROUND(NULL, 2)", "null"),
        ]),
        RoundEven => Entry::new("ROUND_EVEN", ResultType::From(rounded), "as ROUND, but half to the even digit")
            .aliases(&["ROUND_HALF_EVEN"])
            .takes(DIGITS)
            .examples(&[("ROUND_EVEN(2.5)", "2.0"), ("ROUND_EVEN(3.5)", "4.0"), ("ROUND_EVEN(1250, -2)", "1200"), ("ROUND_EVEN(NULL)", "null")]),
        Floor => Entry::new("FLOOR", ResultType::From(whole), "the greatest whole number that is not above the number; of a float a float")
            .takes(NUMBER)
            .examples(&[("FLOOR(2.7)", "2"), ("FLOOR(-2.5)", "-3"), ("FLOOR(2.5e0)", "2.0"), ("FLOOR(7)", "7")]),
        Ceiling => Entry::new("CEILING", ResultType::From(whole), "the least whole number that is not below the number; of a float a float")
            .aliases(&["CEIL"])
            .takes(NUMBER)
            .examples(&[("CEILING(2.1)", "3"), ("CEILING(9.5)", "10"), ("CEILING(-2.5e0)", "-2.0"), ("CEILING(NULL)", "null")]),
        Truncate => Entry::new(
            "TRUNC",
            ResultType::From(truncated),
            "the number cut off, toward zero, behind so many digits after the point of its shortest decimal form (none unless \
             told; negative ones are before it); the type stays, only a decimal without digits becomes a whole one",
        )
        .aliases(&["TRUNCATE", "ROUNDDOWN"])
        .takes(DIGITS)
        .examples(&[("TRUNC(-2.7)", "-2"), ("TRUNC(2.678, 2)", "2.670"), ("TRUNC(0.29e0, 2)", "0.29"), ("TRUNC(1299, -2)", "1200")]),
        RoundTo => Entry::new(
            "ROUND_TO",
            ResultType::Always(Type::Float),
            "the multiple of the second number that is nearest to the first one, half away from zero, both taken by their \
             shortest decimal forms; NULL for a multiple of 0, and a number of 1e17 multiples or more as it is",
        )
        .aliases(&["MROUND"])
        .takes(&[required("number", Kind::Float), required("multiple", Kind::Float)])
        .examples(&[("ROUND_TO(1.13, 0.05)", "1.15"), ("ROUND_TO(7.5, 5)", "10.0"), ("ROUND_TO(-7, 5)", "-5.0"), ("ROUND_TO(7, 0)", "null")]),
        Quotient => Entry::new(
            "DIV",
            ResultType::From(quotient),
            "the whole part of the quotient, cut toward zero; NULL by zero; exact for integers and decimals, with a float the \
             whole part of what `a / b` gives",
        )
        .aliases(&["QUOTIENT"])
        .takes(DIVISION)
        .examples(&[("DIV(7, 2)", "3"), ("DIV(-7, 2)", "-3"), ("DIV(7.5, 0.5)", "15"), ("DIV(7e0, 2)", "3.0"), ("DIV(7, 0)", "null")]),
        Remainder => Entry::new(
            "MOD",
            ResultType::From(remainder),
            "what remains of the number after a division with a whole quotient, with the sign of the number; NULL by zero; \
             exact for integers and decimals",
        )
        .takes(DIVISION)
        .examples(&[("MOD(7, 3)", "1"), ("MOD(-7, 3)", "-1"), ("MOD(7.5, 2)", "1.5"), ("MOD(7, 0)", "null")]),
        PositiveRemainder => Entry::new(
            "POSITIVE_MOD",
            ResultType::From(floor_remainder),
            "what remains of the number after a division, with the sign of the divisor, so that it is not negative by a \
             positive one; NULL by zero; exact for integers and decimals",
        )
        .aliases(&["FLOOR_MOD"])
        .takes(DIVISION)
        .examples(&[("POSITIVE_MOD(-7, 3)", "2"), ("POSITIVE_MOD(3 - 5, 24)", "22"), ("POSITIVE_MOD(7, -3)", "-2"), ("POSITIVE_MOD(7, 0)", "null")]),
        Power => Entry::new("POWER", ResultType::Always(Type::Float), "the number to the power of the exponent; NULL where that is no finite number")
            .aliases(&["POW"])
            .takes(&[required("number", Kind::Float), required("exponent", Kind::Float)])
            .examples(&[("POWER(10, 2)", "100.0"), ("POWER(4, -0.5)", "0.5"), ("POWER(-8, 0.5)", "null"), ("POWER(0, -1)", "null")]),
        SquareRoot => Entry::new("SQRT", ResultType::Always(Type::Float), "the square root; NULL below zero")
            .takes(FLOAT)
            .examples(&[("SQRT(2)", "1.4142135623730951"), ("SQRT(0)", "0.0"), ("SQRT(-1)", "null")]),
        CubeRoot => Entry::new("CBRT", ResultType::Always(Type::Float), "the cube root, exact where it is whole; below zero for a number below zero")
            .takes(FLOAT)
            .examples(&[("CBRT(27)", "3.0"), ("CBRT(-8)", "-2.0"), ("CBRT(NULL)", "null")]),
        Exponential => Entry::new("EXP", ResultType::Always(Type::Float), "Euler's number to the power of the number; NULL past the range of floats")
            .takes(FLOAT)
            .examples(&[("EXP(0)", "1.0"), ("EXP(-1000)", "0.0"), ("EXP(1000)", "null")]),
        NaturalLogarithm => Entry::new("LN", ResultType::Always(Type::Float), "the natural logarithm; NULL unless the number is above zero")
            .takes(FLOAT)
            .examples(&[("LN(1)", "0.0"), ("LN(0)", "null"), ("LN(-1)", "null")]),
        Logarithm => Entry::new(
            "LOG",
            ResultType::Always(Type::Float),
            "the logarithm to a base (10 unless told), exact where it is whole; NULL unless number and base are above zero and \
             the base is not 1",
        )
        .takes(&[required("number", Kind::Float), optional("base", Kind::Float)])
        .examples(&[("LOG(1000)", "3.0"), ("LOG(125, 5)", "3.0"), ("LOG(8, 1)", "null"), ("LOG(0, 10)", "null")]),
        Logarithm10 => Entry::new("LOG10", ResultType::Always(Type::Float), "the logarithm to base 10, exact where it is whole; NULL unless the number is above zero")
            .takes(FLOAT)
            .examples(&[("LOG10(0.001)", "-3.0"), ("LOG10(0)", "null")]),
        Logarithm2 => Entry::new("LOG2", ResultType::Always(Type::Float), "the logarithm to base 2, exact where it is whole; NULL unless the number is above zero")
            .takes(FLOAT)
            .examples(&[("LOG2(8)", "3.0"), ("LOG2(-8)", "null")]),
        Pi => Entry::new("PI", ResultType::Always(Type::Float), "the ratio of a circle's circumference to its diameter")
            .examples(&[("PI()", "3.141592653589793"), ("ROUND(PI(), 2)", "3.14")]),
        Euler => Entry::new("E", ResultType::Always(Type::Float), "the base of the natural logarithm")
            .examples(&[("E()", "2.718281828459045"), ("ROUND(E(), 2)", "2.72")]),
        Sine => Entry::new("SIN", ResultType::Always(Type::Float), "the sine of the angle, in radians")
            .takes(ANGLE)
            .examples(&[("SIN(0)", "0.0"), ("ROUND(SIN(PI() / 6), 9)", "0.5"), ("SIN(NULL)", "null")]),
        Cosine => Entry::new("COS", ResultType::Always(Type::Float), "the cosine of the angle, in radians")
            .takes(ANGLE)
            .examples(&[("COS(0)", "1.0"), ("ROUND(COS(PI() / 3), 9)", "0.5"), ("COS(NULL)", "null")]),
        Tangent => Entry::new("TAN", ResultType::Always(Type::Float), "the tangent of the angle, in radians")
            .takes(ANGLE)
            .examples(&[("TAN(0)", "0.0"), ("ROUND(TAN(PI() / 4), 9)", "1.0"), ("TAN(NULL)", "null")]),
        ArcSine => Entry::new("ASIN", ResultType::Always(Type::Float), "the angle with that sine, in radians from -π/2 to π/2; NULL outside -1 to 1")
            .takes(FLOAT)
            .examples(&[("ASIN(0)", "0.0"), ("ASIN(2)", "null")]),
        ArcCosine => Entry::new("ACOS", ResultType::Always(Type::Float), "the angle with that cosine, in radians from 0 to π; NULL outside -1 to 1")
            .takes(FLOAT)
            .examples(&[("ACOS(1)", "0.0"), ("ACOS(-2)", "null")]),
        ArcTangent => Entry::new("ATAN", ResultType::Always(Type::Float), "the angle with that tangent, in radians from -π/2 to π/2")
            .takes(FLOAT)
            .examples(&[("ATAN(0)", "0.0"), ("ROUND(ATAN(1e300), 9)", "1.570796327"), ("ATAN(NULL)", "null")]),
        ArcTangent2 => Entry::new("ATAN2", ResultType::Always(Type::Float), "the angle of the direction from the origin to the point, in radians from -π to π; y comes first")
            .takes(&[required("y", Kind::Float), required("x", Kind::Float)])
            .examples(&[("ROUND(DEGREES(ATAN2(1, -1)), 9)", "135.0"), ("ATAN2(0, 0)", "0.0"), ("ATAN2(1, NULL)", "null")]),
        Degrees => Entry::new("DEGREES", ResultType::Always(Type::Float), "an angle in radians as degrees")
            .takes(ANGLE)
            .examples(&[("DEGREES(PI())", "180.0"), ("DEGREES(NULL)", "null")]),
        Radians => Entry::new("RADIANS", ResultType::Always(Type::Float), "an angle in degrees as radians")
            .takes(ANGLE)
            .examples(&[("RADIANS(180)", "3.141592653589793"), ("RADIANS(NULL)", "null")]),
        Hypotenuse => Entry::new("HYPOT", ResultType::Always(Type::Float), "the length of the hypotenuse over two sides, without overflow on the way")
            .takes(&[required("x", Kind::Float), required("y", Kind::Float)])
            .examples(&[("HYPOT(3, 4)", "5.0"), ("HYPOT(3, NULL)", "null")]),
        Haversine => Entry::new(
            "HAVERSINE",
            ResultType::Always(Type::Float),
            "the distance of two places in kilometres, on a sphere with a radius of 6371.0088 km, from their latitudes and \
             longitudes in degrees; NULL for a latitude outside -90 to 90",
        )
        .takes(&[
            required("latitude", Kind::Float),
            required("longitude", Kind::Float),
            required("to_latitude", Kind::Float),
            required("to_longitude", Kind::Float),
        ])
        .examples(&[
            ("ROUND(HAVERSINE(50.9014, 4.4844, 40.6413, -73.7781), 2)", "5885.36"),
            ("HAVERSINE(50, 4, 50, 4)", "0.0"),
            ("HAVERSINE(91, 0, 0, 0)", "null"),
        ]),
        Greatest => Entry::new("GREATEST", ResultType::Alike, "the greatest of the values; of texts by code point, of conditions true")
            .takes(ALIKE)
            .nulls("NULLs are left out; NULL if all are")
            .examples(&[("GREATEST(3, 7, 5)", "7"), ("GREATEST(NULL, 2.5)", "2.5"), ("GREATEST('b', 'a')", "b"), ("GREATEST(NULL)", "null")]),
        Least => Entry::new("LEAST", ResultType::Alike, "the least of the values; of texts by code point, of conditions false")
            .takes(ALIKE)
            .nulls("NULLs are left out; NULL if all are")
            .examples(&[("LEAST(3, 7, 5)", "3"), ("LEAST(@2024-03-01, NULL, @2024-02-01)", "2024-02-01"), ("LEAST(NULL)", "null")]),
        Clamp => Entry::new("CLAMP", ResultType::Alike, "the value, but the low end where it is below that and the high one where it is above that; NULL if the low end is above the high one")
            .takes(&[required("value", Kind::Alike), required("low", Kind::Alike), required("high", Kind::Alike)])
            .examples(&[("CLAMP(15, 0, 10)", "10"), ("CLAMP(-1.5, 0, 10)", "0.0"), ("CLAMP(5, 10, 0)", "null"), ("CLAMP(5, NULL, 10)", "null")]),
        ZeroIfNull => Entry::new("ZERO_IF_NULL", ResultType::Of(0), "the number, or 0 in its place")
            .aliases(&["ZEROIFNULL", "ZN"])
            .takes(NUMBER)
            .nulls("a NULL counts as 0")
            .examples(&[("ZERO_IF_NULL(NULL)", "0"), ("ZERO_IF_NULL(2.50)", "2.50")]),
        NullIfZero => Entry::new("NULL_IF_ZERO", ResultType::Of(0), "the number, or NULL if it is 0")
            .aliases(&["NULLIFZERO"])
            .takes(NUMBER)
            .examples(&[("NULL_IF_ZERO(0.00)", "null"), ("NULL_IF_ZERO(2.50)", "2.50"), ("NULL_IF_ZERO(NULL)", "null")]),
        GreatestDivisor => Entry::new("GCD", ResultType::Always(Type::Integer), "the greatest integer that divides both, not negative; of two zeros 0; NULL past 64 bits")
            .takes(INTEGERS)
            .examples(&[("GCD(12, -18)", "6"), ("GCD(0, 7)", "7"), ("GCD(0, 0)", "0")]),
        LeastMultiple => Entry::new("LCM", ResultType::Always(Type::Integer), "the least integer that both divide, not negative; 0 if one is 0; NULL past 64 bits")
            .takes(INTEGERS)
            .examples(&[("LCM(4, -6)", "12"), ("LCM(0, 5)", "0"), ("LCM(9223372036854775807, 2)", "null")]),
        IsEven => Entry::new("IS_EVEN", ResultType::Always(Type::Boolean), "whether two divides the integer")
            .aliases(&["ISEVEN"])
            .takes(INTEGER)
            .examples(&[("IS_EVEN(4)", "true"), ("IS_EVEN(-3)", "false"), ("IS_EVEN(NULL)", "null")]),
        IsOdd => Entry::new("IS_ODD", ResultType::Always(Type::Boolean), "whether two does not divide the integer")
            .aliases(&["ISODD"])
            .takes(INTEGER)
            .examples(&[("IS_ODD(-3)", "true"), ("IS_ODD(0)", "false"), ("IS_ODD(NULL)", "null")]),
        BitAnd => Entry::new("BIT_AND", ResultType::Always(Type::Integer), "the bits that are set in both, in two's complement of 64 bits")
            .aliases(&["BITAND"])
            .takes(INTEGERS)
            .examples(&[("BIT_AND(12, 10)", "8"), ("BIT_AND(-1, 255)", "255"), ("BIT_AND(1, NULL)", "null")]),
        BitOr => Entry::new("BIT_OR", ResultType::Always(Type::Integer), "the bits that are set in one or both, in two's complement of 64 bits")
            .aliases(&["BITOR"])
            .takes(INTEGERS)
            .examples(&[("BIT_OR(12, 10)", "14"), ("BIT_OR(-2, 1)", "-1")]),
        BitXor => Entry::new("BIT_XOR", ResultType::Always(Type::Integer), "the bits that are set in exactly one, in two's complement of 64 bits")
            .aliases(&["BITXOR"])
            .takes(INTEGERS)
            .examples(&[("BIT_XOR(12, 10)", "6"), ("BIT_XOR(-1, -1)", "0")]),
        WidthBucket => Entry::new(
            "WIDTH_BUCKET",
            ResultType::Always(Type::Integer),
            "which of so many equal parts of the range the number falls into, from 1 on; 0 before its low end, one more than \
             the parts from its high end on; exact, floats by their shortest form; if low is above high they are counted down \
             from low; NULL for an empty range or no parts",
        )
        .takes(&[
            required("number", Kind::Number),
            required("low", Kind::Number),
            required("high", Kind::Number),
            required("count", Kind::Integer),
        ])
        .examples(&[
            ("WIDTH_BUCKET(3.5, 0, 10, 5)", "2"),
            ("WIDTH_BUCKET(0.29e0, 0, 1, 100)", "30"),
            ("WIDTH_BUCKET(10, 0, 10, 5)", "6"),
            ("WIDTH_BUCKET(-1, 0, 10, 5)", "0"),
            ("WIDTH_BUCKET(5, 3, 3, 5)", "null"),
        ]),
    }
}
