//! Opening the store that a command works on.

use std::path::Path;

use drillcore::Engine;

use crate::failure::{Failure, Outcome};

/// Opens a store that must be there already: looking into a folder must not make one.
pub(crate) async fn existing(dir: &Path) -> Outcome<Engine> {
    if !dir.is_dir() {
        return Err(Failure::new(format!("there is no store at `{}`", dir.display()))
            .hint("name another folder with --store DIR")
            .hint("`drillcore import` and `drillcore demo` make a store"));
    }
    opened(dir).await
}

/// Opens a store, or makes one.
pub(crate) async fn opened(dir: &Path) -> Outcome<Engine> {
    Ok(Box::pin(Engine::open(dir)).await?)
}
