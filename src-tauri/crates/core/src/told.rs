//! What an older Segue kept as a sentence, and a newer one keeps by type: either is read.

use serde::{Deserialize, Deserializer};

/// Either of the two.
#[derive(Deserialize)]
#[serde(untagged)]
enum TypedOrTold<T> {
    Typed(T),
    Told(String),
}

impl<T: From<String>> TypedOrTold<T> {
    fn into_typed(self) -> T {
        match self {
            Self::Typed(typed) => typed,
            Self::Told(text) => text.into(),
        }
    }
}

/// For a field, with `#[serde(deserialize_with = "…")]`: the type, or the sentence of an older Segue.
pub fn typed_or_told<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + From<String>,
{
    Ok(TypedOrTold::deserialize(deserializer)?.into_typed())
}

/// The same for a field that may be missing.
pub fn typed_or_told_if_any<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + From<String>,
{
    Ok(Option::<TypedOrTold<T>>::deserialize(deserializer)?.map(TypedOrTold::into_typed))
}
