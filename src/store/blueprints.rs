//! The blueprints that were read lately, by their stored text: whoever reads a sheet again is spared
//! parsing, and shares the blueprint with whoever read it before.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use super::StoreError;
use super::convert::from_json;
use crate::domain::blueprint::SheetConfig;

/// Bytes of text that are remembered; beyond that all is forgotten.
const REMEMBERED: usize = 16 << 20;

#[derive(Default)]
struct Known {
    by_text: HashMap<String, Arc<SheetConfig>>,
    bytes: usize,
}

/// A text means the same in every database, so that all of them share this.
static KNOWN: LazyLock<Mutex<Known>> = LazyLock::new(Mutex::default);

/// Reads the column `sheets.config`.
pub(super) fn read(text: String) -> Result<Arc<SheetConfig>, StoreError> {
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(blueprint) = known().by_text.get(&text) {
        return Ok(blueprint.clone());
    }
    let blueprint: Arc<SheetConfig> = Arc::new(from_json("sheets.config", &text)?);
    let mut known = known();
    if known.bytes + text.len() > REMEMBERED {
        *known = Known::default();
    }
    known.bytes += text.len();
    known.by_text.insert(text, blueprint.clone());
    Ok(blueprint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_parsed_once() {
        let text = |name: &str| format!(r#"{{"name": "{name}", "fields": []}}"#);
        let (one, again, other) =
            (read(text("a")).unwrap(), read(text("a")).unwrap(), read(text("b")).unwrap());
        assert!(Arc::ptr_eq(&one, &again));
        assert_eq!(other.name, "b");
        assert!(read("{".to_string()).is_err());
    }
}
