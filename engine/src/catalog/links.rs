//! Adding and removing links, with the checks that keep every link answerable.

use super::{Catalog, DatasetEntry};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ColumnType, Link};
use crate::suggest;

impl Catalog {
    /// A catalog with one more link.
    pub(crate) fn with_link(&self, link: Link) -> Result<Self> {
        let from = self.dataset(&link.from)?;
        let to = self.dataset(&link.to)?;
        check_name(&link, from)?;
        if self.links_from(&link.from).any(|known| known.name == link.name) {
            return Err(Error::input(format!("dataset `{}` already has a link `{}`", link.from, link.name)));
        }
        if link.on.is_empty() {
            return Err(Error::input(format!("link `{}` needs at least one pair of columns", link.name)));
        }
        for (left, right) in &link.on {
            if left.is_empty() || right.is_empty() {
                let message =
                    format!("link `{}` needs as many columns of `{}` as of `{}`", link.name, link.from, link.to);
                return Err(Error::input(message));
            }
            let (left, right) = (from.column(left)?, to.column(right)?);
            if key_type(left.column_type, right.column_type).is_none() {
                return Err(Error::input(format!(
                    "link `{}` cannot compare `{}.{}` ({}) with `{}.{}` ({})",
                    link.name,
                    link.from,
                    left.id,
                    left.column_type.name(),
                    link.to,
                    right.id,
                    right.column_type.name()
                )));
            }
        }
        let mut next = self.clone();
        next.links.push(link);
        Ok(next)
    }

    /// A catalog without one link.
    pub(crate) fn without_link(&self, from: &str, name: &str) -> Result<Self> {
        self.dataset(from)?;
        if !self.links_from(from).any(|link| link.name == name) {
            let hint = suggest::hint(name, self.links_from(from).map(|link| link.name.as_str()));
            return Err(Error::new(ErrorKind::NotFound, format!("dataset `{from}` has no link `{name}`{hint}")));
        }
        let mut next = self.clone();
        next.links.retain(|link| !(link.from == from && link.name == name));
        Ok(next)
    }
}

fn check_name(link: &Link, from: &DatasetEntry) -> Result<()> {
    if link.name.is_empty() || link.name.contains('.') {
        return Err(Error::input(format!(
            "link name `{}` must not be empty or hold a point, which separates the links of a chain",
            link.name
        )));
    }
    if link.name == from.name && link.to != from.name {
        return Err(Error::input(format!("link `{}` must not be called like the dataset it starts from", link.name)));
    }
    Ok(())
}

/// The type in which two key columns are compared, if they can be.
pub(crate) fn key_type(left: ColumnType, right: ColumnType) -> Option<ColumnType> {
    use ColumnType::{Decimal, Integer};
    let digits = |column_type| match column_type {
        Integer => Some((19u8, 0i8)),
        Decimal { precision, scale } => Some((precision, scale)),
        _ => None,
    };
    if left == right {
        return Some(left);
    }
    let ((p1, s1), (p2, s2)) = (digits(left)?, digits(right)?);
    let scale = s1.max(s2);
    let whole = (i16::from(p1) - i16::from(s1)).max(i16::from(p2) - i16::from(s2));
    let precision = u8::try_from(whole + i16::from(scale)).ok().filter(|precision| *precision <= 76)?;
    Some(Decimal { precision, scale })
}
