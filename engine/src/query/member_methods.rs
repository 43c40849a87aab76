//! Dimensions and filters over hierarchies, in words that read like the sentence they stand for.

use super::{Dimension, Filter, Leaf, Member, MemberLevel, Members, Operand, Operator, OrderKey, Reference, Target};

/// A hierarchy by its id. Turned into a [`Dimension`], what is said of it says what is shown; its tests make filters.
///
/// ```
/// use drillcore::{Member, Query, count, hierarchy};
///
/// let query = Query::on("airports")
///     .dimension(hierarchy("geo").level("nation").under(["EUROPE"]).named("nation"))
///     .measure(count().named("n"))
///     .filter(hierarchy("geo").is_not(Member::unassigned()));
/// query.check()?;
///
/// let json = r#"{
///     "dataset_id": "airports",
///     "dimensions": [{"hierarchy_id": "geo", "level": "nation", "under": ["EUROPE"], "as": "nation"}],
///     "measures": [{"column_id": "*", "aggregation": "count", "as": "n"}],
///     "where": [{"expression": "? != ?", "parameters": [{"hierarchy_id": "geo"}, {"unassigned": true}]}]
/// }"#;
/// assert_eq!(Query::from_json(json)?, query);
/// # Ok::<(), drillcore::Error>(())
/// ```
#[must_use]
pub fn hierarchy(id: impl Into<String>) -> MembersField {
    MembersField { dataset: None, members: Members::new(id) }
}

/// A hierarchy as dimensions and filters are made of it; [`hierarchy`](crate::hierarchy) makes one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MembersField {
    dataset: Option<String>,
    members: Members,
}

impl MembersField {
    /// Says whose hierarchy it is: a dataset, the name of a link, or a chain of links.
    #[must_use]
    pub fn in_dataset(mut self, dataset: impl Into<String>) -> Self {
        self.dataset = Some(dataset.into());
        self
    }

    /// Shows the members of a level: by its number, from 1 for the members right below the root, or by its name.
    ///
    /// ```
    /// use drillcore::{Dimension, hierarchy};
    ///
    /// let nations: Dimension = hierarchy("geo").level(2).into();
    /// let regions = hierarchy("geo").in_dataset("airports").level("region").named("region");
    /// # let _ = (nations, regions);
    /// ```
    #[must_use]
    pub fn level(mut self, level: impl Into<MemberLevel>) -> Self {
        self.members.level = Some(level.into());
        self
    }

    /// Keeps to the subtree of a member.
    #[must_use]
    pub fn under(mut self, member: impl Into<Member>) -> Self {
        self.members.under = Some(member.into());
        self
    }

    /// Shows members of several levels: all above this depth are expanded. The root has the depth 0.
    #[must_use]
    pub fn expanded(mut self, depth: u16) -> Self {
        self.members.expand.get_or_insert_default().depth = depth;
        self
    }

    /// Expands one more member. Without [`MembersField::expanded`] the members right below the root are shown too.
    ///
    /// ```
    /// use drillcore::{Query, count, hierarchy};
    ///
    /// let query = Query::on("airports")
    ///     .dimension(hierarchy("geo").expanded(1).open(["EUROPE"]).open(["ASIA"]))
    ///     .measure(count());
    /// # query.check()?;
    /// # Ok::<(), drillcore::Error>(())
    /// ```
    #[must_use]
    pub fn open(mut self, member: impl Into<Member>) -> Self {
        self.members.expand.get_or_insert_default().open.push(member.into());
        self
    }

    /// The hierarchy as a dimension with a name, which must be unique in the query.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Dimension {
        Dimension::from(self).named(name)
    }

    /// Is a member or under it.
    ///
    /// ```
    /// use drillcore::{Member, hierarchy, or};
    ///
    /// let geo = hierarchy("geo");
    /// let filter = or([
    ///     geo.is("FRANCE"),                // by its id, where no other member has it
    ///     geo.is(["AMERICA", "CANADA"]),   // by the path to it
    ///     geo.is(Member::own(["EUROPE"])), // the rows on the member itself
    /// ]);
    /// # let _ = filter;
    /// ```
    #[must_use]
    pub fn is(&self, member: impl Into<Member>) -> Filter {
        self.test(Operator::Equal, Some(vec![member.into()]))
    }

    /// The complement of [`MembersField::is`].
    #[must_use]
    pub fn is_not(&self, member: impl Into<Member>) -> Filter {
        self.test(Operator::NotEqual, Some(vec![member.into()]))
    }

    /// Is one of some members or under one of them. No members: never.
    ///
    /// ```
    /// use drillcore::hierarchy;
    ///
    /// let two_nations = hierarchy("geo").is_in(["FRANCE", "CANADA"]);
    /// let by_path = hierarchy("geo").is_in([["EUROPE", "FRANCE"], ["AMERICA", "CANADA"]]);
    /// assert_ne!(two_nations, by_path);
    /// ```
    #[must_use]
    pub fn is_in<M: Into<Member>>(&self, members: impl IntoIterator<Item = M>) -> Filter {
        self.test(Operator::In, Some(members.into_iter().map(Into::into).collect()))
    }

    /// The complement of [`MembersField::is_in`].
    #[must_use]
    pub fn is_not_in<M: Into<Member>>(&self, members: impl IntoIterator<Item = M>) -> Filter {
        self.test(Operator::NotIn, Some(members.into_iter().map(Into::into).collect()))
    }

    /// Is the member NULL.
    #[must_use]
    pub fn is_null(&self) -> Filter {
        self.test(Operator::IsNull, None)
    }

    /// Is not the member NULL.
    #[must_use]
    pub fn is_not_null(&self) -> Filter {
        self.test(Operator::IsNotNull, None)
    }

    fn test(&self, operator: Operator, members: Option<Vec<Member>>) -> Filter {
        Leaf::new(operator, Reference::from(self.clone()), members.map(Operand::Members)).into()
    }
}

impl From<MembersField> for Reference {
    fn from(MembersField { dataset, members }: MembersField) -> Self {
        Self { dataset, target: Target::Hierarchy(members) }
    }
}

impl From<MembersField> for Dimension {
    fn from(field: MembersField) -> Self {
        Self::from(Reference::from(field))
    }
}

/// The dimension over the hierarchy, at the same level if one is given.
impl From<MembersField> for OrderKey {
    fn from(field: MembersField) -> Self {
        Self::Field { reference: field.into(), level: None, aggregation: None }
    }
}
