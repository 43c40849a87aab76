//! The tree shape as a list of nodes.

use serde_json::{Map, Value};

use super::problems::Problems;
use super::reader::Reader;
use crate::error::Result;

/// The fields that have a meaning, but for `children`.
const FIELDS: [&str; 8] = ["id", "name", "color", "virtual", "order_index", "tree_order_index", "trace", "level"];

/// Where each node of a text stands. A node is known by its number; they are numbered as they begin in the text, so that
/// one comes before what is under it.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    places: Vec<Place>,
    /// Whether the text is an array, not one node.
    array: bool,
}

#[derive(Debug)]
struct Place {
    parent: Option<usize>,
    /// How many siblings come before.
    position: usize,
}

/// A node whose end has not come yet.
#[derive(Debug)]
struct Open {
    node: usize,
    /// How many children have begun.
    children: usize,
    /// Whether there was an array of children.
    has_children: bool,
}

/// What comes next in a text.
#[derive(Debug)]
enum Next {
    Node,
    Field,
    /// A comma, or the end of the node.
    FieldEnd,
    /// A comma, or the end of the array.
    NodeEnd,
}

impl Nodes {
    /// The number of the node right above; none for a top one.
    pub(super) fn parent(&self, node: usize) -> Option<usize> {
        self.places.get(node).and_then(|place| place.parent)
    }

    /// The JSON pointer to a node.
    pub(super) fn pointer(&self, node: usize) -> String {
        let place = |node: usize| self.places.get(node);
        let mut way: Vec<&Place> = std::iter::successors(place(node), |below| below.parent.and_then(place)).collect();
        way.reverse();
        let mut pointer = String::new();
        for step in way {
            if step.parent.is_some() {
                pointer.push_str("/children");
            }
            if step.parent.is_some() || self.array {
                pointer.extend(["/", step.position.to_string().as_str()]);
            }
        }
        pointer
    }
}

/// Reads a node or an array of nodes, and gives the fields of every node that have a meaning. What has another shape is
/// noted and skipped.
///
/// # Errors
///
/// If the text is not JSON.
pub(super) fn read(text: &str, problems: &mut Problems) -> Result<(Nodes, Vec<Map<String, Value>>)> {
    let mut walk = Walk {
        reader: Reader::new(text),
        nodes: Nodes::default(),
        fields: Vec::new(),
        open: Vec::new(),
        top: 0,
        problems,
    };
    walk.all()?;
    Ok((walk.nodes, walk.fields))
}

#[derive(Debug)]
struct Walk<'t, 'p> {
    reader: Reader<'t>,
    nodes: Nodes,
    fields: Vec<Map<String, Value>>,
    /// From the outermost to the innermost.
    open: Vec<Open>,
    /// How many nodes at the top have begun.
    top: usize,
    problems: &'p mut Problems,
}

impl Walk<'_, '_> {
    fn all(&mut self) -> Result<()> {
        self.nodes.array = self.reader.take('[');
        if !self.nodes.array && !self.reader.is_next('{') {
            return self.reader.expect('[', "`[` or `{`");
        }
        if self.nodes.array && self.reader.take(']') {
            return self.reader.end();
        }
        let mut next = Next::Node;
        loop {
            next = match next {
                Next::Node => self.node()?,
                Next::Field => self.field()?,
                Next::FieldEnd if self.reader.take(',') => Next::Field,
                Next::FieldEnd => {
                    self.reader.expect('}', "`,` or `}`")?;
                    self.open.pop();
                    Next::NodeEnd
                }
                Next::NodeEnd if self.open.is_empty() && !self.nodes.array => break,
                Next::NodeEnd if self.reader.take(',') => Next::Node,
                Next::NodeEnd => {
                    self.reader.expect(']', "`,` or `]`")?;
                    if self.open.is_empty() {
                        break;
                    }
                    Next::FieldEnd
                }
            };
        }
        self.reader.end()
    }

    fn node(&mut self) -> Result<Next> {
        let parent = self.open.last().map(|open| open.node);
        let begun = self.open.last_mut().map_or(&mut self.top, |open| &mut open.children);
        let position = *begun;
        *begun += 1;
        let node = self.nodes.places.len();
        self.nodes.places.push(Place { parent, position });
        if !self.reader.take('{') {
            self.reader.skip()?;
            self.problems.add(|| self.nodes.pointer(node), "expected an object");
            self.nodes.places.pop();
            return Ok(Next::NodeEnd);
        }
        self.fields.push(Map::new());
        if self.reader.take('}') {
            return Ok(Next::NodeEnd);
        }
        self.open.push(Open { node, children: 0, has_children: false });
        Ok(Next::Field)
    }

    fn field(&mut self) -> Result<Next> {
        let name: String = self.reader.value("the name of a field")?;
        self.reader.expect(':', "`:`")?;
        if name == "children" {
            return self.children();
        }
        if !FIELDS.contains(&name.as_str()) {
            self.reader.skip()?;
            return Ok(Next::FieldEnd);
        }
        let value: Value = self.reader.value("a value")?;
        if let Some(open) = self.open.last()
            && let Some(fields) = self.fields.get_mut(open.node)
            && fields.insert(name.clone(), value).is_some()
        {
            self.problems.add(|| format!("{}/{name}", self.nodes.pointer(open.node)), "expected once");
        }
        Ok(Next::FieldEnd)
    }

