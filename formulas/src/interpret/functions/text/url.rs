//! The parts of a URL, by the expression of RFC 3986 (appendix B) with its grammar of schemes.

use super::argument::text;
use crate::interpret::Value;

const URL: &str = r"(?xs) ^
    (?: (?<scheme> [A-Za-z] [A-Za-z0-9+.-]* ) : )?
    (?: // (?<authority> [^/?\#]* ) )?
    (?<path> [^?\#]* )
    (?: \? (?<query> [^\#]* ) )?
    (?: \# (?<fragment> .* ) )? $";

/// What stands before `@` is the user, who is nobody's part here.
const AUTHORITY: &str = r"(?xs) ^ (?: .* @ )? (?<host> \[ [^\]@]* \] | [^:@\[\]]* ) (?: : (?<port> [0-9]* ) )? $";

pub(super) fn part(arguments: &[Value]) -> Option<Value> {
    let (url, part) = (text(arguments, 0)?, text(arguments, 1)?);
    let url = crate::pattern(URL).ok()?.captures(url)?;
    let found = match part {
        "host" | "port" => {
            let authority = url.name("authority")?.as_str();
            crate::pattern(AUTHORITY).ok()?.captures(authority)?.name(part)?.as_str().to_owned()
        }
        part => url.name(part)?.as_str().to_owned(),
    };
    Some(Value::Text(found))
}
