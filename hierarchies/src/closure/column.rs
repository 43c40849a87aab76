//! Columns of values that are read and written by number.

/// The value at a number; the default behind the end.
pub(super) fn at<T: Copy + Default>(column: &[T], number: u32) -> T {
    column.get(number as usize).copied().unwrap_or_default()
}

/// Replaces the value at a number; nothing happens behind the end.
pub(super) fn put<T>(column: &mut [T], number: u32, value: T) {
    if let Some(place) = column.get_mut(number as usize) {
        *place = value;
    }
}

/// A count as a number; what is too great becomes the greatest number.
pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
