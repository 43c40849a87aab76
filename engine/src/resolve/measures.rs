//! The measures of a query. They may name each other in any order.

use super::aggregates::Made;
use super::outputs::{Names, output};
use super::{Call, Measure, Output, OutputType, Predicate, Resolver, Scalar, wrong};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Aggregation, Kind};
use crate::query::{self, Target};
use crate::suggest;

/// The measures as far as they are resolved.
pub(super) struct Measures {
    resolved: Vec<Option<Measure>>,
    /// Those that are being resolved, the outermost first.
    begun: Vec<usize>,
    /// The stored formulas that are being resolved, by name, the outermost first.
    stored: Vec<String>,
    /// What is ANDed into every aggregate of the formula that is being resolved.
    filter: Predicate,
    names: Names,
}

/// The most measures and stored formulas that are made of each other in one line.
const MOST_NESTED: usize = 64;

impl Measures {
    pub(super) fn new(count: usize, names: Names) -> Self {
        let filter = Predicate::Constant(true);
        Self { resolved: vec![None; count], begun: Vec::new(), stored: Vec::new(), filter, names }
    }

    pub(super) fn finish(self) -> (Vec<Measure>, Names) {
        (self.resolved.into_iter().flatten().collect(), self.names)
    }

    /// The given name, or a made one that nothing else has.
    pub(super) fn name(&mut self, given: Option<&str>, make: impl FnOnce() -> String) -> String {
        self.names.name(given, make)
    }

    /// Sets what is ANDed into every aggregate, and gives what was.
    pub(super) fn with_filter(&mut self, filter: Predicate) -> Predicate {
        std::mem::replace(&mut self.filter, filter)
    }

    /// Whether the text of a stored formula is being read.
    pub(super) fn is_in_stored(&self) -> bool {
        !self.stored.is_empty()
    }

    /// Goes into the text of a stored formula. Gives what is ANDed into its aggregates.
    pub(super) fn enter_stored(&mut self, name: &str) -> Result<Predicate> {
        if let Some(from) = self.stored.iter().position(|begun| begun == name) {
            let round: Vec<&str> = self.stored.iter().skip(from).map(String::as_str).chain([name]).collect();
            return Err(Error::query(format!("stored formulas are made of each other: {}", round.join(" → "))));
        }
        self.check_depth()?;
        self.stored.push(name.to_owned());
        Ok(self.filter.clone())
    }

    /// Comes out of the text of a stored formula.
    pub(super) fn leave_stored(&mut self) {
        self.stored.pop();
    }

    /// Each is read inside the one that names it.
    fn check_depth(&self) -> Result<()> {
        if self.begun.len() + self.stored.len() < MOST_NESTED {
            return Ok(());
        }
        let message =
            format!("more than {MOST_NESTED} measures and stored formulas are made of each other in one line");
        Err(Error::new(ErrorKind::LimitExceeded, message))
    }
}

