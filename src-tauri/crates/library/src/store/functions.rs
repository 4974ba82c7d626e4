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
    db.create_scalar_function("shuffled", 2, pure, |call| {
        Ok(mixed(call.get::<i64>(0)? as u64, call.get::<i64>(1)? as u64) as i64)
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

/// A number by chance for a row, the same for the same seed: SplitMix64 (Steele, Lea and Flood 2014).
fn mixed(row: u64, seed: u64) -> u64 {
    let mut z = row
        .wrapping_add(seed.wrapping_mul(0xd1b5_4a32_d192_ed03))
        .wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
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
