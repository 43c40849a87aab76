//! The names of everything in a store, in one place. What does not match here is foreign and left alone.

use uuid::Uuid;

pub(crate) const FORMAT_FILE: &str = "format.json";
pub(crate) const CATALOG_DIR: &str = "catalog";
pub(crate) const DATASETS_DIR: &str = "datasets";
pub(crate) const LEASES_DIR: &str = "leases";

/// Held exclusively from finding the newest version of a log until after its link.
pub(crate) const COMMIT_LOCK: &str = ".lock";
/// Held shared by whoever has written files that no manifest names yet, exclusively by who removes such files.
pub(crate) const WRITING_LOCK: &str = ".writing";

pub(crate) const MANIFEST_DIR: &str = "manifest";
pub(crate) const DATA_DIR: &str = "data";
pub(crate) const DIGESTS_DIR: &str = "digests";
pub(crate) const DELETIONS_DIR: &str = "dv";
pub(crate) const KEYS_DIR: &str = "keys";
/// The folders of a dataset whose files manifests name.
pub(crate) const FILE_DIRS: [&str; 4] = [DATA_DIR, DIGESTS_DIR, DELETIONS_DIR, KEYS_DIR];

const DATA_SUFFIX: &str = ".parquet";
const DIGESTS_SUFFIX: &str = ".blk";
const DELETIONS_SUFFIX: &str = ".bin";
const KEYS_SUFFIX: &str = ".run";
const VERSION_SUFFIX: &str = ".json";
const VERSION_DIGITS: usize = 20;
const TEMP_PREFIX: &str = ".tmp-";

pub(crate) fn join(dir: &str, name: &str) -> String {
    if dir.is_empty() { name.to_owned() } else { format!("{dir}/{name}") }
}

pub(crate) fn version_name(version: u64) -> String {
    format!("{version:020}{VERSION_SUFFIX}")
}

/// The version a file of a log holds; versions start at 1.
pub(crate) fn parse_version_name(name: &str) -> Option<u64> {
    parse_version(name.strip_suffix(VERSION_SUFFIX)?)
}

fn parse_version(digits: &str) -> Option<u64> {
    let canonical = digits.len() == VERSION_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse::<u64>().ok().filter(|version| canonical && *version > 0)
}

pub(crate) fn temp_name(id: Uuid) -> String {
    format!("{TEMP_PREFIX}{id}")
}

pub(crate) fn is_temp_name(name: &str) -> bool {
    name.strip_prefix(TEMP_PREFIX).and_then(parse_uuid).is_some()
}

/// Only the spelling this crate writes, so that one id has one name.
pub(crate) fn parse_uuid(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok().filter(|id| id.to_string() == text)
}

pub(crate) fn dataset_dir(dataset: Uuid) -> String {
    format!("{DATASETS_DIR}/{dataset}")
}

/// Path of a data file within the folder of its dataset, as manifests name it.
pub(crate) fn data_path(file: Uuid) -> String {
    format!("{DATA_DIR}/{file}{DATA_SUFFIX}")
}

/// Path of the block digests of a data file within the folder of its dataset.
pub(crate) fn digests_path(file: Uuid) -> String {
    format!("{DIGESTS_DIR}/{file}{DIGESTS_SUFFIX}")
}

/// Path of the deletion vectors of a commit within the folder of its dataset.
pub(crate) fn deletions_path(file: Uuid) -> String {
    format!("{DELETIONS_DIR}/{file}{DELETIONS_SUFFIX}")
}

/// Path of a key run within the folder of its dataset.
pub(crate) fn keys_path(file: Uuid) -> String {
    format!("{KEYS_DIR}/{file}{KEYS_SUFFIX}")
}

pub(crate) fn is_data_name(name: &str) -> bool {
    name.strip_suffix(DATA_SUFFIX).and_then(parse_uuid).is_some()
}

pub(crate) fn is_digests_name(name: &str) -> bool {
    name.strip_suffix(DIGESTS_SUFFIX).and_then(parse_uuid).is_some()
}

pub(crate) fn is_deletions_name(name: &str) -> bool {
    name.strip_suffix(DELETIONS_SUFFIX).and_then(parse_uuid).is_some()
}

pub(crate) fn is_keys_name(name: &str) -> bool {
    name.strip_suffix(KEYS_SUFFIX).and_then(parse_uuid).is_some()
}

/// Whether a path that a caller gave leads into that folder of the dataset, to a file this software may have made.
pub(crate) fn is_path_in(path: &str, dir: &str, is_name: fn(&str) -> bool) -> bool {
    path.strip_prefix(dir).and_then(|rest| rest.strip_prefix('/')).is_some_and(is_name)
}

/// A lease says everything in its name: dataset, lowest version in use, and an id to make it unique.
pub(crate) fn lease_name(dataset: Uuid, version: u64, id: Uuid) -> String {
    format!("{dataset}.{version:020}.{id}")
}

pub(crate) fn parse_lease_name(name: &str) -> Option<(Uuid, u64)> {
    let (dataset, rest) = name.split_once('.')?;
    let (version, id) = rest.split_once('.')?;
    parse_uuid(id)?;
    Some((parse_uuid(dataset)?, parse_version(version)?))
}

#[cfg(test)]
mod tests {
    use super::{
        DATA_DIR, DELETIONS_DIR, KEYS_DIR, Uuid, data_path, deletions_path, is_data_name, is_deletions_name,
        is_keys_name, is_path_in, is_temp_name, keys_path, lease_name, parse_lease_name, parse_version_name, temp_name,
        version_name,
    };

    #[test]
    fn versions_are_twenty_digits_and_start_at_one() {
        assert_eq!(version_name(7), "00000000000000000007.json");
        assert_eq!(parse_version_name(&version_name(u64::MAX)), Some(u64::MAX));
        for foreign in [
            "00000000000000000000.json",
            "7.json",
            "0000000000000000000a.json",
            "+0000000000000000007.json",
            "99999999999999999999.json",
            "00000000000000000007.json.bak",
            ".DS_Store",
        ] {
            assert_eq!(parse_version_name(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn ids_have_one_spelling() {
        let id = Uuid::from_u128(0xAB);
        assert!(is_temp_name(&temp_name(id)));
        assert!(is_data_name(&format!("{id}.parquet")));
        assert!(!is_data_name(&format!("{}.parquet", id.simple())));
        assert!(!is_data_name(&format!("{}.parquet", id.to_string().to_uppercase())));
    }

    #[test]
    fn paths_of_files_are_those_of_their_folder_only() {
        let id = Uuid::from_u128(0xAB);
        type Place = (String, &'static str, fn(&str) -> bool);
        let places: [Place; 3] = [
            (data_path(id), DATA_DIR, is_data_name),
            (deletions_path(id), DELETIONS_DIR, is_deletions_name),
            (keys_path(id), KEYS_DIR, is_keys_name),
        ];
        for (path, dir, is_name) in &places {
            let fits = places.iter().filter(|(_, dir, is_name)| is_path_in(path, dir, *is_name)).count();
            assert_eq!(fits, 1, "{path}");
            for strange in [format!("../{path}"), format!("/{path}"), format!("{dir}/../{path}"), format!("{path}/x")] {
                assert!(!is_path_in(&strange, dir, *is_name), "{strange}");
            }
        }
    }

    #[test]
    fn leases_say_what_they_pin() {
        let (dataset, id) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(parse_lease_name(&lease_name(dataset, 12, id)), Some((dataset, 12)));
        assert_eq!(parse_lease_name("thumbs.db"), None);
    }
}
