//! Statements made of named parts.

/// Named parts of a statement, each over those before it.
#[derive(Debug, Clone, Default)]
pub(super) struct Chain(Vec<(String, String)>);

impl Chain {
    /// Appends a part; its name comes back.
    pub(super) fn add(&mut self, name: impl Into<String>, sql: String) -> String {
        let name = name.into();
        self.0.push((name.clone(), sql));
        name
    }

    /// The statement that ends with a query over the parts.
    pub(super) fn then(&self, query: &str) -> String {
        let parts: Vec<String> = self.0.iter().map(|(name, sql)| format!("{name} AS ({sql})")).collect();
        if parts.is_empty() { query.to_owned() } else { format!("WITH {} {query}", parts.join(", ")) }
    }
}

/// The condition that two tables have the same members in some columns.
pub(super) fn meet(left: &str, right: &str, keys: &[String]) -> String {
    meet_but(left, right, keys, None)
}

/// The same without one of the columns.
pub(super) fn meet_but(left: &str, right: &str, keys: &[String], but: Option<usize>) -> String {
    let kept = keys.iter().enumerate().filter(|(index, _)| Some(*index) != but);
    let same: Vec<String> = kept.map(|(_, key)| format!("{left}.{key} IS NOT DISTINCT FROM {right}.{key}")).collect();
    if same.is_empty() { "TRUE".to_owned() } else { same.join(" AND ") }
}

/// A clause with a list, or nothing without items.
pub(super) fn clause(word: &str, items: &[String]) -> String {
    if items.is_empty() { String::new() } else { format!(" {word} {}", items.join(", ")) }
}
