//! Names in braces.

use std::fmt::{self, Display, Formatter};

use crate::tree::Reference;

impl Display for Reference {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        if let Some(dataset) = &self.dataset {
            write_name(dataset, f)?;
            f.write_str(":")?;
        }
        write_name(&self.name, f)?;
        f.write_str("}")
    }
}

/// A name, quoted if it would not be read as itself.
fn write_name(name: &str, f: &mut Formatter<'_>) -> fmt::Result {
    let plain = !name.is_empty() && name.trim() == name && !name.contains([':', '"', '{', '}']);
    if plain { f.write_str(name) } else { write!(f, "\"{}\"", name.replace('"', "\"\"")) }
}
