//! The parts of a URL.

use arrow::array::ArrayRef;
use datafusion::common::Result;

use super::super::call::Call;

/// The parts of a URL by RFC 3986.
#[derive(Debug, Clone, Copy)]
struct Url<'t> {
    scheme: Option<&'t str>,
    authority: Option<&'t str>,
    path: &'t str,
    query: Option<&'t str>,
    fragment: Option<&'t str>,
}

pub(super) fn parts(call: &Call<'_>) -> Result<ArrayRef> {
    let texts = call.texts(0)?;
    let part = call.word(1)?;
    Ok(call.gather_texts(|row| {
        let url = Url::of(texts.get(row)?);
        match part.as_str() {
            "scheme" => url.scheme,
            "host" => url.host_and_port().map(|(host, _)| host),
            "port" => url.host_and_port().and_then(|(_, port)| port),
            "path" => Some(url.path),
            "query" => url.query,
            "fragment" => url.fragment,
            _ => None,
        }
    }))
}

impl<'t> Url<'t> {
    fn of(url: &'t str) -> Self {
        let (rest, fragment) = parted(url, '#');
        let (rest, query) = parted(rest, '?');
        let (scheme, rest) = match rest.split_once(':') {
            Some((scheme, behind)) if is_scheme(scheme) => (Some(scheme), behind),
            _ => (None, rest),
        };
        let (authority, path) = match rest.strip_prefix("//") {
            Some(behind) => {
                let (authority, path) = behind.split_at(behind.find('/').unwrap_or(behind.len()));
                (Some(authority), path)
            }
            None => (None, rest),
        };
        Self { scheme, authority, path, query, fragment }
    }

    /// The host and the port of the authority, whose user is left out; none if it cannot be read.
    fn host_and_port(&self) -> Option<(&'t str, Option<&'t str>)> {
        let authority = self.authority?;
        let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
        let (host, behind) = if place.starts_with('[') {
            place.split_at(place.find(']')? + 1)
        } else {
            let (host, behind) = place.split_at(place.find(':').unwrap_or(place.len()));
            if host.contains(['[', ']']) {
                return None;
            }
            (host, behind)
        };
        match behind.strip_prefix(':') {
            Some(port) => port.bytes().all(|byte| byte.is_ascii_digit()).then_some((host, Some(port))),
            None => behind.is_empty().then_some((host, None)),
        }
    }
}

/// What stands before the first mark and what behind it, if it is there.
fn parted(text: &str, mark: char) -> (&str, Option<&str>) {
    text.split_once(mark).map_or((text, None), |(before, behind)| (before, Some(behind)))
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}
