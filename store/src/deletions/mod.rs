//! Rows that are deleted without their files being written anew.

mod encoding;
mod file;
#[cfg(test)]
mod tests;
mod vector;

pub(crate) use self::encoding::VectorFile;
pub use self::file::FileDeletions;
pub use self::vector::DeletionVector;
