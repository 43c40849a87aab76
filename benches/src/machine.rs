//! What is measured of the machine and the process.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// Bytes of the small file that is synced.
const SMALL: usize = 4096;

/// The greatest memory that this process had resident so far, in bytes; none where the system does not tell.
pub fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}

/// The bytes that this process wrote so far, into whatever files; none where the system does not tell.
pub fn bytes_written() -> Option<u64> {
    io("wchar:")
}

/// The bytes that disks gave this process so far, because the system did not hold them in memory; none where it does not
/// tell.
pub fn bytes_from_disk() -> Option<u64> {
    io("read_bytes:")
}

fn io(name: &str) -> Option<u64> {
    let text = fs::read_to_string("/proc/self/io").ok()?;
    text.lines().find_map(|line| line.strip_prefix(name))?.trim().parse().ok()
}

/// How the processor calls itself; empty where the system does not tell.
pub fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("model name"));
    line.and_then(|line| line.split_once(':')).map(|(_, name)| name.trim().to_owned()).unwrap_or_default()
}

/// How long it takes, each of so many times, to make a small file in a folder and have its content durable.
///
/// # Errors
///
/// If the folder cannot be written.
pub fn sync_times(folder: &Path, times: usize) -> io::Result<Vec<Duration>> {
    let path = folder.join("small");
    let once = || -> io::Result<Duration> {
        let start = Instant::now();
        let mut file = File::create(&path)?;
        file.write_all(&[7; SMALL])?;
        file.sync_all()?;
        let took = start.elapsed();
        fs::remove_file(&path)?;
        Ok(took)
    };
    (0..times).map(|_| once()).collect()
}

/// The bytes of all files in a folder and below it.
///
/// # Errors
///
/// If a folder cannot be read.
pub fn bytes_below(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let found = entry.metadata()?;
        bytes += if found.is_dir() { bytes_below(&entry.path())? } else { found.len() };
    }
    Ok(bytes)
}
