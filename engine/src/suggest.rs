//! "Did you mean": the nearest known name for a mistyped one.

/// The candidate nearest to `name`, if one is near enough to be what was meant.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (likeness(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= 0.75)
        .max_by(|(a, left), (b, right)| a.total_cmp(b).then_with(|| right.cmp(left)))
        .map(|(_, candidate)| candidate)
}

/// From 0 to 1. One slip of the finger in a name of at least three letters is always near.
fn likeness(wanted: &str, candidate: &str) -> f64 {
    let likeness = strsim::jaro_winkler(wanted, candidate);
    let slip = wanted.chars().count() >= 3 && strsim::osa_distance(wanted, candidate) == 1;
    if slip { likeness.max(0.75) } else { likeness }
}

/// ``; did you mean `x`?`` or nothing, to be put behind a message.
pub(crate) fn hint<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, candidates).map_or_else(String::new, |found| format!("; did you mean `{found}`?"))
}

#[cfg(test)]
mod tests {
    use super::{hint, nearest};

    #[test]
    fn the_nearest_name_is_found_and_far_ones_are_not() {
        let known = ["carrier", "origin", "dest", "distance"];
        assert_eq!(nearest("carier", known), Some("carrier"));
        assert_eq!(nearest("Distance", known), Some("distance"));
        assert_eq!(nearest("qqq", known), None);
        assert_eq!(hint("orign", known), "; did you mean `origin`?");
        assert_eq!(hint("zzz", known), "");
    }
}
