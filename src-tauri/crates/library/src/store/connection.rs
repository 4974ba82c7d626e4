//! Connections to the database, set as all of them must be.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::functions;

/// How long a write waits for another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(20);
/// Memory for pages of the database in KiB: the sort indexes of 200,000 tracks.
pub(super) const CACHE_KIB: i64 = 16 * 1024;
/// The length that an idle write-ahead log is cut back to, in bytes.
const LOG_BYTES_MAX: i64 = 8 << 20;
pub(super) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let db = Connection::open(path)?;
    prepare(&db)?;
    db.pragma_update(None, "synchronous", "NORMAL")?;
    db.pragma_update(None, "journal_size_limit", LOG_BYTES_MAX)?;
    Ok(db)
}

/// Sets what every connection needs.
pub(super) fn prepare(db: &Connection) -> rusqlite::Result<()> {
    db.busy_timeout(BUSY_TIMEOUT)?;
    db.set_prepared_statement_cache_capacity(64);
    // A plan that may depend on what is bound is made anew each time something is: longer work than most of our statements.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "temp_store", "MEMORY")?;
    db.pragma_update(None, "cache_size", -CACHE_KIB)?;
    functions::register(db)?;
    // The words of the index, for what is misspelt.
    db.execute_batch("CREATE VIRTUAL TABLE temp.search_terms USING fts5vocab(main, search, row)")
}
