//! What may stand in the brackets of a call behind its arguments.

use super::Parser;
use super::call::Parts;
use crate::lexer::{Keyword, TokenKind};
use crate::precedence::Precedence;
use crate::tree::{Grain, GrainKind, OrderKey, Reference};
use crate::{Error, Function, Span};

/// A clause, by the words that it begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clause {
    Where,
    Grain(GrainKind),
    Partition,
    Order,
}

/// Words that begin a clause, but are no keywords elsewhere.
const WORDS: &[(&str, Clause)] = &[
    ("FULL", Clause::Grain(GrainKind::Full)),
    ("FIXED", Clause::Grain(GrainKind::Fixed)),
    ("INCLUDE", Clause::Grain(GrainKind::Include)),
    ("EXCLUDE", Clause::Grain(GrainKind::Exclude)),
    ("PARTITION", Clause::Partition),
    ("ORDER", Clause::Order),
];

impl Clause {
    fn name(self) -> &'static str {
        match self {
            Self::Where => "WHERE",
            Self::Grain(kind) => kind.word(),
            Self::Partition => "PARTITION BY",
            Self::Order => "ORDER BY",
        }
    }

    /// Clauses stand in this order, one of each place.
    fn place(self) -> usize {
        match self {
            Self::Where => 0,
            Self::Grain(_) => 1,
            Self::Partition => 2,
            Self::Order => 3,
        }
    }

    /// Why a function does not take it, if that is so.
    fn refused_by(self, function: Function) -> Option<String> {
        let (takers, hint) = match (self, function) {
            (Self::Where | Self::Grain(_), Function::Aggregate(_))
            | (Self::Partition | Self::Order, Function::Window(_)) => return None,
            (Self::Where, Function::Window(_)) => ("aggregates", "; it can stand in an aggregate inside"),
            (Self::Where, _) => ("aggregates", "; IF(condition, value) leaves values out"),
            (Self::Grain(_), Function::Window(_)) => ("aggregates", "; PARTITION BY says which rows belong together"),
            (Self::Grain(_), _) => ("aggregates", "; it can stand in an aggregate inside"),
            (Self::Partition, Function::Aggregate(_)) => ("window functions", "; FIXED groups by other columns"),
            (Self::Order, Function::Aggregate(_)) => {
                ("window functions", "; FIRST(a, by) and LAST(a, by) take an order")
            }
            (Self::Partition | Self::Order, _) => ("window functions", ""),
        };
        Some(format!("only {takers} take {}, not {}{hint}", self.name(), function.name()))
    }

    /// Why it cannot stand behind another one, if that is so.
    fn refused_behind(self, before: Self) -> Option<String> {
        if self.place() > before.place() {
            None
        } else if self.place() < before.place() {
            Some(format!("{} stands before {}", self.name(), before.name()))
        } else {
            Some(format!("{} cannot stand behind {}; there is one such clause in a call", self.name(), before.name()))
        }
    }
}

impl Parser<'_> {
    /// The clause that begins with the next token, if one does.
    pub(super) fn clause_ahead(&self) -> Option<Clause> {
        match self.next.kind {
            TokenKind::Keyword(Keyword::Where) => Some(Clause::Where),
            TokenKind::Word => {
                let word = self.text(self.next.span);
                WORDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, clause)| *clause)
            }
            _ => None,
        }
    }

    /// All clauses, and what may stand behind them. That one is refused does not hinder reading on.
    pub(super) fn clauses(&mut self, function: Option<Function>, parts: &mut Parts) -> Result<&'static str, Error> {
        let (mut before, mut rest): (Option<Clause>, _) = (None, "an operator, `,` or `)`");
        while let Some(clause) = self.clause_ahead() {
            let span = self.introduction(clause)?;
            let refused = function.and_then(|function| clause.refused_by(function));
            let refused = refused.or_else(|| before.and_then(|before| clause.refused_behind(before)));
            if let Some(message) = refused {
                self.report(Error::new(span, message))?;
            }
            before = Some(clause);
            rest = self.clause(clause, span, parts)?;
        }
        Ok(rest)
    }

    /// The words that a clause begins with.
    fn introduction(&mut self, clause: Clause) -> Result<Span, Error> {
        let span = self.advance().span;
        let what = match clause {
            Clause::Where | Clause::Grain(_) => return Ok(span),
            Clause::Partition => "BY behind PARTITION",
            Clause::Order => "BY behind ORDER",
        };
        let by = self.eat_word("BY");
        by.map(|by| span.to(by)).ok_or_else(|| self.expected(what))
    }

    /// What stands behind the words of a clause. Tells what may follow.
    fn clause(&mut self, clause: Clause, span: Span, parts: &mut Parts) -> Result<&'static str, Error> {
        match clause {
            Clause::Where => {
                let condition = self.expression(Precedence::Or)?;
                parts.depth = parts.depth.max(condition.depth);
                parts.filter = Some(condition.expr);
                Ok("an operator or `)`")
            }
            Clause::Grain(kind) => {
                let named = match kind {
                    GrainKind::Full => false,
                    GrainKind::Fixed => self.name_ahead(),
                    GrainKind::Include | GrainKind::Exclude => true,
                };
                let by = if named { self.names()? } else { Vec::new() };
                parts.grain = Some(Grain { kind, by, span });
                Ok(match kind {
                    GrainKind::Full => "`)`",
                    _ if named => "`,` or `)`",
                    _ => "a name in braces or `)`",
                })
            }
            Clause::Partition if self.eat(&TokenKind::LeftBracket).is_some() => {
                self.expect(&TokenKind::RightBracket, "`)`, as names stand without brackets")?;
                parts.partition = Some(Vec::new());
                Ok("ORDER BY or `)`")
            }
            Clause::Partition => {
                parts.partition = Some(self.names()?);
                Ok("`,`, ORDER BY or `)`")
            }
            Clause::Order => {
                parts.order = self.keys()?;
                Ok("`,` or `)`")
            }
        }
    }

    /// Whether the next token is a name, be it without its braces.
    fn name_ahead(&self) -> bool {
        match self.next.kind {
            TokenKind::Reference(_) => true,
            TokenKind::Word => self.clause_ahead().is_none(),
            _ => false,
        }
    }

    fn names(&mut self) -> Result<Vec<Reference>, Error> {
        let mut names = Vec::new();
        loop {
            names.push(self.clause_name()?);
            if self.eat(&TokenKind::Comma).is_none() {
                return Ok(names);
            }
        }
    }

    fn keys(&mut self) -> Result<Vec<OrderKey>, Error> {
        let mut keys = Vec::new();
        loop {
            let by = self.clause_name()?;
            let ascending = self.eat_word("ASC").is_some();
            let descending = !ascending && self.eat_word("DESC").is_some();
            let nulls_first = self.eat_word("NULLS").is_some() && self.first_or_last()?;
            keys.push(OrderKey { by, descending, nulls_first });
            if self.eat(&TokenKind::Comma).is_none() {
                return Ok(keys);
            }
        }
    }

    fn first_or_last(&mut self) -> Result<bool, Error> {
        if self.eat_word("FIRST").is_some() {
            Ok(true)
        } else if self.eat_word("LAST").is_some() {
            Ok(false)
        } else {
            Err(self.expected("FIRST or LAST behind NULLS"))
        }
    }

    /// A name, which counts as a part of the formula wherever it stands.
    fn clause_name(&mut self) -> Result<Reference, Error> {
        let name = self.name()?;
        self.count(name.span)?;
        Ok(name)
    }
}
