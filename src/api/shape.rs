//! What a type that is read out of JSON says of itself, so that the OpenAPI document has the same words.

use std::fmt;

use serde::de::{DeserializeOwned, Deserializer, Visitor};
use serde::forward_to_deserialize_any;
use utoipa::openapi::schema::{SchemaType, Type};
use utoipa::openapi::{Object, ObjectBuilder};

/// How a value of a type is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// As an object of known members.
    Object,
    /// As one of these words.
    Words(&'static [&'static str]),
    /// As something else.
    Other,
}

/// How values of the type are written.
pub fn of<T: DeserializeOwned>() -> Shape {
    T::deserialize(Probe).err().unwrap_or(Shape::Other)
}

/// The schema of a parameter that is one of the words of `T`.
pub fn words<T: DeserializeOwned>() -> Object {
    let words = match of::<T>() {
        Shape::Words(words) => words,
        Shape::Object | Shape::Other => &[],
    };
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values((!words.is_empty()).then(|| words.to_vec()))
        .build()
}

/// The same of a member that may be `null`.
pub fn words_or_null<T: DeserializeOwned>() -> Object {
    let mut object = words::<T>();
    object.schema_type = SchemaType::from_iter([Type::String, Type::Null]);
    if let Some(words) = &mut object.enum_values {
        words.push(serde_json::Value::Null);
    }
    object
}

/// Reads nothing: its error is what was asked of it.
struct Probe;

impl<'de> Deserializer<'de> for Probe {
    type Error = Shape;

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Shape> {
        Err(Shape::Other)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Shape> {
        visitor.visit_some(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Shape> {
        Err(Shape::Object)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Shape> {
        Err(Shape::Words(variants))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map identifier ignored_any
    }
}

impl std::error::Error for Shape {}

impl fmt::Display for Shape {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, formatter)
    }
}

impl serde::de::Error for Shape {
    fn custom<T: fmt::Display>(_message: T) -> Self {
        Self::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::query::Filter;

    #[derive(serde::Deserialize)]
    #[expect(dead_code, reason = "only its shape is tested")]
    struct Named {
        name: String,
    }

    #[test]
    fn types_tell_how_they_are_written() {
        assert_eq!(of::<Filter>(), Shape::Words(&["valid", "error", "all", "none"]));
        assert_eq!(of::<Option<Named>>(), Shape::Object);
        for other in [of::<Vec<Named>>(), of::<String>(), of::<serde_json::Value>()] {
            assert_eq!(other, Shape::Other);
        }
    }
}
