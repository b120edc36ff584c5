//! Calculations over cells, in words: the page only shows them.

#![expect(missing_docs, reason = "the macro makes a public struct of the arguments of each function")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::RpcError;
use super::records::Choosing;
use super::wire::Packed;

/// What can be calculated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Measure {
    /// Cells with a value.
    Filled,
    /// Cells without one.
    Empty,
    /// Different values.
    Distinct,
    /// Cells with an error.
    Invalid,
    /// What the numbers add up to.
    Sum,
    /// Their mean.
    Average,
    /// The smallest number or the first day.
    Least,
    /// The largest number or the last day.
    Most,
}

impl Measure {
    /// Each with what people read.
    pub const ALL: [(Self, &str); 8] = [
        (Self::Filled, "Filled"),
        (Self::Empty, "Empty"),
        (Self::Distinct, "Distinct"),
        (Self::Invalid, "Invalid"),
        (Self::Sum, "Sum"),
        (Self::Average, "Average"),
        (Self::Least, "Min"),
        (Self::Most, "Max"),
    ];

    /// What people read.
    pub fn label(self) -> &'static str {
        Self::ALL.iter().find(|(other, _)| *other == self).map_or("", |(_, label)| label)
    }

    /// The measure of that label.
    pub fn read(label: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, other)| *other == label).map(|(measure, _)| *measure)
    }
}

/// Cells that a person has chosen: rows of the view and fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellRange {
    /// The first row, counted from 0.
    pub from: u64,
    /// The row after the last.
    pub to: u64,
    /// The keys of the fields.
    pub fields: Vec<String>,
}

/// Calculations of one version of the sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calculations {
    /// The version.
    pub version: i64,
    /// What came out, one after the other.
    pub results: Vec<(Measure, String)>,
}

/// Calculates over all cells of some ranges together, each of them once.
///
/// # Errors
/// When there is no such sheet for this person, or a field or the filter cannot be read.
#[server(input = Packed, output = Packed)]
pub async fn calculate_ranges(
    sheet_id: String,
    choosing: Choosing,
    ranges: Vec<CellRange>,
) -> Result<Calculations, RpcError> {
    super::bodies::calculations::calculate_ranges(sheet_id, choosing, ranges).await
}

/// Calculates one thing for each field over what is shown; the results come in that order.
///
/// # Errors
/// When there is no such sheet for this person, or a field or the filter cannot be read.
#[server(input = Packed, output = Packed)]
pub async fn summarise(
    sheet_id: String,
    choosing: Choosing,
    wanted: Vec<(String, Measure)>,
) -> Result<Calculations, RpcError> {
    super::bodies::calculations::summarise(sheet_id, choosing, wanted).await
}
