//! The texts of a group that can come into its list.

use std::cmp::Ordering;

/// How many texts are held before they are put in order for the first time.
const CROWD: usize = 16;

/// What a list looks like.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Rule {
    pub(super) separator: String,
    pub(super) distinct: bool,
    pub(super) descending: bool,
    /// The most texts that are shown.
    pub(super) max: u64,
}

impl Rule {
    /// How many texts must be known: one more than are shown tells that some are left out.
    fn needed(&self) -> usize {
        usize::try_from(self.max).unwrap_or(usize::MAX).saturating_add(1)
    }

    /// By code point, which is the order of the bytes.
    fn compare(&self, left: &str, right: &str) -> Ordering {
        let order = left.cmp(right);
        if self.descending { order.reverse() } else { order }
    }
}

/// The first texts of a group in the order of its list, and some that came since they were last put in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Best {
    texts: Vec<Box<str>>,
    /// Bytes of the texts.
    bytes: usize,
    /// How many texts are put in order the next time.
    crowd: usize,
    /// Whether all places that are needed are taken, so that no text behind the last of them need be taken in.
    full: bool,
}

impl Best {
    /// Takes in a text if it can come into the list.
    pub(super) fn offer(&mut self, text: &str, rule: &Rule) {
        let last = if self.full { self.texts.get(rule.needed() - 1) } else { None };
        if last.is_some_and(|last| rule.compare(text, last).is_ge()) {
            return;
        }
        self.bytes += text.len();
        self.texts.push(text.into());
        if self.texts.len() >= self.crowd.max(CROWD) {
            self.prune(rule);
        }
    }

    /// Brings the texts in order and drops those that cannot come into the list.
    fn prune(&mut self, rule: &Rule) {
        let needed = rule.needed();
        self.texts.sort_unstable_by(|left, right| rule.compare(left, right));
        if rule.distinct {
            self.texts.dedup();
        }
        self.full = self.texts.len() >= needed;
        self.texts.truncate(needed);
        self.bytes = self.texts.iter().map(|text| text.len()).sum();
        self.crowd = self.texts.len().saturating_mul(2);
    }

    /// The texts that are needed, in order.
    pub(super) fn sorted(&mut self, rule: &Rule) -> &[Box<str>] {
        self.prune(rule);
        &self.texts
    }

    /// The list; nothing without texts.
    pub(super) fn joined(&mut self, rule: &Rule) -> Option<String> {
        let shown = rule.needed() - 1;
        let texts = self.sorted(rule);
        if texts.is_empty() {
            return None;
        }
        let mut joined = String::new();
        let rest = (texts.len() > shown).then_some("…");
        for (index, text) in texts.iter().take(shown).map(|text| &**text).chain(rest).enumerate() {
            if index > 0 {
                joined.push_str(&rule.separator);
            }
            joined.push_str(text);
        }
        Some(joined)
    }

    /// Bytes on the heap.
    pub(super) fn size(&self) -> usize {
        self.bytes + self.texts.capacity() * size_of::<Box<str>>()
    }
}
