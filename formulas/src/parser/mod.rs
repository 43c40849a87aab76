//! Tokens to a tree: operators by precedence climbing, everything else by descent.

mod call;
mod operand;

use crate::lexer::{Keyword, Lexer, Token, TokenKind};
use crate::limits::{MAX_DEPTH, MAX_NESTING, MAX_NODES, MAX_SOURCE_BYTES};
use crate::precedence::Precedence;
use crate::tree::{Expr, ExprKind};
use crate::typed::{Arithmetic, Comparison};
use crate::{Error, Span};

/// Reads a formula.
///
/// Keywords and names of functions may be in any case. Names in braces are taken as they stand, no one is asked whether
/// they exist.
///
/// # Errors
///
/// The text is no formula, calls a function that does not exist, or passes a limit: [`MAX_SOURCE_BYTES`],
/// [`MAX_DEPTH`] (brackets may be twice as deep), [`MAX_NODES`].
///
/// ```
/// use drillcore_formulas::parse;
///
/// assert!(parse("SUM({distance} WHERE {carrier} IN ('UA', 'DL')) / COUNTR()").is_ok());
/// let error = parse("1 < {x} < 3").unwrap_err();
/// assert_eq!(error.message(), "put brackets around the comparison before `<`");
/// assert_eq!(error.span().start(), 8);
/// ```
pub fn parse(source: &str) -> Result<Expr, Error> {
    if source.len() > MAX_SOURCE_BYTES {
        let message = format!("the formula has {} bytes; the most are {MAX_SOURCE_BYTES}", source.len());
        return Err(Error::new(Span::at(0), message));
    }
    let mut lexer = Lexer::new(source);
    let next = lexer.token()?;
    let mut parser = Parser { lexer, next, nodes: 0, nesting: 0 };
    let built = parser.expression(Precedence::Or)?;
    if parser.next.kind != TokenKind::End {
        return Err(parser.expected("an operator or the end"));
    }
    Ok(built.expr)
}

#[derive(Debug)]
struct Parser<'s> {
    lexer: Lexer<'s>,
    /// The token that is not used yet.
    next: Token,
    /// How many nodes were made.
    nodes: usize,
    /// How many expressions are open.
    nesting: usize,
}

/// A tree and its depth.
#[derive(Debug)]
struct Built {
    expr: Expr,
    depth: usize,
}

/// What stands behind a value.
#[derive(Debug, Clone, Copy)]
enum Infix {
    Or,
    And,
    Compare(Comparison),
    Is,
    In,
    Between,
    /// `NOT IN` or `NOT BETWEEN`.
    Not,
    Concat,
    Arithmetic(Arithmetic),
}

impl Infix {
    fn of(token: &TokenKind) -> Option<Self> {
        match token {
            TokenKind::Keyword(Keyword::Or) => Some(Self::Or),
            TokenKind::Keyword(Keyword::And) => Some(Self::And),
            TokenKind::Keyword(Keyword::Is) => Some(Self::Is),
            TokenKind::Keyword(Keyword::In) => Some(Self::In),
            TokenKind::Keyword(Keyword::Between) => Some(Self::Between),
            TokenKind::Keyword(Keyword::Not) => Some(Self::Not),
            TokenKind::Comparison(how) => Some(Self::Compare(*how)),
            TokenKind::Concat => Some(Self::Concat),
            TokenKind::Arithmetic(how) => Some(Self::Arithmetic(*how)),
            _ => None,
        }
    }

    fn precedence(self) -> Precedence {
        match self {
            Self::Or => Precedence::Or,
            Self::And => Precedence::And,
            Self::Compare(_) | Self::Is | Self::In | Self::Between | Self::Not => Precedence::Compare,
            Self::Concat => Precedence::Concat,
            Self::Arithmetic(how) => how.precedence(),
        }
    }
}

