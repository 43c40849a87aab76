//! What a closure costs.

use super::Closure;
use super::names::Names;

impl Closure {
    /// About how many bytes of memory the closure holds.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let columns = [&self.parent, &self.end, &self.depth, &self.by_id, &self.row_nodes];
        let numbers: usize = columns.iter().map(|column| column.capacity() * size_of::<u32>()).sum();
        let names = match &self.names {
            Names::Ids => 0,
            Names::Plain(texts) => texts.bytes(),
            Names::Localized(names) => {
                let texts = names.iter().flat_map(|(_, name)| name.iter());
                let held: usize = texts.map(|(locale, text)| locale.len() + text.len() + 2 * size_of::<String>()).sum();
                held + size_of_val(names.as_slice())
            }
        };
        let kinds = size_of_val(self.kind.as_slice());
        size_of::<Self>() + numbers + kinds + self.ids.bytes() + names + size_of_val(self.colors.as_slice())
    }
}
