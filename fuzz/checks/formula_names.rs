//! Names and settings for formulas that nobody wrote: what a name stands for is in the name, or in its letters by chance.

use drillcore_formulas::{Aggregate, AggregateFunction, Names, Reference, ResultType, Setting, Type};

/// The types of names such as `i0` and `text7`, by their first letter. A decimal has four.
const LETTERS: &[(char, &[Type])] = &[
    ('b', &[Type::Boolean]),
    ('i', &[Type::Integer]),
    (
        'd',
        &[
            Type::Decimal { precision: 10, scale: 2 },
            Type::Decimal { precision: 38, scale: 10 },
            Type::Decimal { precision: 76, scale: 20 },
            Type::Decimal { precision: 5, scale: -2 },
        ],
    ),
    ('f', &[Type::Float]),
    ('t', &[Type::Text]),
    ('y', &[Type::Date]),
    ('m', &[Type::Datetime]),
    ('w', &[Type::LocalDatetime]),
];

/// Zones with whole and odd offsets, and with days and hours that are missing or come twice.
const ZONES: &[&str] =
    &["UTC", "Europe/Brussels", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia", "Australia/Lord_Howe"];

/// What a name stands for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Leaf {
    pub(crate) name: String,
    pub(crate) value_type: Type,
}

/// What names stand for under a seed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chance(pub(crate) u8);

impl Chance {
    fn found(self, name: &str) -> Result<(Leaf, Type), String> {
        // FNV-1a.
        let start = 0xcbf2_9ce4_8422_2325 ^ u64::from(self.0);
        let hash = name.bytes().fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
        let mut letters = name.chars();
        let first = letters.next();
        let of_letter = LETTERS.iter().find(|(letter, _)| Some(*letter) == first);
        let types = match of_letter {
            Some((_, types)) if letters.next().is_some_and(|second| second.is_ascii_digit()) => *types,
            _ if hash.is_multiple_of(16) => return Err(format!("there is no column `{}`", name.escape_debug())),
            _ => LETTERS[(hash >> 8) as usize % LETTERS.len()].1,
        };
        let value_type = types[(hash >> 16) as usize % types.len()];
        Ok((Leaf { name: name.to_owned(), value_type }, value_type))
    }
}

impl Names for Chance {
    type Column = Leaf;
    type Measure = Leaf;

    fn column(&mut self, reference: &Reference) -> Result<(Leaf, Type), String> {
        self.found(&reference.name)
    }

    fn measure(&mut self, reference: &Reference) -> Result<(Leaf, Type), String> {
        self.found(&reference.name)
    }

    fn aggregate_type(&self, function: AggregateFunction, argument: Option<Type>) -> Result<Type, String> {
        Ok(match function.entry().result {
            ResultType::Always(value_type) => value_type,
            _ => argument.unwrap_or(Type::Integer),
        })
    }

    fn fixed(&mut self, aggregate: Aggregate<Leaf>) -> Result<Leaf, String> {
        let argument = aggregate.argument.as_ref().map(|argument| argument.value_type);
        let value_type = self.aggregate_type(aggregate.function, argument)?;
        Ok(Leaf { name: aggregate.function.name().to_owned(), value_type })
    }
}

/// A zone, a calendar and what decides of names, as the first four bytes say; and the bytes behind them.
pub(crate) fn asked(data: &[u8]) -> (Setting, Chance, &[u8]) {
    let (head, rest) = data.split_at(data.len().min(4));
    let byte = |place: usize| head.get(place).copied().unwrap_or_default();
    let setting = Setting {
        zone: ZONES[usize::from(byte(0)) % ZONES.len()].parse().expect("a zone"),
        week_start: byte(1) % 7,
        fiscal_year_start: byte(2) % 12 + 1,
        now: 1_700_000_000_000_000,
    };
    (setting, Chance(byte(3)), rest)
}
