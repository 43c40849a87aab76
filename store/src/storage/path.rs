//! Which paths a storage takes, and how the in-memory ones take them apart.

use std::io;

/// Checks a path of a file or folder: relative, separated by `/`, every component non-empty, none of them `.` or `..`,
/// without backslashes, colons and NUL (they mean something on some media). The root itself is not a valid path here.
///
/// # Errors
/// [`InvalidInput`](io::ErrorKind::InvalidInput) naming the path.
///
/// ```
/// use drillcore_store::check_path;
///
/// assert!(check_path("catalog/00000000000000000001.json").is_ok());
/// assert!(check_path("../elsewhere").is_err());
/// ```
pub fn check_path(path: &str) -> io::Result<()> {
    let fine = path.split('/').all(|part| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':', '\0']));
    if fine {
        Ok(())
    } else {
        let message = format!("not a path within a store: {}", path.escape_debug());
        Err(io::Error::new(io::ErrorKind::InvalidInput, message))
    }
}

/// Like [`check_path`], but the empty path stands for the root.
pub(super) fn check_dir(dir: &str) -> io::Result<()> {
    if dir.is_empty() { Ok(()) } else { check_path(dir) }
}

/// The folder and the name of a checked path.
pub(super) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// The folders on the way from the root to `dir`, itself last.
pub(super) fn ancestors(dir: &str) -> impl Iterator<Item = &str> {
    let inner = dir.match_indices('/').filter_map(|(end, _)| dir.get(..end));
    inner.chain((!dir.is_empty()).then_some(dir))
}

#[cfg(test)]
mod tests {
    use super::{ancestors, check_dir, check_path, split};

    #[test]
    fn only_plain_relative_paths_are_taken() {
        for fine in ["format.json", "datasets/x/data/y.parquet", ".lock", "..."] {
            assert!(check_path(fine).is_ok(), "{fine}");
        }
        for bad in ["", "/", "/etc", "a//b", "a/", "a/./b", "a/../b", "..", "C:x", "a\\b", "a\0b"] {
            assert!(check_path(bad).is_err(), "{bad:?}");
        }
        assert!(check_dir("").is_ok());
    }

    #[test]
    fn paths_come_apart() {
        assert_eq!(split("a/b/c"), ("a/b", "c"));
        assert_eq!(split("c"), ("", "c"));
        assert_eq!(ancestors("a/b/c").collect::<Vec<_>>(), ["a", "a/b", "a/b/c"]);
        assert_eq!(ancestors("").count(), 0);
    }
}