impl Parser<'_> {
    /// A value and the operators behind it that hold at least so tightly.
    fn expression(&mut self, least: Precedence) -> Result<Built, Error> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return Err(self.too_deep(self.next.span));
        }
        let mut left = self.operand(least)?;
        let mut compared = false;
        while let Some(infix) = Infix::of(&self.next.kind).filter(|infix| infix.precedence() >= least) {
            // What binds tighter was taken by the right side; it can only stand behind `IS NULL` or a list.
            if compared && infix.precedence() >= Precedence::Compare {
                let message = format!("put brackets around the comparison before {}", self.found());
                return Err(Error::new(self.next.span, message));
            }
            compared |= infix.precedence() == Precedence::Compare;
            left = self.infix(left, infix)?;
        }
        self.nesting -= 1;
        Ok(left)
    }

    fn infix(&mut self, left: Built, infix: Infix) -> Result<Built, Error> {
        match infix {
            Infix::Or => self.chain(left, Keyword::Or, Precedence::And, ExprKind::Or),
            Infix::And => self.chain(left, Keyword::And, Precedence::Not, ExprKind::And),
            Infix::Compare(how) => self.binary(left, infix, |left, right| ExprKind::Compare(how, left, right)),
            Infix::Concat => self.binary(left, infix, ExprKind::Concat),
            Infix::Arithmetic(how) => self.binary(left, infix, |left, right| ExprKind::Arithmetic(how, left, right)),
            Infix::Is => {
                self.advance()?;
                let negated = self.eat_keyword(Keyword::Not)?.is_some();
                let end = self.expect_keyword(Keyword::Null)?;
                let span = left.expr.span.to(end);
                self.make(ExprKind::IsNull { value: Box::new(left.expr), negated }, span, left.depth)
            }
            Infix::In => {
                self.advance()?;
                self.list(left, false)
            }
            Infix::Between => {
                self.advance()?;
                self.between(left, false)
            }
            Infix::Not => {
                self.advance()?;
                if self.eat_keyword(Keyword::In)?.is_some() {
                    self.list(left, true)
                } else if self.eat_keyword(Keyword::Between)?.is_some() {
                    self.between(left, true)
                } else {
                    Err(self.expected("IN or BETWEEN behind NOT"))
                }
            }
        }
    }

    /// `left AND b AND c ..`, flat.
    fn chain(
        &mut self,
        left: Built,
        between: Keyword,
        least: Precedence,
        kind: impl FnOnce(Vec<Expr>) -> ExprKind,
    ) -> Result<Built, Error> {
        let (mut span, mut depth, mut parts) = (left.expr.span, left.depth, vec![left.expr]);
        while self.eat_keyword(between)?.is_some() {
            let part = self.expression(least)?;
            span = span.to(part.expr.span);
            depth = depth.max(part.depth);
            parts.push(part.expr);
        }
        self.make(kind(parts), span, depth)
    }

    fn binary(
        &mut self,
        left: Built,
        infix: Infix,
        kind: impl FnOnce(Box<Expr>, Box<Expr>) -> ExprKind,
    ) -> Result<Built, Error> {
        self.advance()?;
        let right = self.expression(infix.precedence().tighter())?;
        let span = left.expr.span.to(right.expr.span);
        let depth = left.depth.max(right.depth);
        self.make(kind(Box::new(left.expr), Box::new(right.expr)), span, depth)
    }

    /// The list behind `IN`.
    fn list(&mut self, left: Built, negated: bool) -> Result<Built, Error> {
        self.expect(&TokenKind::LeftBracket, "`(` and a list behind IN")?;
        let (mut list, mut depth) = (Vec::new(), left.depth);
        loop {
            let part = self.expression(Precedence::Or)?;
            depth = depth.max(part.depth);
            list.push(part.expr);
            if self.eat(&TokenKind::Comma)?.is_none() {
                break;
            }
        }
        let end = self.expect(&TokenKind::RightBracket, "`,` or `)`")?;
        let span = left.expr.span.to(end);
        self.make(ExprKind::In { value: Box::new(left.expr), list, negated }, span, depth)
    }

    /// The ends behind `BETWEEN`.
    fn between(&mut self, left: Built, negated: bool) -> Result<Built, Error> {
        let low = self.expression(Precedence::Concat)?;
        self.expect_keyword(Keyword::And)?;
        let high = self.expression(Precedence::Concat)?;
        let span = left.expr.span.to(high.expr.span);
        let depth = left.depth.max(low.depth).max(high.depth);
        let (value, low, high) = (Box::new(left.expr), Box::new(low.expr), Box::new(high.expr));
        self.make(ExprKind::Between { value, low, high, negated }, span, depth)
    }

    /// A node above parts of at most this depth.
    fn make(&mut self, kind: ExprKind, span: Span, below: usize) -> Result<Built, Error> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(Error::new(span, format!("the formula has more than {MAX_NODES} parts")));
        }
        if below >= MAX_DEPTH {
            return Err(self.too_deep(span));
        }
        Ok(Built { expr: Expr { kind, span }, depth: below + 1 })
    }

    fn too_deep(&self, span: Span) -> Error {
        Error::new(span, format!("the formula is nested too deeply; the most are {MAX_DEPTH} levels"))
    }

    /// Takes the next token.
    fn advance(&mut self) -> Result<Token, Error> {
        let following = self.lexer.token()?;
        Ok(std::mem::replace(&mut self.next, following))
    }

    /// Takes the next token if it is this one, and tells its place.
    fn eat(&mut self, wanted: &TokenKind) -> Result<Option<Span>, Error> {
        if self.next.kind == *wanted { self.advance().map(|token| Some(token.span)) } else { Ok(None) }
    }

    fn eat_keyword(&mut self, wanted: Keyword) -> Result<Option<Span>, Error> {
        self.eat(&TokenKind::Keyword(wanted))
    }

    fn expect(&mut self, wanted: &TokenKind, what: &str) -> Result<Span, Error> {
        let found = self.eat(wanted)?;
        found.ok_or_else(|| self.expected(what))
    }

    fn expect_keyword(&mut self, wanted: Keyword) -> Result<Span, Error> {
        self.expect(&TokenKind::Keyword(wanted), wanted.name())
    }

    fn expected(&self, what: &str) -> Error {
        Error::new(self.next.span, format!("expected {what}, found {}", self.found()))
    }

    /// The next token, as a message names it.
    fn found(&self) -> String {
        match &self.next.kind {
            TokenKind::End => "the end".to_owned(),
            TokenKind::Text(_) => "a text".to_owned(),
            TokenKind::Reference(_) => "a reference".to_owned(),
            TokenKind::Keyword(keyword) => keyword.name().to_owned(),
            _ => format!("`{}`", self.shown(self.next.span)),
        }
    }

    /// A piece of the text, cut where it is longer than a name should be.
    fn shown(&self, span: Span) -> String {
        const MOST: usize = 32;
        let text = span.text(self.lexer.source()).unwrap_or_default();
        if text.chars().count() <= MOST {
            text.to_owned()
        } else {
            text.chars().take(MOST).chain("..".chars()).collect()
        }
    }
}

#[cfg(test)]
mod tests;