    fn children(&mut self) -> Result<Next> {
        let array = self.reader.take('[');
        if let Some(open) = self.open.last_mut() {
            let message = if array { "expected once" } else { "expected an array" };
            if !array || open.has_children {
                self.problems.add(|| format!("{}/children", self.nodes.pointer(open.node)), message);
            }
            open.has_children = true;
        }
        if !array {
            self.reader.skip()?;
            return Ok(Next::FieldEnd);
        }
        Ok(if self.reader.take(']') { Next::FieldEnd } else { Next::Node })
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::luzmo::problems::Problems;

    /// The pointers to the nodes of a text, each with the ids of the node and its parent.
    #[track_caller]
    fn check(text: &str, nodes: &[(&str, &str, Option<&str>)]) {
        let mut problems = Problems::default();
        let (found, fields) = read(text, &mut problems).unwrap();
        assert_eq!(problems.finish(), Ok(()), "{text}");
        let id = |node: usize| fields[node]["id"].as_str().unwrap();
        let pointers: Vec<String> = (0..fields.len()).map(|node| found.pointer(node)).collect();
        let found: Vec<(&str, &str, Option<&str>)> =
            (0..fields.len()).map(|node| (pointers[node].as_str(), id(node), found.parent(node).map(id))).collect();
        assert_eq!(found, nodes, "{text}");
    }

    #[track_caller]
    fn check_wrong(text: &str, error: &str) {
        let error_found = read(text, &mut Problems::default()).map(|_| ()).unwrap_err();
        assert_eq!(error_found.to_string(), error, "{text}");
    }

    #[track_caller]
    fn check_problem(text: &str, at: &str, message: &str) {
        let mut problems = Problems::default();
        read(text, &mut problems).unwrap();
        let error = problems.finish().unwrap_err();
        assert_eq!(error.at(), Some(at), "{text}");
        assert!(error.to_string().contains(message), "{text}: {error}");
    }

    #[test]
    fn nodes_come_before_what_is_under_them() {
        check("[]", &[]);
        check(r#"{"id":"a"}"#, &[("", "a", None)]);
        check(r#" [ {"id":"a"} , {"id":"b"} ] "#, &[("/0", "a", None), ("/1", "b", None)]);
        check(
            r#"{"children":[{"id":"b","children":[{"id":"c"}]},{"children":[],"x":[{"id":"y"}],"id":"d"}],"id":"a"}"#,
            &[
                ("", "a", None),
                ("/children/0", "b", Some("a")),
                ("/children/0/children/0", "c", Some("b")),
                ("/children/1", "d", Some("a")),
            ],
        );
        check(
            r#"[{"id":"a"},{"id":"b","children":[{"id":"c"}]},{"id":"d","children":[{"id":"e"},{"id":"f"}]}]"#,
            &[
                ("/0", "a", None),
                ("/1", "b", None),
                ("/1/children/0", "c", Some("b")),
                ("/2", "d", None),
                ("/2/children/0", "e", Some("d")),
                ("/2/children/1", "f", Some("d")),
            ],
        );
    }

    #[test]
    fn what_is_no_json_is_refused_with_the_place() {
        check_wrong("", "expected `[` or `{` at byte 0");
        check_wrong("null", "expected `[` or `{` at byte 0");
        check_wrong("[", "expected a value at byte 1");
        check_wrong("[{}", "expected `,` or `]` at byte 3");
        check_wrong("[{},]", "expected a value at byte 4");
        check_wrong("{} {}", "expected the end at byte 3");
        check_wrong("[] x", "expected the end at byte 3");
        check_wrong("{\"id\" 1}", "expected `:` at byte 6");
        check_wrong("{1:1}", "expected the name of a field at byte 1");
        check_wrong("{\"id\":}", "expected a value at byte 6");
        check_wrong("{\"id\":1,}", "expected the name of a field at byte 8");
        check_wrong("{\"children\":[{}}", "expected `,` or `]` at byte 15");
        check_wrong("{\"children\":[]", "expected `,` or `}` at byte 14");
    }

    #[test]
    fn other_shapes_are_noted_with_their_places() {
        check_problem("[1]", "/0", "expected an object");
        check_problem(r#"[{},{"children":[{},[{}],{}]}]"#, "/1/children/1", "expected an object");
        check_problem(r#"[{"children":null}]"#, "/0/children", "expected an array");
        check_problem(r#"{"children":[{"children":{"id":"a"}}]}"#, "/children/0/children", "expected an array");
        check_problem(r#"{"children":[],"children":[{}]}"#, "/children", "expected once");
        check_problem(r#"[{"id":"a","name":"b","id":"c"}]"#, "/0/id", "expected once");
    }

    #[test]
    fn depth_does_not_matter_here() {
        let text = r#"{"id":"a","children":["#.repeat(100_000) + &"]}".repeat(100_000);
        let (nodes, fields) = read(&text, &mut Problems::default()).unwrap();
        assert_eq!(fields.len(), 100_000);
        assert_eq!(nodes.parent(99_999), Some(99_998));
    }
}
