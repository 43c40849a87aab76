//! Hierarchies: kept in the catalog under their ids, checked against the columns of their dataset.

use drillcore_hierarchies::{Edit, Hierarchy};

use super::Engine;
use crate::catalog::HierarchyEntry;
use crate::error::Result;

impl Engine {
    /// Keeps a hierarchy under its id, in place of the one that has it. It outlives the process where its dataset does.
    ///
    /// A hierarchy belongs to one dataset and stands on columns of its source, not on derived ones:
    ///
    /// | kind | columns |
    /// |---|---|
    /// | levels | text, boolean, integer or date |
    /// | tree | text |
    /// | parent-child | key and parent both text or both integer; the name text |
    /// | datetime | date, datetime or local datetime; a date has no level below `day` |
    ///
    /// While it is kept, its dataset is neither dropped nor [replaced](Engine::replace) by one that does not fit.
    ///
    /// # Errors
    ///
    /// `NotFound` for an unknown dataset or column; `InvalidInput` for a derived column, a column of another type, and
    /// a definition that is wrong in itself. The message names the hierarchy, [`Error::path`](crate::Error::path) is
    /// the place in its JSON. Where the elements of a tree are wrong, all faults are listed, and the cause of the error
    /// is the one of `drillcore-hierarchies`, which has them one by one.
    ///
    /// ```
    /// use drillcore::{Engine, Hierarchy, PushMode, Rows};
    ///
    /// # fn main() -> Result<(), drillcore::Error> {
    /// # futures::executor::block_on(async {
    /// let engine = Engine::in_memory()?;
    /// let rows = vec![vec!["BE".into(), "Ghent".into(), 30.5.into()], vec!["BE".into(), "Bruges".into(), 4.5.into()]];
    /// engine.push("sales", PushMode::Create, Rows::new(["country", "city", "amount"], rows)).await?;
    ///
    /// engine.save_hierarchy(Hierarchy::levels("geo", "sales", ["country", "city"]).named("Geography")).await?;
    /// let wrong = Hierarchy::levels("geo", "sales", ["country", "amount"]);
    /// let error = engine.save_hierarchy(wrong).await.unwrap_err();
    /// assert_eq!(error.path(), Some("/levels/1/column_id"));
    /// assert!(error.message().starts_with("hierarchy `geo`: column `amount` of dataset `sales` is float"));
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub async fn save_hierarchy(&self, definition: Hierarchy) -> Result<()> {
        self.blocking(move |inner| inner.change(|catalog| Ok((catalog.with_hierarchy(definition)?, ())))).await
    }

    /// The hierarchy of an id.
    ///
    /// # Errors
    ///
    /// `NotFound` if there is none.
    ///
    /// ```
    /// use drillcore::{Engine, Hierarchy, PushMode, Rows};
    ///
    /// # fn main() -> Result<(), drillcore::Error> {
    /// # futures::executor::block_on(async {
    /// let engine = Engine::in_memory()?;
    /// engine.push("sales", PushMode::Create, Rows::new(["day"], vec![vec!["2026-03-02".into()]])).await?;
    /// engine.save_hierarchy(Hierarchy::datetime("when", "sales", "day", ["year", "month"])).await?;
    ///
    /// assert_eq!(engine.hierarchy("when").await?.level_names(), ["year", "month"]);
    /// let error = engine.hierarchy("wen").await.unwrap_err();
    /// assert_eq!(error.message(), "there is no hierarchy `wen`; did you mean `when`?");
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub async fn hierarchy(&self, id: &str) -> Result<Hierarchy> {
        let id = id.to_owned();
        self.blocking(move |inner| Ok(definition(inner.catalog()?.hierarchy(&id)?))).await
    }

