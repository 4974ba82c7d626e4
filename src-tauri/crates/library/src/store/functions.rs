//! What SQL may call of ours: how names are folded, and what is asked of them.

use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use segue_core::{Key, fold, similar_key, title_key};

use crate::search;
use crate::tag_text::split;

/// Makes them known to a connection.
pub(super) fn register(db: &Connection) -> rusqlite::Result<()> {
    let pure = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    db.create_scalar_function("title_key", 1, pure, |call| {
        Ok(text(call, 0).map(|title| title_key(&title)))
    })?;
    db.create_scalar_function("folded", 1, pure, |call| {
        Ok(text(call, 0).map(|text| fold(&text)))
    })?;
    db.create_scalar_function("phrased", 1, pure, |call| {
        Ok(text(call, 0).map(|text| search::phrased(&text)))
    })?;
    db.create_scalar_function("key_name", 1, pure, |call| {
        let key = text(call, 0).and_then(|key| Key::parse(&key));
        Ok(key.map(|key| key.to_string()))
    })?;
    db.create_scalar_function("holds_words", 2, pure, |call| {
        let (Some(held), Some(wanted)) = (text(call, 0), text(call, 1)) else {
            return Ok(None);
        };
        Ok(Some(search::holds(&held, &wanted)))
    })?;
    db.create_scalar_function("holds_name", 2, pure, |call| {
        let (Some(held), Some(wanted)) = (text(call, 0), text(call, 1)) else {
            return Ok(None);
        };
        Ok(Some(
            split(&held).iter().any(|name| similar_key(name) == wanted),
        ))
    })
}

/// An argument; paths are bytes, and what of them is no text stands for itself.
fn text(call: &Context, index: usize) -> Option<String> {
    match call.get_raw(index) {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            Some(String::from_utf8_lossy(bytes).into_owned())
        }
        _ => None,
    }
}
