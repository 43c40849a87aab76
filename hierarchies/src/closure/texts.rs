//! Many texts in one.

/// Texts by number, behind each other in one piece of memory.
#[derive(Debug)]
pub(super) struct Texts {
    all: String,
    /// Where each text begins, and where the last one ends.
    bounds: Vec<usize>,
}

impl Texts {
    /// No texts, with room for so many of so many bytes together.
    pub(super) fn with_capacity(count: usize, bytes: usize) -> Self {
        let mut bounds = Vec::with_capacity(count.saturating_add(1));
        bounds.push(0);
        Self { all: String::with_capacity(bytes), bounds }
    }

    pub(super) fn of(texts: &[&str]) -> Self {
        let mut all = Self::with_capacity(texts.len(), texts.iter().map(|text| text.len()).sum());
        for text in texts {
            all.push(text);
        }
        all
    }

    pub(super) fn push(&mut self, text: &str) {
        self.all.push_str(text);
        self.bounds.push(self.all.len());
    }

    /// A text; the empty one behind the end.
    pub(super) fn get(&self, number: u32) -> &str {
        let mut bounds = self.bounds.iter().copied().skip(number as usize);
        match (bounds.next(), bounds.next()) {
            (Some(start), Some(end)) => self.all.get(start..end).unwrap_or_default(),
            _ => "",
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.all.capacity() + self.bounds.capacity() * size_of::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::Texts;

    #[test]
    fn texts_come_back() {
        let given = ["", "é", "", "two words", "😀"];
        let texts = Texts::of(&given);
        for (number, text) in (0..).zip(given) {
            assert_eq!(texts.get(number), text);
        }
        assert_eq!(texts.get(5), "");
        assert_eq!(texts.get(u32::MAX), "");
        assert!(texts.bytes() >= 15 + 6 * size_of::<usize>());
    }
}
