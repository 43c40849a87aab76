//! Names and descriptions in several languages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A text in one or several languages, keyed by locale (`en`, `nl`, `pt-BR`).
///
/// ```
/// use drillcore_hierarchies::Localized;
///
/// let name = Localized::new("Origin").with("nl", "Vertrek");
/// assert_eq!(name.get("nl-BE"), Some("Vertrek"));
/// assert_eq!(name.get("fr"), Some("Origin"));
/// assert_eq!(name.iter().collect::<Vec<_>>(), [("en", "Origin"), ("nl", "Vertrek")]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Localized(BTreeMap<String, String>);

impl Localized {
    /// A text in English, the language of last resort.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(BTreeMap::from([("en".to_owned(), text.into())]))
    }

    /// Adds or replaces the text of one locale.
    #[must_use]
    pub fn with(mut self, locale: impl Into<String>, text: impl Into<String>) -> Self {
        self.0.insert(locale.into(), text.into());
        self
    }

    /// The text for a locale: itself, else its language, else English, else any.
    #[must_use]
    pub fn get(&self, locale: &str) -> Option<&str> {
        let language = locale.split(['-', '_']).next().unwrap_or(locale);
        [locale, language, "en"]
            .iter()
            .find_map(|key| self.0.get(*key))
            .or_else(|| self.0.values().next())
            .map(String::as_str)
    }

    /// Whether no language has a text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every locale with its text, by locale.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(locale, text)| (locale.as_str(), text.as_str()))
    }
}

impl<T: Into<String>> From<T> for Localized {
    fn from(text: T) -> Self {
        Self::new(text)
    }
}
