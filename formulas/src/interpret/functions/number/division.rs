//! Whole quotients, remainders and buckets.

use super::{exact, float_of, of_type};
use crate::Type;
use crate::interpret::{Decimal, Value};

/// The part before the point of what `/` gives, exactly unless it is a float.
pub(super) fn quotient(dividend: &Value, divisor: &Value, result: Type) -> Option<Value> {
    if result == Type::Float {
        return Some(Value::Float((float_of(dividend)? / float_of(divisor)?).trunc()));
    }
    of_type(&exact(dividend)?.divided(&exact(divisor)?)?.0, result)
}

pub(super) fn remainder(dividend: &Value, divisor: &Value, result: Type) -> Option<Value> {
    if result == Type::Float {
        return Some(Value::Float(float_of(dividend)? % float_of(divisor)?));
    }
    of_type(&exact(dividend)?.divided(&exact(divisor)?)?.1, result)
}

pub(super) fn positive_remainder(dividend: &Value, divisor: &Value, result: Type) -> Option<Value> {
    if result == Type::Float {
        let divisor = float_of(divisor)?;
        let rest = float_of(dividend)? % divisor;
        let on_wrong_side = (rest < 0.0 && divisor > 0.0) || (rest > 0.0 && divisor < 0.0);
        return Some(Value::Float(if on_wrong_side { rest + divisor } else { rest }));
    }
    let divisor = exact(divisor)?;
    let rest = exact(dividend)?.divided(&divisor)?.1;
    let on_wrong_side = !rest.is_zero() && rest.is_negative() != divisor.is_negative();
    of_type(&if on_wrong_side { rest.plus(&divisor) } else { rest }, result)
}

/// Which of `count` equal parts from `low` to `high` a number falls into, from 1 on; 0 before and one more behind them.
pub(super) fn bucket(number: &Value, low: &Value, high: &Value, count: i64) -> Option<Value> {
    if count < 1 {
        return None;
    }
    let from_low = exact(number)?.plus(&exact(low)?.negated());
    let range = exact(high)?.plus(&exact(low)?.negated());
    let (from_low, range) = if range.is_negative() { (from_low.negated(), range.negated()) } else { (from_low, range) };
    if range.is_zero() {
        return None;
    }
    let bucket = if from_low.is_negative() {
        Decimal::new(0, 0)
    } else if from_low.compare(&range).is_ge() {
        Decimal::new(i128::from(count) + 1, 0)
    } else {
        let passed = from_low.times(&Decimal::new(i128::from(count), 0)).divided(&range)?.0;
        passed.plus(&Decimal::new(1, 0))
    };
    of_type(&bucket, Type::Integer)
}
