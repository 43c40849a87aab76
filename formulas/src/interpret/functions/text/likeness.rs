//! Distances between texts and their sounds, as they are defined.

use super::argument::{characters, counted, shown};
use crate::interpret::Value;

/// The longest texts that are held against each other, in characters.
const LONGEST: usize = 1_000;

/// The letters of each digit.
const SOUNDS: [(&str, char); 6] = [("BFPV", '1'), ("CGJKQSXZ", '2'), ("DT", '3'), ("L", '4'), ("MN", '5'), ("R", '6')];

pub(super) fn levenshtein(arguments: &[Value]) -> Option<Value> {
    let (left, right) = both(arguments)?;
    counted(distance(&left, &right)?)
}

pub(super) fn similarity(arguments: &[Value]) -> Option<Value> {
    let (left, right) = both(arguments)?;
    let longer = left.len().max(right.len());
    if longer == 0 {
        return Some(Value::Float(1.0));
    }
    Some(Value::Float(1.0 - float(distance(&left, &right)?)? / float(longer)?))
}

pub(super) fn jaro_winkler(arguments: &[Value]) -> Option<Value> {
    let (left, right) = both(arguments)?;
    let jaro = jaro(&left, &right)?;
    if jaro <= 0.7 {
        return Some(Value::Float(jaro));
    }
    let equal = left.iter().zip(&right).take(4).take_while(|(one, other)| one == other).count();
    Some(Value::Float(jaro + 0.1 * float(equal)? * (1.0 - jaro)))
}

/// The code as it is made by hand: digits for letters, doubles into one, what has no digit out.
pub(super) fn soundex(arguments: &[Value]) -> Option<Value> {
    let text = characters(arguments, 0)?;
    let letters = text.iter().filter(|character| character.is_ascii_alphabetic()).map(char::to_ascii_uppercase);
    let letters: Vec<char> = letters.collect();
    let Some((first, others)) = letters.split_first() else { return shown([]) };
    let heard = others.iter().filter(|letter| !['H', 'W'].contains(letter));
    let mut digits: Vec<Option<char>> = std::iter::once(first).chain(heard).map(|letter| digit(*letter)).collect();
    digits.dedup();
    let digits = digits.into_iter().skip(1).flatten();
    shown(std::iter::once(*first).chain(digits).chain(['0'; 3]).take(4))
}

fn digit(letter: char) -> Option<char> {
    SOUNDS.iter().find(|(letters, _)| letters.contains(letter)).map(|(_, digit)| *digit)
}

/// The two texts, if neither is too long.
fn both(arguments: &[Value]) -> Option<(Vec<char>, Vec<char>)> {
    let (left, right) = (characters(arguments, 0)?, characters(arguments, 1)?);
    (left.len() <= LONGEST && right.len() <= LONGEST).then_some((left, right))
}

/// The whole table of the distances between the first characters of one and the first of the other.
fn distance(left: &[char], right: &[char]) -> Option<usize> {
    let width = right.len() + 1;
    let mut table: Vec<usize> = Vec::new();
    for row in 0..=left.len() {
        for column in 0..=right.len() {
            let value = match (row.checked_sub(1), column.checked_sub(1)) {
                (None, _) => column,
                (_, None) => row,
                (Some(above), Some(before)) => {
                    let held = |row: usize, column: usize| table.get(row * width + column).copied();
                    let change = usize::from(left.get(above) != right.get(before));
                    (held(above, before)? + change).min(held(above, column)? + 1).min(held(row, before)? + 1)
                }
            };
            table.push(value);
        }
    }
    table.last().copied()
}

/// Each character of one text is paired with the first free one of the other that is the same and not farther off than
/// half the longer text less one; the paired ones that stand in another order are half transpositions.
fn jaro(left: &[char], right: &[char]) -> Option<f64> {
    if left.is_empty() && right.is_empty() {
        return Some(1.0);
    }
    let reach = (left.len().max(right.len()) / 2).saturating_sub(1);
    let mut free: Vec<Option<char>> = right.iter().copied().map(Some).collect();
    let mut paired = Vec::new();
    for (place, character) in left.iter().enumerate() {
        let near = |other: usize| place.abs_diff(other) <= reach;
        let mut others = free.iter_mut().enumerate();
        if let Some((_, found)) = others.find(|(other, held)| near(*other) && **held == Some(*character)) {
            *found = None;
            paired.push(*character);
        }
    }
    if paired.is_empty() {
        return Some(0.0);
    }
    let others = right.iter().zip(&free).filter(|(_, free)| free.is_none()).map(|(character, _)| *character);
    let transpositions = paired.iter().zip(others).filter(|(one, other)| *one != other).count() / 2;
    let pairs = float(paired.len())?;
    let shares = (pairs / float(left.len())?) + (pairs / float(right.len())?);
    Some((shares + float(paired.len() - transpositions)? / pairs) / 3.0)
}

fn float(count: usize) -> Option<f64> {
    u32::try_from(count).ok().map(f64::from)
}
