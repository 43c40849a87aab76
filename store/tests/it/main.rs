//! The store seen from outside: crashes, failing media, damage, racing writers, pinned readers, format versions.

#[cfg(test)]
mod changes;
#[cfg(test)]
mod compact;
#[cfg(test)]
mod concurrency;
#[cfg(test)]
mod corruption;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod crash_changes;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod dataset;
#[cfg(test)]
mod deletions;
#[cfg(test)]
mod evolution;
#[cfg(test)]
mod failing;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod format;
#[cfg(test)]
mod io_errors;
#[cfg(test)]
mod junk;
#[cfg(test)]
mod life;
#[cfg(test)]
#[cfg(feature = "object-store")]
mod objects;
#[cfg(test)]
mod parquet_files;
#[cfg(test)]
mod restore;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod scenario;
#[cfg(test)]
mod storage;
#[cfg(test)]
mod support;
#[cfg(test)]
mod vacuum;
#[cfg(test)]
mod workload;
