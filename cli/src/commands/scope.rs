//! `--param NAME=VALUE`: who asks.

use clap::Args;
use drillcore::{Literal, Scope};

/// The arguments of every command that asks.
#[derive(Debug, Args)]
pub(crate) struct ScopeArgs {
    /// Ask as somebody with this parameter; may be repeated.
    ///
    /// Without any --param the query runs as the owner of the data: filters of datasets that depend on a parameter
    /// are dropped. With at least one, it runs under exactly these parameters, and a dataset that needs another one
    /// refuses the query.
    ///
    /// A value that is JSON is read as such (12, true, "12", ["north", "south"]); anything else is a text.
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = Parameter::parse)]
    parameters: Vec<Parameter>,
}

/// One parameter of a scope.
#[derive(Debug, Clone, PartialEq)]
struct Parameter {
    name: String,
    value: Literal,
}

impl Parameter {
    fn parse(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once('=').ok_or("write NAME=VALUE, for example tenant_id=acme")?;
        if name.is_empty() {
            return Err("there is no name before the `=`".to_owned());
        }
        Ok(Self { name: name.to_owned(), value: literal(value)? })
    }
}

/// JSON where it is JSON; a bracket, brace or quote at the start says that it is meant to be.
fn literal(value: &str) -> Result<Literal, String> {
    match serde_json::from_str(value) {
        Ok(literal) => Ok(literal),
        Err(error) if value.trim_start().starts_with(['[', '{', '"']) => Err(format!("not a value in JSON: {error}")),
        Err(_) => Ok(Literal::from(value)),
    }
}

impl ScopeArgs {
    /// The scope that the arguments ask for.
    pub(crate) fn scope(&self) -> Scope {
        if self.parameters.is_empty() {
            return Scope::unrestricted();
        }
        self.parameters
            .iter()
            .fold(Scope::new(), |scope, parameter| scope.parameter(&parameter.name, parameter.value.clone()))
    }
}

#[cfg(test)]
mod tests {
    use drillcore::{Literal, Scope};

    use super::{Parameter, ScopeArgs};

    #[test]
    fn values_are_json_or_text() {
        for (text, name, value) in [
            ("tenant=acme", "tenant", Literal::from("acme")),
            ("tenant=", "tenant", Literal::from("")),
            ("filter=a=b", "filter", Literal::from("a=b")),
            ("level=12", "level", Literal::from(12)),
            ("level=\"12\"", "level", Literal::from("12")),
            ("active=true", "active", Literal::from(true)),
            ("regions=[\"north\", \"south\"]", "regions", Literal::from(vec!["north", "south"])),
        ] {
            assert_eq!(Parameter::parse(text), Ok(Parameter { name: name.to_owned(), value }), "{text}");
        }
        for text in ["tenant", "=acme", "regions=[\"north\"", "x=\"open"] {
            assert!(Parameter::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn parameters_decide_between_the_owner_and_a_scope() {
        assert!(ScopeArgs { parameters: Vec::new() }.scope().is_unrestricted());
        let args = ScopeArgs { parameters: vec![Parameter::parse("tenant=acme").unwrap()] };
        assert_eq!(args.scope(), Scope::new().parameter("tenant", "acme"));
    }
}
