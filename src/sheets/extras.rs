//! Metadata and config of the records of one segment; most records have none.

use serde_json::Value;

use super::bytes::{Source, put_number, put_text};
use super::error::Damage;

/// Metadata and config of one record; nothing means `{}`.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Extra {
    pub(super) metadata: Option<Value>,
    pub(super) config: Option<Value>,
}

impl Extra {
    /// Whether the record says that people do not change it.
    pub(super) fn is_read_only(&self) -> bool {
        self.config.as_ref().is_some_and(|config| config["readonly"] == true)
    }

    /// Whether the record says that people do not change its cell of that field.
    pub(super) fn keeps(&self, key: &str) -> bool {
        let of_cell = |config: &Value| config.get("fields")?.get(key)?.get("readonly")?.as_bool();
        self.is_read_only() || self.config.as_ref().and_then(of_cell) == Some(true)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.metadata.is_none() && self.config.is_none()
    }
}

/// Those of one segment, by record.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Extras {
    entries: Vec<(u32, Extra)>,
}

impl Extras {
    /// Adds those of a record after the last.
    pub(super) fn push(&mut self, row: u32, extra: Extra) {
        if !extra.is_empty() {
            self.entries.push((row, extra));
        }
    }

    /// Those of one record.
    pub(super) fn of(&self, row: u32) -> Option<&Extra> {
        let place = self.entries.binary_search_by_key(&row, |(row, _)| *row).ok()?;
        Some(&self.entries[place].1)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn memory(&self) -> usize {
        // A guess: the values are small objects.
        self.entries.len() * 512
    }

    pub(super) fn put(&self, out: &mut Vec<u8>) {
        put_number(out, self.entries.len() as u64);
        for (row, extra) in &self.entries {
            put_number(out, u64::from(*row));
            put_json(out, extra.metadata.as_ref());
            put_json(out, extra.config.as_ref());
        }
    }

    pub(super) fn read(source: &mut Source<'_>) -> Result<Self, Damage> {
        let mut entries: Vec<(u32, Extra)> = Vec::new();
        for _ in 0..source.length()? {
            let row = source.small()?;
            if entries.last().is_some_and(|(last, _)| *last >= row) {
                return Err(Damage("the metadata of a segment is not in order"));
            }
            entries.push((row, Extra { metadata: read_json(source)?, config: read_json(source)? }));
        }
        Ok(Self { entries })
    }
}

/// Appends a JSON value as its text; an empty text is nothing.
pub(super) fn put_json(out: &mut Vec<u8>, value: Option<&Value>) {
    put_text(out, &value.map(Value::to_string).unwrap_or_default());
}

/// Reads what [`put_json`] wrote.
pub(super) fn read_json(source: &mut Source<'_>) -> Result<Option<Value>, Damage> {
    match source.text()? {
        "" => Ok(None),
        text => serde_json::from_str(text).map(Some).map_err(|_| Damage("metadata is not JSON")),
    }
}

/// What a write gives: `{}` and `null` take a record's metadata or config away.
pub(super) fn tidy(value: Value) -> Option<Value> {
    match &value {
        Value::Null => None,
        Value::Object(members) if members.is_empty() => None,
        _ => Some(value),
    }
}
