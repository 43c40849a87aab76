//! Faults that are planted into the reference, to see that rounds find them.

use drillcore_formulas::{Comparison, Constant, Function, Node, ScalarFunction, Setting, Type, Typed, Value};

use super::ask::Answered;
use super::formula::{Formula, value_of};
use super::table::Table;
use super::values::same;

type Tree = Typed<usize>;

/// A small fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// `UPPER` gives lower case.
    UpperIsLower,
    /// `LEFT` gives a character too many.
    LeftIsOneTooMany,
    /// `ROUND` keeps a digit too many.
    RoundKeepsOneTooMany,
    /// All wall clocks show UTC.
    ZoneIsIgnored,
    /// All weeks begin on Monday.
    WeekStartIsIgnored,
    /// All years begin in January.
    FiscalYearIsIgnored,
    /// The clock is a second slow.
    ClockIsSlow,
    /// `<` also holds for what is equal.
    LessHoldsForEqual,
    /// `COALESCE` gives the last value that is not NULL.
    CoalesceGivesTheLast,
    /// A condition that is NULL holds.
    NullHolds,
    /// `NOT NULL` is true.
    NotNullIsTrue,
    /// The last bit of a float is wrong.
    LastBitIsWrong,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 12] = [
        Self::UpperIsLower,
        Self::LeftIsOneTooMany,
        Self::RoundKeepsOneTooMany,
        Self::ZoneIsIgnored,
        Self::WeekStartIsIgnored,
        Self::FiscalYearIsIgnored,
        Self::ClockIsSlow,
        Self::LessHoldsForEqual,
        Self::CoalesceGivesTheLast,
        Self::NullHolds,
        Self::NotNullIsTrue,
        Self::LastBitIsWrong,
    ];

    /// Whether a reference with the fault gives something else than the engine in any row of the table.
    #[must_use]
    pub fn shows(self, formula: &Formula, setting: &Setting, table: &Table, answered: &Answered) -> bool {
        let Ok(again) = Formula::new(&formula.text, &self.setting(setting), &table.columns) else { return false };
        let tree = self.tree(again.typed);
        if tree == formula.typed && self != Self::LastBitIsWrong {
            return false;
        }
        table.rows.iter().zip(&answered.values).any(|(row, found)| {
            let value = value_of(&tree, row).map(|value| self.value(value));
            value.is_ok_and(|value| !same(&value, found))
        })
    }

    fn setting(self, setting: &Setting) -> Setting {
        match self {
            Self::ZoneIsIgnored => Setting { zone: chrono_tz::Tz::UTC, ..*setting },
            Self::WeekStartIsIgnored => Setting { week_start: 0, ..*setting },
            Self::FiscalYearIsIgnored => Setting { fiscal_year_start: 1, ..*setting },
            Self::ClockIsSlow => Setting { now: setting.now - 1_000_000, ..*setting },
            _ => *setting,
        }
    }

    fn tree(self, tree: Tree) -> Tree {
        match self {
            Self::UpperIsLower => rebuilt(tree, upper),
            Self::LeftIsOneTooMany => rebuilt(tree, left),
            Self::RoundKeepsOneTooMany => rebuilt(tree, round),
            Self::LessHoldsForEqual => rebuilt(tree, less),
            Self::CoalesceGivesTheLast => rebuilt(tree, coalesce),
            Self::NullHolds => rebuilt(tree, case),
            Self::NotNullIsTrue => rebuilt(tree, not),
            _ => tree,
        }
    }

    fn value(self, value: Value) -> Value {
        match value {
            Value::Float(value) if self == Self::LastBitIsWrong => Value::Float(f64::from_bits(value.to_bits() ^ 1)),
            value => value,
        }
    }
}

fn upper(node: Node<usize>) -> Node<usize> {
    match node {
        Node::Call(function, arguments) if is(function, "UPPER") => {
            let Some(Function::Scalar(lower)) = Function::from_name("LOWER") else { panic!("there is no LOWER") };
            Node::Call(lower, arguments)
        }
        other => other,
    }
}