impl Resolver<'_> {
    /// Resolves a measure, unless it is already.
    pub(super) fn measure(&mut self, index: usize, measures: &mut Measures) -> Result<()> {
        let query = self.query;
        let Some(asked) = query.measures.get(index) else { return Ok(()) };
        if measures.resolved.get(index).is_some_and(Option::is_some) {
            return Ok(());
        }
        let path = format!("/measures/{index}");
        measures.check_depth().map_err(|error| error.at(path.clone()))?;
        measures.begun.push(index);
        let measure = match &asked.reference.target {
            Target::Formula(text) => self.formula_measure(asked, text, &path, measures)?,
            Target::StoredFormula(name) => self.stored_measure(asked, name, &path, measures)?,
            Target::Column(id) if id == Target::ALL_ROWS => self.count_of_rows(asked, &path, measures)?,
            _ => self.column_measure(asked, &path, measures)?,
        };
        measures.begun.pop();
        if let Some(place) = measures.resolved.get_mut(index) {
            *place = Some(measure);
        }
        Ok(())
    }

    /// The value of a measure that another one names, or of a stored formula.
    pub(super) fn measure_named(&mut self, name: &str, measures: &mut Measures) -> Result<Scalar> {
        let (query, catalog) = (self.query, self.catalog);
        let found = query.measures.iter().position(|measure| measure.name.as_deref() == Some(name));
        // The text of a stored formula means the same in every query.
        let Some(index) = found.filter(|_| !measures.is_in_stored()) else {
            if catalog.formulas.contains_key(name) {
                return self.stored_formula(name, measures).map(|(value, _)| value);
            }
            let stored = catalog.formulas.keys().map(String::as_str);
            if measures.is_in_stored() {
                let hint = suggest::hint(name, stored);
                let message = format!("there is no stored formula `{name}`{hint}; columns stand inside an aggregate");
                return Err(wrong("", message));
            }
            let names = query.measures.iter().filter_map(|measure| measure.name.as_deref());
            let hint = suggest::hint(name, names.chain(stored));
            let message = format!("the query calls no measure `{name}`{hint}; columns stand inside an aggregate");
            return Err(wrong("", message));
        };
        if let Some(from) = measures.begun.iter().position(|begun| *begun == index) {
            let round = measures.begun.iter().skip(from).chain([&index]);
            let named = |index: &usize| self.query.measures.get(*index).and_then(|measure| measure.name.clone());
            let round: Vec<String> = round.filter_map(named).collect();
            return Err(wrong("", format!("measures are made of each other: {}", round.join(" → "))));
        }
        self.measure(index, measures)?;
        let measure = measures.resolved.get(index).and_then(Option::as_ref);
        let value = measure.map(|measure| measure.value.clone());
        value.ok_or_else(|| wrong("", format!("the measure `{name}` has no value")))
    }

    fn formula_measure(
        &mut self,
        asked: &query::Measure,
        text: &str,
        path: &str,
        measures: &mut Measures,
    ) -> Result<Measure> {
        let filter = self.filters(&asked.filters, &format!("{path}/where"))?;
        let unfiltered = filter == Predicate::Constant(true);
        let place = format!("{path}/formula");
        let outside = measures.with_filter(filter.clone());
        let value = self.metric_formula(text, asked.reference.dataset.as_deref(), &filter, measures, &place);
        measures.with_filter(outside);
        let value = value?;
        let name = measures.names.name(asked.name.as_deref(), || "formula".to_owned());
        let output = Output::plain(&name, value.output_type());
        Ok(Measure { value, aggregation: None, of: None, unfiltered, output })
    }

    fn column_measure(&mut self, asked: &query::Measure, path: &str, measures: &mut Measures) -> Result<Measure> {
        if asked.level.is_some() {
            return Err(wrong(&format!("{path}/level"), "a measure has no level; use a dimension"));
        }
        let filter = self.filters(&asked.filters, &format!("{path}/where"))?;
        let unfiltered = filter == Predicate::Constant(true);
        let (of, column) = self.scalar(&asked.reference, None, path)?;
        let aggregation = asked.aggregation.unwrap_or(column.default_aggregation);
        let shown = self.shown_name(&of, &column);
        let value = self.aggregation(aggregation, asked, (of.clone(), &column), filter, path)?;
        let name = measures.names.name(asked.name.as_deref(), || match aggregation {
            Aggregation::Count => "count".to_owned(),
            other => format!("{}_{shown}", other.as_str()),
        });
        let label = match &asked.name {
            Some(name) => name.clone(),
            None if aggregation == Aggregation::Count => "count".to_owned(),
            None => format!("{} ({})", column.label(&self.locale), aggregation.as_str()),
        };
        let output_type = match aggregation {
            Aggregation::Histogram => OutputType::Histogram,
            _ => value.output_type(),
        };
        let mut output = output(name, &label, output_type, None, &column);
        let values = matches!(
            aggregation,
            Aggregation::Min | Aggregation::Max | Aggregation::First | Aggregation::Last | Aggregation::Mode
        );
        let counts = matches!(
            aggregation,
            Aggregation::Count
                | Aggregation::CountValues
                | Aggregation::DistinctCount
                | Aggregation::ApproxDistinctCount
                | Aggregation::Rate
                | Aggregation::Histogram
                | Aggregation::StringList
        );
        if output_type.column_type().kind() != Kind::Numeric || counts {
            // A number of rows is not an amount of money.
            output.subtype = output.subtype.filter(|_| values);
            output.format = output.format.filter(|_| values);
        }
        let of = (aggregation != Aggregation::Count).then_some(of);
        Ok(Measure { value, aggregation: Some(aggregation), of, unfiltered, output })
    }

    fn count_of_rows(&mut self, asked: &query::Measure, path: &str, measures: &mut Measures) -> Result<Measure> {
        if asked.aggregation.is_some_and(|aggregation| aggregation != Aggregation::Count) {
            return Err(wrong(&format!("{path}/aggregation"), "`*` stands for all rows and can only be counted"));
        }
        // A count over a link's `*` would count base rows all the same; the name must still be right.
        if let Some(dataset) = &asked.reference.dataset
            && *dataset != self.base.name
        {
            let message = format!("rows are counted on the base of the query, which is `{}`", self.base.name);
            return Err(wrong(&format!("{path}/dataset_id"), message));
        }
        let filter = self.filters(&asked.filters, &format!("{path}/where"))?;
        let unfiltered = filter == Predicate::Constant(true);
        let latest = self.latest(&asked.settings, &format!("{path}/aggregation"))?;
        let cumulative = self.cumulative(&asked.settings, &format!("{path}/aggregation"))?;
        let value = if latest.is_none() && cumulative.is_none() {
            self.aggregate(Made::One(Call::CountRows), None, None, filter)?
        } else {
            let column_type = crate::model::ColumnType::Integer;
            self.part(super::Part {
                call: Call::CountRows,
                of: None,
                by: None,
                filter,
                latest,
                cumulative,
                grain: super::Grain::Row,
                column_type,
            })
        };
        let name = measures.names.name(asked.name.as_deref(), || "count".to_owned());
        let output = Output::plain(&name, value.output_type());
        Ok(Measure { value, aggregation: Some(Aggregation::Count), of: None, unfiltered, output })
    }
}
