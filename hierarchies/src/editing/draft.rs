//! A tree while it is edited.

use std::collections::HashMap;
use std::mem;

use super::edit::{ChildRule, Edit};
use crate::{Element, Fault, MOST_DEPTH};

/// A tree between two edits. It may have parents that do not exist, and after upserts also rings.
#[derive(Debug)]
pub(super) struct Draft<'e> {
    /// The number of every id that has been seen, as one of an element or of a parent.
    numbers: HashMap<&'e str, usize>,
    /// By number.
    members: Vec<Member<'e>>,
    /// The numbers of the elements in the order in which they came. One that came, went and came again is here twice.
    places: Vec<usize>,
}

#[derive(Debug)]
struct Member<'e> {
    id: &'e str,
    /// Nothing while there is no element of that id.
    held: Option<Held<'e>>,
    /// How many children it has.
    children: usize,
    /// All that became its children, also those that left again: keeping this list exact would make leaving slow.
    joined: Vec<usize>,
}

/// An element, and what edits changed in it.
#[derive(Debug)]
struct Held<'e> {
    element: &'e Element,
    parent: Option<usize>,
    order: Option<f64>,
    place: usize,
}

impl<'e> Draft<'e> {
    pub(super) fn of(elements: &'e [Element]) -> Self {
        let numbers = HashMap::with_capacity(elements.len());
        let mut draft =
            Self { numbers, members: Vec::with_capacity(elements.len()), places: Vec::with_capacity(elements.len()) };
        for element in elements {
            draft.upsert(element);
        }
        draft
    }

    /// Does an edit, or leaves all as it is.
    pub(super) fn edit(&mut self, edit: &'e Edit) -> Result<(), Fault> {
        match edit {
            Edit::Upsert(element) => {
                self.upsert(element);
                Ok(())
            }
            Edit::Move { id, parent, order } => self.relocate(id, parent.as_deref(), *order),
            Edit::Delete { id, children } => self.delete(id, *children),
        }
    }

    /// The elements as they are now.
    pub(super) fn elements(&self) -> Vec<Element> {
        let in_order = self.places.iter().enumerate().filter_map(|(place, number)| {
            let held = self.held(*number).filter(|held| held.place == place)?;
            let parent = held.parent.and_then(|parent| self.members.get(parent)).map(|parent| parent.id.to_owned());
            Some(Element { parent, order: held.order, ..held.element.clone() })
        });
        in_order.collect()
    }

    fn upsert(&mut self, element: &'e Element) {
        let number = self.number(&element.id);
        let parent = element.parent.as_deref().map(|parent| self.number(parent));
        let place = match self.take(number) {
            Some(before) => before.place,
            None => {
                self.places.push(number);
                self.places.len() - 1
            }
        };
        self.put(number, Held { element, parent, order: element.order, place });
    }

    fn relocate(&mut self, id: &str, parent: Option<&'e str>, order: Option<f64>) -> Result<(), Fault> {
        let number = self.known(id)?;
        let parent = parent.map(|parent| self.number(parent));
        let mut above = parent;
        for _ in 0..MOST_DEPTH {
            match above {
                None => {
                    if let Some(held) = self.take(number) {
                        self.put(number, Held { parent, order, ..held });
                    }
                    return Ok(());
                }
                Some(member) if member == number => return Err(Fault::UnderItself { id: id.to_owned() }),
                Some(member) => above = self.held(member).and_then(|held| held.parent),
            }
        }
        Err(Fault::TooDeep { id: id.to_owned(), depth: MOST_DEPTH + 1, most: MOST_DEPTH })
    }

    fn delete(&mut self, id: &str, rule: ChildRule) -> Result<(), Fault> {
        let number = self.known(id)?;
        match rule {
            ChildRule::Refuse => match self.members.get(number).map_or(0, |member| member.children) {
                0 => {
                    self.take(number);
                }
                children => return Err(Fault::HasChildren { id: id.to_owned(), children }),
            },
            ChildRule::Lift => {
                let parent = self.take(number).and_then(|held| held.parent);
                for child in self.joined(number) {
                    // The check also skips what joined twice: it has been lifted by then.
                    if self.held(child).is_some_and(|held| held.parent == Some(number))
                        && let Some(held) = self.take(child)
                    {
                        self.put(child, Held { parent, ..held });
                    }
                }
            }
            ChildRule::Delete => {
                self.take(number);
                let mut left = self.joined(number).into_iter().map(|child| (child, number)).collect::<Vec<_>>();
                while let Some((child, parent)) = left.pop() {
                    if self.held(child).is_some_and(|held| held.parent == Some(parent)) {
                        self.take(child);
                        left.extend(self.joined(child).into_iter().map(|grandchild| (grandchild, child)));
                    }
                }
            }
        }
        Ok(())
    }

    /// The number of an id, which is new if the id is.
    fn number(&mut self, id: &'e str) -> usize {
        let next = self.members.len();
        let number = *self.numbers.entry(id).or_insert(next);
        if number == next {
            self.members.push(Member { id, held: None, children: 0, joined: Vec::new() });
        }
        number
    }

    /// The number of an element that is there.
    fn known(&self, id: &str) -> Result<usize, Fault> {
        let number = self.numbers.get(id).copied().filter(|number| self.held(*number).is_some());
        number.ok_or_else(|| Fault::Unknown { id: id.to_owned() })
    }

    fn held(&self, number: usize) -> Option<&Held<'e>> {
        self.members.get(number)?.held.as_ref()
    }

    /// Takes an element out of its place. Its children stay where they are.
    fn take(&mut self, number: usize) -> Option<Held<'e>> {
        let held = self.members.get_mut(number)?.held.take()?;
        if let Some(parent) = held.parent.and_then(|parent| self.members.get_mut(parent)) {
            parent.children -= 1;
        }
        Some(held)
    }

    /// Puts an element that is in no place into one.
    fn put(&mut self, number: usize, held: Held<'e>) {
        if let Some(parent) = held.parent.and_then(|parent| self.members.get_mut(parent)) {
            parent.children += 1;
            parent.joined.push(number);
        }
        if let Some(member) = self.members.get_mut(number) {
            member.held = Some(held);
        }
    }

    /// All that may be a child of a member that loses its children.
    fn joined(&mut self, number: usize) -> Vec<usize> {
        self.members.get_mut(number).map(|member| mem::take(&mut member.joined)).unwrap_or_default()
    }
}
