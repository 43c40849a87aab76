//! Another dimension in the place of one, with all that the query says of it.

use super::names::{answer_names, keep, mentioned};
use crate::query::{
    DatetimeLevel, Dimension, Field, Filter, Limit, Members, Operand, OrderKey, Query, Reference, Target,
};

/// Puts a dimension in the place of another one, whose name it takes if there was one, and lets what refers to the old
/// one refer to it. The answer begins at its first row again.
pub(super) fn replace(query: &mut Query, place: usize, mut next: Dimension) {
    let Some(old) = query.dimensions.get(place).cloned() else { return };
    let names = answer_names(query);
    let mentions = mentioned(query);
    let is_first = !query.dimensions.iter().take(place).any(|earlier| shows_the_same(earlier, &old));
    let own_name = std::mem::replace(&mut next.name, old.name.clone());
    if let Some(slot) = query.dimensions.get_mut(place) {
        *slot = next;
    }
    keep(query, &mentions);
    if let Some(slot) = query.dimensions.get_mut(place)
        && slot.name.is_none()
        && !mentions.iter().any(|(_, of)| *of == place)
    {
        slot.name = own_name;
        keep(query, &mentions);
    }
    let Some(new) = query.dimensions.get(place).cloned() else { return };
    if is_first {
        order_follows(query, place, &old, &new);
    }
    having_follows(query, &old, &new);
    dates_stay(query, &old, &new);
    // A cell of a pivot is called by a member of the old dimension.
    if let Some(name) = names.get(place) {
        query.order.retain(|order| !order.at.iter().any(|(of, _)| of == name));
    }
    first_page(query);
}

/// Begins at the first row.
pub(super) fn first_page(query: &mut Query) {
    query.limit = query.limit.map(|limit| Limit { offset: 0, ..limit }).filter(|limit| limit.by.is_some());
}

fn shows_the_same(left: &Dimension, right: &Dimension) -> bool {
    left.reference == right.reference && left.level == right.level && left.discretization == right.discretization
}

/// Keys that name the old dimension by what it is name the new one.
fn order_follows(query: &mut Query, place: usize, old: &Dimension, new: &Dimension) {
    let dataset = query.dataset.clone();
    let is_old = |reference: &Reference, level: Option<DatetimeLevel>| {
        let own = |reference: &Reference| reference.dataset.clone().or_else(|| dataset.clone());
        match (&reference.target, &old.reference.target) {
            // The level in a key does not tell dimensions apart.
            (Target::Hierarchy(key), Target::Hierarchy(shown)) => key.hierarchy == shown.hierarchy,
            (key, shown) => {
                key == shown
                    && level == old.level
                    && old.discretization.is_none()
                    && own(reference) == own(&old.reference)
            }
        }
    };
    // Bins and groups are called by name only.
    let name = new.discretization.as_ref().and_then(|_| answer_names(query).into_iter().nth(place));
    let mut is_called = false;
    for order in &mut query.order {
        let OrderKey::Field { reference, level, aggregation: None } = &mut order.key else { continue };
        if !is_old(reference, *level) {
            continue;
        }
        if let Some(name) = &name {
            order.key = OrderKey::By(name.clone());
            is_called = true;
            continue;
        }
        if let (Target::Hierarchy(key), Target::Hierarchy(shown)) = (&mut reference.target, &new.reference.target)
            && key.hierarchy == shown.hierarchy
        {
            if key.level.is_some() {
                key.level.clone_from(&shown.level);
            }
            continue;
        }
        *reference = key_of(&new.reference);
        *level = new.level;
    }
    if is_called && let Some(dimension) = query.dimensions.get_mut(place) {
        dimension.name = name;
    }
}

/// A key says of a hierarchy its level at most.
fn key_of(reference: &Reference) -> Reference {
    let target = match &reference.target {
        Target::Hierarchy(shown) => {
            let id = shown.hierarchy.clone();
            Target::Hierarchy(Members { level: shown.level.clone(), ..Members::new(id) })
        }
        other => other.clone(),
    };
    Reference { dataset: reference.dataset.clone(), target }
}

/// Conditions on the buckets of a datetime hold for the finer ones in them too. They follow where a measure cannot be
/// meant.
fn having_follows(query: &mut Query, old: &Dimension, new: &Dimension) {
    let is_measured = || query.measures.iter().any(|of| of.reference == old.reference && of.level == old.level);
    if old.reference != new.reference || old.level == new.level || is_measured() {
        return;
    }
    let from = Field { reference: old.reference.clone(), level: old.level };
    let mut follow = |field: &mut Field| {
        if *field == from {
            field.level = new.level;
        }
    };
    query.having.iter_mut().for_each(|filter| each_field(filter, &mut follow));
}

fn each_field(filter: &mut Filter, change: &mut impl FnMut(&mut Field)) {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter_mut().for_each(|part| each_field(part, change)),
        Filter::Not(inner) => each_field(inner, change),
        Filter::Leaf(leaf) => {
            change(&mut leaf.left);
            if let Some(Operand::Field(field)) = &mut leaf.right {
                change(field);
            }
        }
    }
}

/// A comparison and a cumulative measure may call their date by the name of the dimension on it. They stay with the
/// date.
fn dates_stay(query: &mut Query, old: &Dimension, new: &Dimension) {
    if old.reference == new.reference || old.reference.members().is_some() {
        return;
    }
    let Some(name) = &old.name else { return };
    let stay = |date: &mut Reference| {
        if matches!(&date.target, Target::Name(named) if named == name) {
            date.clone_from(&old.reference);
        }
    };
    if let Some(compare) = &mut query.compare {
        stay(&mut compare.reference);
    }
    let cumulative = query.measures.iter_mut().filter_map(|measure| measure.settings.cumulative.as_mut());
    cumulative.for_each(|cumulative| stay(&mut cumulative.over));
}
