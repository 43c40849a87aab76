//! Who asks: the values that decide the parameterised filters of datasets.

use std::collections::BTreeMap;

use crate::query::Literal;

/// The decision under which a query runs. A dataset with parameterised filters refuses a query whose scope does not
/// decide every one of them; there is no query without a scope.
///
/// ```
/// use drillcore::Scope;
///
/// let tenant = Scope::new().parameter("tenant_id", "acme").parameter("regions", vec!["north", "south"]);
/// let owner = Scope::unrestricted();
/// assert!(owner.is_unrestricted());
/// # let _ = tenant;
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scope {
    unrestricted: bool,
    defaults: bool,
    decisions: BTreeMap<String, Decision>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Decision {
    Value(Literal),
    Clear,
}

impl Scope {
    /// A scope that decides nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A scope that drops every parameterised filter: for the owner of all the data. Filters with fixed values stay.
    #[must_use]
    pub fn unrestricted() -> Self {
        Self { unrestricted: true, ..Self::default() }
    }

    /// The value of one parameter; a list for filters such as `? in ?`.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<Literal>) -> Self {
        self.decisions.insert(name.into(), Decision::Value(value.into()));
        self
    }

    /// Drops the filters of one parameter.
    #[must_use]
    pub fn clear(mut self, name: impl Into<String>) -> Self {
        self.decisions.insert(name.into(), Decision::Clear);
        self
    }

    /// Lets parameters that this scope does not name take the default value of their filter, where it has one.
    #[must_use]
    pub fn with_defaults(mut self) -> Self {
        self.defaults = true;
        self
    }

    /// Whether parameterised filters are dropped.
    #[must_use]
    pub fn is_unrestricted(&self) -> bool {
        self.unrestricted
    }

    pub(crate) fn takes_defaults(&self) -> bool {
        self.defaults
    }

    pub(crate) fn decision(&self, parameter: &str) -> Option<&Decision> {
        self.decisions.get(parameter)
    }
}