    /// All hierarchies, by id.
    ///
    /// # Errors
    ///
    /// `Storage` if the catalog cannot be read.
    ///
    /// ```
    /// use drillcore::{Engine, Hierarchy, PushMode, Rows};
    ///
    /// # fn main() -> Result<(), drillcore::Error> {
    /// # futures::executor::block_on(async {
    /// let engine = Engine::in_memory()?;
    /// let rows = vec![vec!["BE".into(), "Ghent".into()]];
    /// engine.push("sales", PushMode::Create, Rows::new(["country", "city"], rows)).await?;
    /// engine.save_hierarchy(Hierarchy::levels("geo", "sales", ["country", "city"])).await?;
    /// engine.save_hierarchy(Hierarchy::tree("cities", "sales", "city", [])).await?;
    ///
    /// let ids: Vec<String> = engine.hierarchies().await?.into_iter().map(|hierarchy| hierarchy.id).collect();
    /// assert_eq!(ids, ["cities", "geo"]);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub async fn hierarchies(&self) -> Result<Vec<Hierarchy>> {
        self.blocking(|inner| Ok(inner.catalog()?.hierarchies.values().map(definition).collect())).await
    }

    /// Forgets a hierarchy. Saved queries are documents and stay as they are.
    ///
    /// # Errors
    ///
    /// `NotFound` if there is none.
    ///
    /// ```
    /// use drillcore::{Engine, ErrorKind, Hierarchy, PushMode, Rows};
    ///
    /// # fn main() -> Result<(), drillcore::Error> {
    /// # futures::executor::block_on(async {
    /// let engine = Engine::in_memory()?;
    /// engine.push("sales", PushMode::Create, Rows::new(["city"], vec![vec!["Ghent".into()]])).await?;
    /// engine.save_hierarchy(Hierarchy::levels("geo", "sales", ["city"])).await?;
    ///
    /// let error = engine.drop_dataset("sales").await.unwrap_err();
    /// assert_eq!(error.message(), "dataset `sales` is that of the hierarchy `geo`; drop the hierarchy first");
    /// engine.drop_hierarchy("geo").await?;
    /// assert_eq!(engine.hierarchy("geo").await.unwrap_err().kind(), ErrorKind::NotFound);
    /// engine.drop_dataset("sales").await?;
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub async fn drop_hierarchy(&self, id: &str) -> Result<()> {
        let id = id.to_owned();
        self.blocking(move |inner| inner.change(|catalog| Ok((catalog.without_hierarchy(&id)?, ())))).await
    }

    /// Changes the elements of a tree: all edits in their order, or none of them. Gives the tree as it is then.
    ///
    /// Only the tree in the end must be one, so an element may be moved under a parent that a later edit adds.
    ///
    /// # Errors
    ///
    /// `NotFound` if there is no such hierarchy; `InvalidInput` if it is no tree, and for edits that cannot be done:
    /// all faults of all edits are listed, and the cause of the error is the one of `drillcore-hierarchies`, which has
    /// them one by one. The tree is then as it was.
    ///
    /// ```
    /// use drillcore::{ChildRule, Edit, Element, Engine, Hierarchy, PushMode, Rows};
    ///
    /// # fn main() -> Result<(), drillcore::Error> {
    /// # futures::executor::block_on(async {
    /// let engine = Engine::in_memory()?;
    /// engine.push("sales", PushMode::Create, Rows::new(["city"], vec![vec!["Ghent".into()]])).await?;
    /// let flanders = [Element::group("Flanders"), Element::value("Ghent").under("Flanders")];
    /// engine.save_hierarchy(Hierarchy::tree("regions", "sales", "city", flanders)).await?;
    ///
    /// let edits = [Edit::Upsert(Element::value("Bruges").under("Flanders"))];
    /// let edited = engine.edit_hierarchy("regions", &edits).await?;
    /// assert_eq!(edited, engine.hierarchy("regions").await?);
    ///
    /// let edits = [
    ///     Edit::Delete { id: "Flanders".into(), children: ChildRule::Refuse },
    ///     Edit::Move { id: "Ypres".into(), parent: None, order: None },
    /// ];
    /// let error = engine.edit_hierarchy("regions", &edits).await.unwrap_err();
    /// let faults = "`Flanders` cannot be deleted: it has 2 children; there is no member `Ypres`";
    /// assert_eq!(error.message(), format!("hierarchy `regions`: {faults}"));
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub async fn edit_hierarchy(&self, id: &str, edits: &[Edit]) -> Result<Hierarchy> {
        let (id, edits) = (id.to_owned(), edits.to_vec());
        self.blocking(move |inner| {
            inner.change(|catalog| {
                let next = catalog.with_edited_hierarchy(&id, &edits)?;
                let edited = definition(next.hierarchy(&id)?);
                Ok((next, edited))
            })
        })
        .await
    }
}

fn definition(held: &HierarchyEntry) -> Hierarchy {
    Hierarchy::clone(&held.definition)
}
