//! JSON as services write it: objects in arrays, in pages, or one after the other. Each object that is an entry is
//! handed out as soon as it is read; the document as a whole is never in memory.
//!
//! `serde_json` refuses nesting beyond 128 levels.

use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::record::{self, Broken, Record, Stop, TakeOne};
use super::source::{BoundedReader, Entries};

pub(super) type Object = Map<String, Value>;

/// Reads every entry. `wrappers` are the keys under which entries stand inside of other objects.
pub(super) fn entries(
    source: BoundedReader,
    wrappers: &[&str],
    take: TakeOne,
    read: impl Fn(&Object) -> Result<Record, String>,
) -> Result<(), Broken> {
    let counted = source.entries();
    let mut walk = JsonVisitor {
        wrappers,
        counted,
        number: 0,
        take,
        read: &read,
        stopped: false,
    };
    let mut source = source;
    source
        .skip_mark()
        .map_err(|error| Broken::File(1, error.to_string()))?;
    let mut document = serde_json::Deserializer::from_reader(source);
    // Several documents may follow one another.
    while document.end().is_err() {
        let outcome = Inside(&mut walk).deserialize(&mut document);
        if walk.stopped {
            return Err(Broken::Stopped);
        }
        outcome.map_err(|error| Broken::File(walk.number + 1, error.to_string()))?;
    }
    Ok(())
}

/// A name under `key`, or under `#text`, `name` or `title` of the object there.
pub(super) fn name(object: &Object, key: &str) -> Option<String> {
    let text = match object.get(key)? {
        Value::String(text) => text,
        Value::Object(inner) => ["#text", "name", "title"]
            .iter()
            .find_map(|key| inner.get(*key)?.as_str())?,
        _ => return None,
    };
    record::name(text)
}

/// A number under `key`, also where it is written as text.
pub(super) fn number(object: &Object, key: &str) -> Option<f64> {
    match object.get(key)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

struct JsonVisitor<'a, 'b> {
    wrappers: &'a [&'a str],
    counted: Entries,
    number: u64,
    take: TakeOne<'b>,
    read: &'a dyn Fn(&Object) -> Result<Record, String>,
    stopped: bool,
}

impl JsonVisitor<'_, '_> {
    fn hand<E: Error>(&mut self, record: Result<Record, String>) -> Result<(), E> {
        self.counted.next();
        self.number += 1;
        (self.take)(self.number, record).map_err(|Stop| {
            self.stopped = true;
            E::custom("stopped")
        })
    }

    fn sequence<'de, A: SeqAccess<'de>>(&mut self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Inside(self))?.is_some() {}
        Ok(())
    }

    fn object<'de, A: MapAccess<'de>>(&mut self, mut fields: A) -> Result<(), A::Error> {
        let (mut object, mut wrapped) = (Object::new(), false);
        while let Some(key) = fields.next_key::<String>()? {
            if self.wrappers.contains(&key.as_str()) {
                match fields.next_value_seed(Wrapped(self))? {
                    Some(value) => _ = object.insert(key, value),
                    None => wrapped = true,
                }
            } else if wrapped {
                fields.next_value::<IgnoredAny>()?;
            } else {
                object.insert(key, fields.next_value()?);
            }
        }
        if wrapped {
            return Ok(());
        }
        let record = (self.read)(&object);
        self.hand(record)
    }
}

/// What may be an entry, or hold some.
struct Inside<'w, 'a, 'b>(&'w mut JsonVisitor<'a, 'b>);

impl<'de> DeserializeSeed<'de> for Inside<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Inside<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("entries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<(), A::Error> {
        self.0.sequence(items)
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<(), A::Error> {
        self.0.object(fields)
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.0.hand(Err("it is no object".into()))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        self.visit_unit()
    }
}

/// What stands under a wrapper's key: entries, or, in an entry that uses the same key, a plain value.
struct Wrapped<'w, 'a, 'b>(&'w mut JsonVisitor<'a, 'b>);

impl<'de> DeserializeSeed<'de> for Wrapped<'_, '_, '_> {
    type Value = Option<Value>;

    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<Option<Value>, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Wrapped<'_, '_, '_> {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("entries, or a value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Option<Value>, A::Error> {
        self.0.sequence(items).map(|()| None)
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Option<Value>, A::Error> {
        self.0.object(fields).map(|()| None)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<Value>, E> {
        Ok(Some(Value::Null))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Option<Value>, E> {
        Ok(Some(value.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Option<Value>, E> {
        Ok(Some(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Option<Value>, E> {
        Ok(Some(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Option<Value>, E> {
        Ok(Some(value.into()))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Option<Value>, E> {
        Ok(Some(value.into()))
    }
}
