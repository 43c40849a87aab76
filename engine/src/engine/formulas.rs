//! Stored formulas: kept in the catalog under a name, checked against their dataset.

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use super::Engine;
use crate::catalog::{Catalog, Definition, Dependency, Formula};
use crate::error::{Error, Result};
use crate::resolve::{broken, dependencies, formula_type_of, rename_formula};

impl Engine {
    /// Keeps a formula under its name, in place of the one that has its id. It outlives the process where its dataset
    /// does.
    ///
    /// # Errors
    ///
    /// `NotFound` for an unknown dataset; `InvalidInput` for a name that another formula has, for a text that is no
    /// formula of aggregate level over the dataset (at `/expression`, with the [span](Error::span) in the text), for
    /// formulas that are made of each other, and if what uses the formula could not use it any more.
    ///
    /// ```
    /// use drillcore::{Engine, Formula, PushMode, Rows};
    ///
    /// # fn main() -> Result<(), drillcore::Error> {
    /// # futures::executor::block_on(async {
    /// let engine = Engine::in_memory()?;
    /// let rows = vec![vec!["Ghent".into(), 30.into()], vec!["Bruges".into(), 40.into()]];
    /// engine.push("sales", PushMode::Create, Rows::new(["city", "amount"], rows)).await?;
    ///
    /// let mean = Formula::new("mean", "sales", "SUM({amount}) / COUNTR()").description("Per sale");
    /// engine.save_formula(mean).await?;
    /// let error = engine.save_formula(Formula::new("wrong", "sales", "SUM({amuont})")).await.unwrap_err();
    /// assert_eq!(error.message(), "dataset `sales` has no column `amuont`; did you mean `amount`?");
    /// assert_eq!((error.path(), error.span()), (Some("/expression"), Some((4, 12))));
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub async fn save_formula(&self, formula: Formula) -> Result<Uuid> {
        self.blocking(move |inner| {
            inner.change(|catalog| {
                let (id, name) = (formula.id, formula.name.clone());
                let next = catalog.with_formula(formula)?;
                formula_type_of(&next, &name)?;
                Ok((next, id))
            })
        })
        .await
    }

    /// The stored formula of a name, or of an id where no name is the same text.
    ///
    /// # Errors
    ///
    /// `NotFound` if there is none.
    pub async fn formula(&self, name_or_id: &str) -> Result<Formula> {
        let name_or_id = name_or_id.to_owned();
        self.blocking(move |inner| Ok(Formula::clone(inner.catalog()?.formula(&name_or_id)?))).await
    }

    /// All stored formulas, by name.
    ///
    /// # Errors
    ///
    /// `Storage` if the catalog cannot be read.
    pub async fn formulas(&self) -> Result<Vec<Formula>> {
        let one = |formula: &Arc<Formula>| Formula::clone(formula);
        self.blocking(move |inner| Ok(inner.catalog()?.formulas.values().map(one).collect())).await
    }

    /// Forgets a stored formula.
    ///
    /// # Errors
    ///
    /// `NotFound` if there is none; `InvalidInput` if other formulas use it, with their names.
    pub async fn remove_formula(&self, name_or_id: &str) -> Result<()> {
        let name_or_id = name_or_id.to_owned();
        self.blocking(move |inner| {
            inner.change(|catalog| {
                let removed = Definition::formula(&catalog.formula(&name_or_id)?.name);
                check_unused(catalog, &removed)?;
                Ok((catalog.without_formula(&name_or_id)?, ()))
            })
        })
        .await
    }

    /// Gives a stored formula another name, also in the texts of those that use it. Its id stays. Saved queries are
    /// documents and stay as they are.
    ///
    /// # Errors
    ///
    /// `NotFound` if there is none; `InvalidInput` for a name that another formula has.
    pub async fn rename_formula(&self, name_or_id: &str, new_name: &str) -> Result<()> {
        let (name_or_id, new_name) = (name_or_id.to_owned(), new_name.to_owned());
        self.blocking(move |inner| inner.change(|catalog| Ok((rename_formula(catalog, &name_or_id, &new_name)?, ()))))
            .await
    }

    /// What each derived column and each stored formula is made of.
    ///
    /// # Errors
    ///
    /// `Storage` if the catalog cannot be read.
    ///
    /// ```
    /// use drillcore::{Definition, Engine, Formula, PushMode, Rows};
    ///
    /// # fn main() -> Result<(), drillcore::Error> {
    /// # futures::executor::block_on(async {
    /// let engine = Engine::in_memory()?;
    /// engine.push("sales", PushMode::Create, Rows::new(["amount"], vec![vec![30.into()]])).await?;
    /// engine.save_formula(Formula::new("mean", "sales", "SUM({amount}) / COUNTR()")).await?;
    ///
    /// let all = engine.formula_dependencies().await?;
    /// assert_eq!(all[0].of.to_string(), "stored formula `mean`");
    /// assert_eq!(all[0].uses.iter().map(Definition::to_string).collect::<Vec<_>>(), ["column `amount` of dataset `sales`"]);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub async fn formula_dependencies(&self) -> Result<Vec<Dependency>> {
        self.blocking(|inner| {
            let catalog = inner.catalog()?;
            Ok(dependencies(&catalog))
        })
        .await
    }
}

/// Refuses to remove what other definitions name.
pub(super) fn check_unused(catalog: &Catalog, removed: &Definition) -> Result<()> {
    let users = dependencies(catalog).into_iter().filter(|one| one.of != *removed && one.uses.contains(removed));
    let users: Vec<String> = users.map(|one| one.of.to_string()).collect();
    if users.is_empty() {
        return Ok(());
    }
    Err(Error::input(format!("{removed} is used by {}", users.join(", "))))
}

/// Refuses a change after which definitions have no meaning that had one before.
pub(super) fn check_definitions(before: &Catalog, after: &Catalog) -> Result<()> {
    let defines = |catalog: &Catalog| catalog.has_formulas() || !catalog.hierarchies.is_empty();
    if before.has_same_definitions(after) || !(defines(before) || defines(after)) {
        return Ok(());
    }
    let now = without_meaning(after);
    if now.is_empty() {
        return Ok(());
    }
    let known = without_meaning(before);
    let new: Vec<(&String, &String)> = now.iter().filter(|(what, _)| !known.contains_key(*what)).collect();
    let Some((_, reason)) = new.first() else { return Ok(()) };
    let all: Vec<&str> = new.iter().map(|(what, _)| what.as_str()).collect();
    Err(Error::input(format!("this would break {}: {reason}", all.join(", "))))
}

/// All that is wrong with the definitions and the hierarchies of a catalog: what, and why.
fn without_meaning(catalog: &Catalog) -> BTreeMap<String, String> {
    let mut found = broken(catalog);
    found.extend(catalog.broken_hierarchies());
    found
}
