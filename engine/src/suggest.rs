//! "Did you mean": the nearest known name for a mistyped one.

/// The candidate nearest to `name`, if one is near enough to be what was meant.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= 0.75)
        .max_by(|(a, left), (b, right)| a.total_cmp(b).then_with(|| right.cmp(left)))
        .map(|(_, candidate)| candidate)
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