fn left(node: Node<usize>) -> Node<usize> {
    match node {
        Node::Call(function, mut arguments) if is(function, "LEFT") => {
            let count = arguments.pop().expect("a number of characters");
            let more = Node::Arithmetic(drillcore_formulas::Arithmetic::Add, Box::new(count), Box::new(integer(1)));
            arguments.push(Typed { node: more, value_type: Type::Integer });
            Node::Call(function, arguments)
        }
        other => other,
    }
}

fn round(node: Node<usize>) -> Node<usize> {
    match node {
        Node::Call(function, mut arguments) if is(function, "ROUND") => {
            let digits = arguments.get(1).map_or(0, |digits| match digits.node {
                Node::Constant(Constant::Integer(digits)) => digits,
                _ => 0,
            });
            arguments.truncate(1);
            arguments.push(integer(digits + 1));
            Node::Call(function, arguments)
        }
        other => other,
    }
}

fn less(node: Node<usize>) -> Node<usize> {
    match node {
        Node::Compare(Comparison::Less, left, right) => Node::Compare(Comparison::LessOrEqual, left, right),
        other => other,
    }
}

fn coalesce(node: Node<usize>) -> Node<usize> {
    match node {
        Node::Coalesce(mut parts) => {
            parts.reverse();
            Node::Coalesce(parts)
        }
        other => other,
    }
}

fn case(node: Node<usize>) -> Node<usize> {
    match node {
        Node::Case { branches, otherwise } => {
            let branches = branches.into_iter().map(|(condition, value)| (or(condition, true), value)).collect();
            Node::Case { branches, otherwise }
        }
        other => other,
    }
}

fn not(node: Node<usize>) -> Node<usize> {
    match node {
        Node::Not(inner) => Node::Not(Box::new(or(*inner, false))),
        other => other,
    }
}

fn is(function: ScalarFunction, name: &str) -> bool {
    function.entry().name == name
}

fn integer(value: i64) -> Tree {
    Typed { node: Node::Constant(Constant::Integer(value)), value_type: Type::Integer }
}

/// A condition, or what stands for it where it is NULL.
fn or(condition: Tree, otherwise: bool) -> Tree {
    let otherwise = Typed { node: Node::Constant(Constant::Boolean(otherwise)), value_type: Type::Boolean };
    Typed { node: Node::Coalesce(vec![condition, otherwise]), value_type: Type::Boolean }
}

/// The tree with every node changed, the inner before the outer.
fn rebuilt(tree: Tree, change: fn(Node<usize>) -> Node<usize>) -> Tree {
    let one = |inner: Box<Tree>| Box::new(rebuilt(*inner, change));
    let all = |parts: Vec<Tree>| parts.into_iter().map(|part| rebuilt(part, change)).collect::<Vec<Tree>>();
    let node = match tree.node {
        Node::Convert(inner) => Node::Convert(one(inner)),
        Node::Negate(inner) => Node::Negate(one(inner)),
        Node::Arithmetic(how, left, right) => Node::Arithmetic(how, one(left), one(right)),
        Node::Compare(how, left, right) => Node::Compare(how, one(left), one(right)),
        Node::And(parts) => Node::And(all(parts)),
        Node::Or(parts) => Node::Or(all(parts)),
        Node::Not(inner) => Node::Not(one(inner)),
        Node::IsNull(inner) => Node::IsNull(one(inner)),
        Node::Case { branches, otherwise } => Node::Case {
            branches: branches
                .into_iter()
                .map(|(condition, value)| (rebuilt(condition, change), rebuilt(value, change)))
                .collect(),
            otherwise: otherwise.map(one),
        },
        Node::Concat(left, right) => Node::Concat(one(left), one(right)),
        Node::Call(function, arguments) => Node::Call(function, all(arguments)),
        Node::Coalesce(parts) => Node::Coalesce(all(parts)),
        other => other,
    };
    Typed { node: change(node), value_type: tree.value_type }
}
