//! Going back to versions that were seen.

use futures::executor::block_on;

use super::{Play, unite};
use crate::sync::model::{Fault, State};
use crate::sync::observed::{NAME, difference, rows};

impl Play<'_> {
    /// A version that was seen, is still kept, and whose numbers fit into those of now; and what it may have been in.
    fn earlier(&self, place: usize) -> Result<Option<(u64, Vec<State>)>, String> {
        let versions = block_on(self.db.engine().versions(NAME)).map_err(|error| format!("versions: {error}"))?;
        let kept: Vec<u64> = versions.iter().map(|version| version.version).collect();
        if kept.iter().max().copied() != self.newest() {
            return Err(format!("the versions are {kept:?}, but {:?} were seen", self.history.keys()));
        }
        let wide = self.known().wide;
        let is_readable = |state: &State| state.cache.as_ref().is_some_and(|cache| cache.columns.wide <= wide);
        let found = self.history.iter().filter(|(version, _)| kept.contains(version));
        let found: Vec<(&u64, &Vec<State>)> = found.filter(|(_, states)| is_readable(&states[0])).collect();
        let Some(place) = place.checked_rem(found.len()) else { return Ok(None) };
        let (version, states) = found[place];
        Ok(Some((*version, states.clone())))
    }

    pub(super) fn restore(&mut self, place: usize) -> Result<(), String> {
        let Some((version, earlier)) = self.earlier(place)? else { return Ok(()) };
        block_on(self.db.engine().restore(NAME, version))
            .map(drop)
            .map_err(|error| format!("version {version} cannot be restored: {error}"))?;
        let mut states = Vec::new();
        for state in &self.states {
            for old in &earlier {
                let mut cache = old.cache.clone();
                if let (Some(cache), Some(before)) = (&mut cache, &state.cache)
                    && self.fault == Some(Fault::RestoreKeepsWatermark)
                {
                    cache.watermark = before.watermark;
                }
                unite(&mut states, [State { columns: state.columns, reload_due: state.reload_due, cache }]);
            }
        }
        self.states = states;
        self.coverage.add("a version is restored");
        self.observe()
    }

    pub(super) fn look(&mut self, place: usize) -> Result<(), String> {
        let Some((version, earlier)) = self.earlier(place)? else { return Ok(()) };
        let shown = rows(&self.db, self.known(), Some(version))?;
        let cache = earlier[0].cache.as_ref().ok_or("a version without a cache")?;
        if let Some(difference) = difference(cache, self.known(), &shown) {
            return Err(format!("version {version}, looked at later: {difference}"));
        }
        self.coverage.add_if(Some(version) != self.newest(), "an older version is looked at");
        Ok(())
    }
}
