//! The rules of a blueprint applied to cells: one implementation for the server's truth and the
//! browser's instant answers.
//!
//! [`FieldChecker`] knows everything about one cell alone. What needs other records (uniqueness,
//! references) is found by who has them; the checker gives the key to compare and the message.

mod address;
mod checker;
mod validators;

pub use address::{is_email, is_url};
pub use checker::FieldChecker;
pub use validators::{VALIDATORS, Validator};

use super::blueprint::{Constraint, Field};
use super::parse::ParseError;

/// Checks what the built-in validators of a field are told, such as a `pattern` that is none.
pub fn check_constraints(field: &Field) -> Result<(), ParseError> {
    for (position, constraint) in field.constraints.iter().enumerate() {
        let Constraint::External(external) = constraint else { continue };
        let config = external.config.as_ref().unwrap_or(&serde_json::Value::Null);
        if let Some(Err(message)) = validators::prepare(&external.validator, config) {
            return Err(ParseError::at(format!("constraints[{position}].config"), message));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
