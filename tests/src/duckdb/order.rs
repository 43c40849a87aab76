//! The order of the rows of an answer.

use super::chain::{clause, meet};
use super::columns::Writer;
use super::steps::Steps;
use super::windows::{ascending, sorted};
use crate::spec::{Key, Output};

/// A key of the order of the rows, which are called `r`, and the dimension it is.
fn of_rows(key: &Key) -> (Option<usize>, String) {
    let dimension = match key.of {
        Output::Dimension(index) => Some(index),
        Output::Cell(_) => None,
    };
    (dimension, format!("r.{}", sorted(key)))
}

impl Writer<'_> {
    /// What follows the rows, called `r`: the totals of parents by which tiers go, and the order. The remainder of a top
    /// stands behind the members it was ranked with.
    pub(super) fn ordered(&self, steps: &mut Steps<'_>) -> String {
        let spec = self.spec;
        let mut joins = String::new();
        let mut keys: Vec<(Option<usize>, String)> = Vec::new();
        for (number, key) in spec.order.iter().enumerate() {
            let depths = if key.tiered { 1..self.dimensions.len() } else { 0..0 };
            for depth in depths {
                let parents = self.keys()[..depth].to_vec();
                let totals = self.evaluated(&steps.parts, &steps.visible(), &parents);
                let tier = steps.chain.add(format!("tier{number}_{depth}"), totals);
                joins += &format!(" JOIN {tier} ON {}", meet("r", &tier, &parents));
                keys.push((None, format!("{tier}.{}", sorted(key))));
                keys.push(of_rows(&ascending(depth - 1)));
            }
            keys.push(of_rows(key));
        }
        for index in 0..self.dimensions.len() {
            if !spec.order.iter().any(|key| key.of == Output::Dimension(index)) {
                keys.push(of_rows(&ascending(index)));
            }
        }
        if let Some(of) = self.other() {
            let leading =
                keys.iter().take_while(|(dimension, _)| dimension.is_some() && *dimension != Some(of)).count();
            keys.insert(leading, (None, "r.other".to_owned()));
        }
        let keys: Vec<String> = keys.into_iter().map(|(_, key)| key).collect();
        format!("{joins}{}", clause("ORDER BY", &keys))
    }
}
