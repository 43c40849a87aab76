//! `CAST`, which looks like a call, but has a type for its second argument.

use super::recover::Until;
use super::{Built, Parser, hints};
use crate::lexer::TokenKind;
use crate::precedence::Precedence;
use crate::suggest::nearest;
use crate::tree::{CastTarget, ExprKind};
use crate::{Error, Span};

/// The names of types that need nothing else.
const TARGETS: &[(&str, CastTarget)] = &[
    ("hierarchy", CastTarget::Text),
    ("text", CastTarget::Text),
    ("numeric", CastTarget::Float),
    ("float", CastTarget::Float),
    ("integer", CastTarget::Integer),
    ("boolean", CastTarget::Boolean),
    ("date", CastTarget::Date),
    ("datetime", CastTarget::Datetime),
    ("local_datetime", CastTarget::LocalDatetime),
];

const DECIMAL: &str = "decimal";

/// The most digits of a decimal.
const MAX_PRECISION: u8 = 76;

impl Parser<'_> {
    /// `CAST(value, type)`, where the type is a bare word.
    pub(super) fn cast(&mut self) -> Result<Built, Error> {
        let start = self.advance().span;
        self.expect(&TokenKind::LeftBracket, "`(` behind CAST")?;
        let inside = self.inside();
        let parts = match self.cast_parts() {
            Ok(parts) => Some(parts),
            Err(error) => {
                self.recovered(error, inside, Until::Closing)?;
                None
            }
        };
        let span = start.to(self.expect(&TokenKind::RightBracket, "`)`")?);
        match parts {
            Some((value, target)) => self.make(ExprKind::Cast { value: value.expr, target }, span, value.depth),
            None => self.nothing(span),
        }
    }

    /// What stands in the brackets, up to the closing one.
    fn cast_parts(&mut self) -> Result<(Built, CastTarget), Error> {
        let value = self.expression(Precedence::Or)?;
        match self.eat_word("AS") {
            Some(span) => self.report(Error::new(span, "a comma stands before the type: CAST(value, type)"))?,
            None => {
                self.expect(&TokenKind::Comma, "`,` and a type")?;
            }
        }
        let target = self.target()?;
        if self.next.kind == TokenKind::RightBracket { Ok((value, target)) } else { Err(self.expected("`)`")) }
    }

    fn target(&mut self) -> Result<CastTarget, Error> {
        if self.next.kind != TokenKind::Word {
            return Err(
                self.expected("a type such as text, numeric, integer, decimal(10, 2), boolean, date or datetime")
            );
        }
        let span = self.advance().span;
        let word = self.shown(span);
        if word.eq_ignore_ascii_case(DECIMAL) {
            return self.decimal(span);
        }
        let known = TARGETS.iter().find(|(name, _)| name.eq_ignore_ascii_case(&word));
        known.map(|(_, target)| *target).ok_or_else(|| {
            let names = TARGETS.iter().map(|(name, _)| *name).chain([DECIMAL]);
            let meant = hints::cast_target(&word).or_else(|| nearest(&word, names));
            let hint = meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
            Error::new(span, format!("there is no type `{word}`{hint}"))
        })
    }

    /// The digits behind `decimal`; without the second number none of them are behind the point.
    fn decimal(&mut self, name: Span) -> Result<CastTarget, Error> {
        if self.eat(&TokenKind::LeftBracket).is_none() {
            return Err(Error::new(name, "a decimal needs the number of its digits: decimal(10, 2)"));
        }
        let precision = self.digits(1, MAX_PRECISION, "a decimal has 1 to 76 digits")?;
        let mut scale = 0;
        if self.eat(&TokenKind::Comma).is_some() {
            scale = self.digits(0, precision, "a decimal has 0 to all of its digits behind the point")?;
        }
        self.expect(&TokenKind::RightBracket, "`)` behind the digits")?;
        // At most 76.
        let scale = i8::try_from(scale).unwrap_or(i8::MAX);
        Ok(CastTarget::Decimal { precision, scale })
    }

    fn digits(&mut self, least: u8, most: u8, rule: &str) -> Result<u8, Error> {
        if self.next.kind != TokenKind::Number {
            return Err(self.expected("a number of digits"));
        }
        let span = self.advance().span;
        let digits = self.text(span).parse().ok().filter(|digits| (least..=most).contains(digits));
        digits.ok_or_else(|| Error::new(span, rule))
    }
}
