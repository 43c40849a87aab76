//! The ways from members up to the root.

/// Where the ways up lead.
#[derive(Debug)]
pub(super) struct Ways {
    /// By member: its depth, 1 for a child of the root. Nothing for a member that is in a ring or under one.
    pub(super) depths: Vec<Option<usize>>,
    /// The rings, each from a member to its parent.
    pub(super) rings: Vec<Vec<usize>>,
}

#[derive(Debug, Clone, Copy)]
enum Way {
    Unseen,
    /// On the way that is being walked.
    Walking,
    /// The depth, or that it has none.
    Known(Option<usize>),
}

/// Walks up from every member. `parents` holds the index of the parent of each, nothing for a child of the root. Every
/// member is walked over once, without recursion.
pub(super) fn ways(parents: &[Option<usize>]) -> Ways {
    let mut found = vec![Way::Unseen; parents.len()];
    let mut rings: Vec<Vec<usize>> = Vec::new();
    let mut walked: Vec<usize> = Vec::new();
    for start in 0..parents.len() {
        let mut at = Some(start);
        let mut depth = loop {
            let Some(index) = at else { break Some(0) };
            let Some(way) = found.get_mut(index) else { break Some(0) };
            match *way {
                Way::Known(depth) => break depth,
                Way::Walking => {
                    rings.push(walked.iter().copied().skip_while(|member| *member != index).collect());
                    break None;
                }
                Way::Unseen => {
                    *way = Way::Walking;
                    walked.push(index);
                    at = parents.get(index).copied().flatten();
                }
            }
        };
        for index in walked.drain(..).rev() {
            depth = depth.map(|depth| depth + 1);
            if let Some(way) = found.get_mut(index) {
                *way = Way::Known(depth);
            }
        }
    }
    let depth = |way: Way| if let Way::Known(depth) = way { depth } else { None };
    Ways { depths: found.into_iter().map(depth).collect(), rings }
}
