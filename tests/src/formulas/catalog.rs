//! The functions of row level, as the registry tells of them: which types a call of one can have, and what it takes to
//! have them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use drillcore_formulas::{Entry, Expr, ExprKind, Function, Kind, Literal, Parameter, ResultType, Setting, Type, parse};

use super::class::{Class, gets};
use super::formula::Formula;
use super::literal::{plain, quoted};

/// The most combinations of types that are tried on a rule for the type of a result.
const COMBINATIONS: usize = 4_096;

/// One way to call a function: the class of its value, and what that asks of its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The class of the value.
    pub result: Class,
    /// What the function must get for each parameter, or what must be written there; nothing where any class that it
    /// takes will do.
    pub fixed: Vec<Option<Class>>,
}

/// An argument that stands in an example.
#[derive(Debug, Clone)]
pub(super) struct Argument {
    pub(super) text: String,
    /// None for a bare NULL.
    pub(super) class: Option<Class>,
}

/// A function of row level.
#[derive(Debug)]
pub struct Callable {
    /// What the registry knows of it.
    pub entry: &'static Entry,
    /// The ways to call it.
    pub signatures: Vec<Signature>,
    /// The arguments of its examples.
    pub(super) examples: Vec<Vec<Argument>>,
}

/// All functions of row level.
#[derive(Debug)]
pub struct Catalog {
    /// Group by group.
    pub callables: Vec<Callable>,
    giving: BTreeMap<Class, Vec<usize>>,
}

static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::new);

impl Catalog {
    /// The one that there is.
    #[must_use]
    pub fn get() -> &'static Self {
        &CATALOG
    }

    fn new() -> Self {
        let of_rows = Function::all().filter(|one| matches!(one, Function::Choice(_) | Function::Scalar(_)));
        let callables: Vec<Callable> = of_rows.map(Callable::new).collect();
        let mut giving: BTreeMap<Class, Vec<usize>> = BTreeMap::new();
        for (place, callable) in callables.iter().enumerate() {
            for class in callable.results() {
                giving.entry(class).or_default().push(place);
            }
        }
        Self { callables, giving }
    }

    /// The functions that can give a class.
    pub(super) fn giving(&self, class: Class) -> &[usize] {
        self.giving.get(&class).map_or(&[], Vec::as_slice)
    }
}

impl Callable {
    fn new(function: Function) -> Self {
        let entry = function.entry();
        let mut signatures = signatures(entry);
        let of_instants: Vec<Signature> = signatures.iter().flat_map(|one| of_instants(entry, one)).collect();
        signatures.extend(of_instants);
        Self { entry, signatures, examples: examples(function) }
    }

    /// The classes that it can give.
    #[must_use]
    pub fn results(&self) -> Vec<Class> {
        let mut found: Vec<Class> = self.signatures.iter().map(|signature| signature.result).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn signatures(entry: &Entry) -> Vec<Signature> {
    let parameters = entry.parameters;
    let fixed = |class: Class, takes: &dyn Fn(usize) -> bool| Signature {
        result: class,
        fixed: (0..parameters.len()).map(|place| takes(place).then_some(class)).collect(),
    };
    match entry.result {
        ResultType::Always(value_type) => {
            vec![Signature { result: Class::of(value_type), fixed: vec![None; parameters.len()] }]
        }
        ResultType::Of(of) => {
            let classes = parameters.get(of).map_or(&[] as &[Class], |parameter| gets(parameter.kind));
            classes.iter().map(|class| fixed(*class, &|place| place == of)).collect()
        }
        ResultType::Alike => {
            let alike = |place: usize| parameters[place].kind == Kind::Alike;
            Class::ALL.iter().map(|class| fixed(*class, &alike)).collect()
        }
        ResultType::From(rule) => by_rule(parameters, rule),
        _ => Vec::new(),
    }
}

/// The ways to call a function in which an instant, written where it takes a date or a wall clock time, makes its value
/// one of another class.
fn of_instants(entry: &Entry, signature: &Signature) -> Vec<Signature> {
    let mut found = Vec::new();
    for (place, parameter) in entry.parameters.iter().enumerate() {
        if !matches!(parameter.kind, Kind::Date | Kind::Wall | Kind::WallTime) {
            continue;
        }
        let mut fixed = signature.fixed.clone();
        fixed[place] = Some(Class::Datetime);
        let arguments = entry.parameters.iter().zip(&fixed).take(entry.least_arguments().max(place + 1));
        let arguments: Vec<String> = arguments.map(|(parameter, class)| example_of(parameter.kind, *class)).collect();
        let text = format!("{}({})", entry.name, arguments.join(", "));
        if let Ok(formula) = Formula::new(&text, &Setting::default(), &[]) {
            let result = Class::of(formula.typed.value_type);
            if result != signature.result {
                found.push(Signature { result, fixed });
            }
        }
    }
    found
}

/// Something that can be written for an argument of a kind.
fn example_of(kind: Kind, class: Option<Class>) -> String {
    match kind {
        Kind::Word(words) => quoted(words.first().unwrap_or(&"")),
        Kind::Constant(low, high) => 1_i64.clamp(low, high).to_string(),
        Kind::Share => "0.5".to_owned(),
        Kind::Separator => quoted(","),
        Kind::Pattern => quoted("a"),
        Kind::DateFormat => quoted("YYYY-MM-DD"),
        Kind::Zone => quoted("UTC"),
        other => plain(class.or_else(|| gets(other).first().copied()).unwrap_or(Class::Text)).to_owned(),
    }
}

/// What a rule says of every combination of types.
fn by_rule(parameters: &[Parameter], rule: fn(&[Type]) -> Type) -> Vec<Signature> {
    let mut combinations: Vec<Vec<Class>> = vec![Vec::new()];
    for parameter in parameters {
        let longer = combinations.iter().flat_map(|begun| {
            gets(parameter.kind).iter().map(move |class| begun.iter().copied().chain([*class]).collect::<Vec<_>>())
        });
        combinations = longer.take(COMBINATIONS).collect();
    }
    let alike = |classes: &[Class]| {
        let mut chosen = parameters.iter().zip(classes).filter(|(parameter, _)| parameter.kind == Kind::Alike);
        let first = chosen.next();
        chosen.all(|(_, class)| first.is_some_and(|(_, first)| first == class))
    };
    combinations.retain(|classes| alike(classes));
    let signature = |classes: Vec<Class>| {
        let types: Vec<Type> = classes.iter().map(|class| class.sample()).collect();
        Signature { result: Class::of(rule(&types)), fixed: classes.into_iter().map(Some).collect() }
    };
    combinations.into_iter().map(signature).collect()
}

/// The arguments of the examples that are calls of the function.
fn examples(function: Function) -> Vec<Vec<Argument>> {
    let arguments = |text: &str| {
        let ExprKind::Call(call) = parse(text).ok()?.kind else { return None };
        (call.function == function).then(|| call.arguments.iter().map(argument).collect::<Vec<Argument>>())
    };
    function.entry().examples.iter().filter_map(|(text, _)| arguments(text)).collect()
}

fn argument(expr: &Expr) -> Argument {
    let text = expr.to_string();
    let class = match expr.kind {
        ExprKind::Literal(Literal::Null) => None,
        _ => Formula::new(&text, &Setting::default(), &[]).ok().map(|one| Class::of(one.typed.value_type)),
    };
    Argument { text, class }
}
