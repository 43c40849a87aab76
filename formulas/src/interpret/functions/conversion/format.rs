//! Numbers as people write them.

use crate::interpret::Value;

/// What separates decimals and groups, as the last arguments of a call say; nothing if both are the same.
pub(super) fn separators(arguments: &[Value]) -> Option<(char, Option<char>)> {
    let mut words = arguments.iter().map(|word| if let Value::Text(word) = word { word.chars().next() } else { None });
    let decimal = words.next().flatten().unwrap_or('.');
    let group = words.next().flatten();
    (group != Some(decimal)).then_some((decimal, group))
}

/// A number in plain digits with other separators.
pub(super) fn separated(plain: &str, decimal: char, group: Option<char>) -> String {
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
    let (sign, whole) = match whole.strip_prefix('-') {
        Some(whole) => ("-", whole),
        None => ("", whole),
    };
    let digits: Vec<char> = whole.chars().rev().collect();
    let groups: Vec<String> = digits.chunks(3).rev().map(|group| group.iter().rev().collect()).collect();
    let separator = group.map(String::from).unwrap_or_default();
    let whole = groups.join(separator.as_str());
    let fraction = if fraction.is_empty() { String::new() } else { format!("{decimal}{fraction}") };
    format!("{sign}{whole}{fraction}")
}

/// An integer in digits of a base, each the rest of a division.
pub(super) fn in_base(value: i64, base: u32) -> Option<String> {
    if !(2..=36).contains(&base) {
        return None;
    }
    let mut rest = value.unsigned_abs();
    let mut digits = Vec::new();
    loop {
        digits.push(char::from_digit(u32::try_from(rest % u64::from(base)).ok()?, base)?);
        rest /= u64::from(base);
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        digits.push('-');
    }
    Some(digits.iter().rev().collect())
}
