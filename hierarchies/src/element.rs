//! One member of a tree, as it is kept.

use serde::{Deserialize, Serialize};

use crate::{Color, Localized};

/// The most elements that a definition has.
pub const MOST_ELEMENTS: usize = 100_000;

/// The greatest depth of an element; a child of the root has depth 1.
pub const MOST_DEPTH: usize = 64;

/// The most bytes of the id of an element, and of the names in a definition.
pub const MOST_ID_BYTES: usize = 1024;

/// A member of a tree: a value of the column, or a category that is no value of the data.
///
/// Siblings are shown by their order: those that have one first, ascending, then the others by id (code point).
///
/// ```
/// use drillcore_hierarchies::{Color, Element};
///
/// let west = Element::group("west").named("West").colored(Color::new(0, 128, 255));
/// let lax = Element::value("LAX").under("west").ordered(1.0);
/// assert!(west.is_virtual && !lax.is_virtual);
/// assert_eq!(lax.parent.as_deref(), Some("west"));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Element {
    /// The value of the column, or the id of a virtual element: 1 to 1024 bytes without control characters, but not
    /// `_$root`. It is unique in its tree.
    pub id: String,
    /// The id of the element above; none for a child of the root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// The shown name; an element without one is shown by its id.
    #[serde(default, skip_serializing_if = "Localized::is_empty")]
    pub name: Localized,
    /// The colour, if one is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<Color>,
    /// The place among the siblings, a finite number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<f64>,
    /// Whether this is a category only. A value of the data that equals its id has no place in the tree.
    #[serde(rename = "virtual", default, skip_serializing_if = "std::ops::Not::not")]
    pub is_virtual: bool,
}

impl Element {
    /// A value of the column, a child of the root.
    #[must_use]
    pub fn value(id: impl Into<String>) -> Self {
        Self { id: id.into(), parent: None, name: Localized::default(), color: None, order: None, is_virtual: false }
    }

    /// A virtual element, a child of the root.
    #[must_use]
    pub fn group(id: impl Into<String>) -> Self {
        Self { is_virtual: true, ..Self::value(id) }
    }

    /// Puts it under the element of that id.
    #[must_use]
    pub fn under(mut self, parent: impl Into<String>) -> Self {
        self.parent = Some(parent.into());
        self
    }

    /// Sets the shown name.
    #[must_use]
    pub fn named(mut self, name: impl Into<Localized>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets the colour.
    #[must_use]
    pub fn colored(mut self, color: Color) -> Self {
        self.color = Some(color);
        self
    }

    /// Sets the place among the siblings.
    #[must_use]
    pub fn ordered(mut self, order: f64) -> Self {
        self.order = Some(order);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::Element;
    use crate::{Color, Localized};

    #[track_caller]
    fn check(element: &Element, json: &str) {
        assert_eq!(serde_json::to_string(element).unwrap(), json);
        assert_eq!(&serde_json::from_str::<Element>(json).unwrap(), element);
    }

    #[test]
    fn an_element_is_written_without_what_it_has_not() {
        check(&Element::value("LAX"), r#"{"id":"LAX"}"#);
        let name = Localized::new("West").with("nl", "Westen");
        check(
            &Element::group("w").under("all").named(name).colored(Color::new(1, 2, 3)).ordered(0.5),
            r##"{"id":"w","parent":"all","name":{"en":"West","nl":"Westen"},"color":"#010203","order":0.5,"virtual":true}"##,
        );
    }

    #[test]
    fn nulls_are_what_is_left_out_and_unknown_fields_are_refused() {
        let element: Element = serde_json::from_str(r#"{"id":"a","parent":null,"color":null,"order":null}"#).unwrap();
        assert_eq!(element, Element::value("a"));
        let error = |json: &str| serde_json::from_str::<Element>(json).unwrap_err().to_string();
        assert!(error(r#"{"id":"a","is_virtual":true}"#).contains("unknown field `is_virtual`"));
        assert!(error(r#"{"parent":"a"}"#).contains("missing field `id`"));
    }
}
