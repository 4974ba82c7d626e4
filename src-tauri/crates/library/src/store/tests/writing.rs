//! What writing costs, in what SQLite counts and not in time.

use rusqlite::StatementStatus;

use super::*;

fn count(library: &Library, sql: &str) -> i64 {
    let read = |db: &Connection| db.query_row(sql, [], |row| row.get(0));
    library.read(LibraryAction::CheckDatabase, read).unwrap()
}

#[test]
fn what_is_written_together_is_one_segment_of_the_search() {
    let place = filled();
    let segments = "SELECT count(DISTINCT segid) FROM search_idx";
    assert_eq!(count(&place.library, segments), 1);
    // Tracks that are known go out of the index and into it again: one more segment, however many there are.
    fill(&place.library, ROWS);
    assert_eq!(count(&place.library, segments), 2);
    assert_eq!(
        count(&place.library, "SELECT count(*) FROM search_docsize"),
        ROWS.len() as i64
    );
}

#[test]
fn the_search_made_anew_is_one_segment() {
    let place = filled();
    let mut writer = lock(&place.library.writer);
    writer.execute("UPDATE folded SET version = 0", []).unwrap();
    folded::renew(&mut writer).unwrap();
    drop(writer);
    let segments = "SELECT count(DISTINCT segid) FROM search_idx";
    assert_eq!(count(&place.library, segments), 1);
}

#[test]
fn a_statement_is_planned_once_whatever_is_bound() {
    let place = filled();
    let sql = "SELECT count(*) FROM tracks t JOIN tracks g ON g.missing = 1 AND g.title_match = t.title_match
               WHERE t.id = ? AND t.missing = 0";
    let planned_again = |db: &Connection| {
        let mut statement = db.prepare(sql)?;
        for id in 1..5 {
            statement.query_row([id], |_| Ok(()))?;
        }
        Ok(statement.get_status(StatementStatus::RePrepare))
    };
    let reader = place
        .library
        .read(LibraryAction::CheckDatabase, planned_again)
        .unwrap();
    let writer = planned_again(&lock(&place.library.writer)).unwrap();
    assert_eq!((reader, writer), (0, 0));
}
