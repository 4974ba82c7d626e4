//! Writes that fail on purpose, and all that the database holds, row by row. For the tests of this room and, by the
//! feature `failing`, of the rooms above it; no program is built with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use segue_core::{LibraryAction, LibraryError};

use super::{Library, lock};

/// Which transactions are rolled back where they would be committed, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failing {
    /// This one and all after it, as on a disk that is full.
    From(usize),
    /// This one alone, as where room is made meanwhile.
    Only(usize),
}

/// What differs between databases that hold the same: how the search index lies in its tables, and how often something
/// changed.
const DIFFERS: &str = "'search', 'search_data', 'search_idx', 'search_config', 'revision'";

impl Library {
    /// From now on the writer fails so; `None`: it does not. Returns how many transactions were tried since.
    pub fn fail_writes(&self, failing: Option<Failing>) -> Arc<AtomicUsize> {
        let tried = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&tried);
        let fails = move || {
            let nth = count.fetch_add(1, Ordering::SeqCst);
            match failing {
                Some(Failing::From(first)) => nth >= first,
                Some(Failing::Only(one)) => nth == one,
                None => false,
            }
        };
        let set = lock(&self.writer).commit_hook(Some(fails));
        set.expect("the connection is our own");
        tried
    }

    /// The pages of the database stay as few as they are, but for `more`: SQLite's own word for a full disk. `None`: there
    /// is room again.
    pub fn fill_the_disk(&self, more: Option<i64>) {
        let writer = lock(&self.writer);
        let pages: i64 = writer
            .query_row("PRAGMA page_count", [], |row| row.get(0))
            .expect("the connection is our own");
        let most = more.map_or(1 << 30, |more| pages + more);
        let set = format!("PRAGMA max_page_count = {most}");
        writer
            .query_row(&set, [], |_| Ok(()))
            .expect("the connection is our own");
    }

    /// Every row of every table as its name and its values, as SQL writes them.
    pub fn rows(&self) -> Result<Vec<(String, Vec<String>)>, LibraryError> {
        self.read(LibraryAction::ReadTracks, |db| {
            let tables = format!(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ({DIFFERS}) ORDER BY name"
            );
            let mut tables = db.prepare(&tables)?;
            let tables = tables.query_map([], |row| row.get::<_, String>(0))?;
            let mut all = Vec::new();
            for table in tables {
                let table = table?;
                let columns = db.prepare(&format!("SELECT * FROM {table}"))?;
                let quoted: Vec<String> = columns
                    .column_names()
                    .map(|name| format!("quote(\"{name}\")"))
                    .collect();
                let mut rows =
                    db.prepare(&format!("SELECT {} FROM {table}", quoted.join(", ")))?;
                let mut rows = rows.query([])?;
                while let Some(row) = rows.next()? {
                    let values = (0..quoted.len()).map(|column| row.get(column));
                    all.push((table.clone(), values.collect::<rusqlite::Result<_>>()?));
                }
            }
            Ok(all)
        })
    }
}
