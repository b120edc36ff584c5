//! A blueprint says what a workbook looks like: sheets, fields, constraints, actions.
//!
//! The JSON is Flatfile's (`SheetConfig`, `Property`), read once into these types and written back
//! from them. A type or key that is wrong is refused with its place; members we do not know are
//! passed over, as the clients expect.

pub mod constraint;
pub mod field;
pub mod sheet;
pub mod workbook;

pub use constraint::{Constraint, Level, SheetConstraint};
pub use field::{
    EnumConfig, EnumOption, Field, FieldKey, FieldType, ReferenceConfig, ReferenceFilter, Scalar,
};
pub use sheet::{SheetAccess, SheetConfig, slug_of};
pub use workbook::WorkbookConfig;

use serde::{Deserialize, Deserializer};

/// A member that may be absent or `null` and then has its default.
pub(crate) fn null_is_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// For `skip_serializing_if`: leaves `false` out of the document.
pub(crate) fn is_false(flag: &bool) -> bool {
    !flag
}
