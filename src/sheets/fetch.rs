//! Getting chunks: from the cache, or from the database and decoded.

use std::collections::HashMap;
use std::sync::Arc;

use super::cache::ChunkCache;
use super::chunk::{Chunk, Part};
use super::error::{SheetError, blocking};
use super::rows::Rows;
use super::state::State;
use crate::domain::record::FieldNumber;
use crate::store::{Tx, records};

/// Decoding more chunks than this would keep other tasks waiting.
const DECODED_AT_ONCE: usize = 24;
/// Segments that a scan over a sheet holds at a time.
pub(super) const SCANNED_TOGETHER: usize = 32;

/// What is read of each segment.
#[derive(Debug, Clone)]
pub(super) enum Wanted {
    /// Everything there is.
    All,
    /// These parts; record numbers and deletions always come along.
    Parts(Vec<Part>),
}

impl Wanted {
    /// Messages and these fields.
    pub(super) fn fields(fields: &[FieldNumber]) -> Self {
        Self::Parts(fields.iter().map(|field| Part::field(*field)).chain([Part::MESSAGES]).collect())
    }

    fn includes(&self, part: Part) -> bool {
        match self {
            Self::All => true,
            Self::Parts(parts) => part == Part::NUMBERS || part == Part::DELETED || parts.contains(&part),
        }
    }
}

/// Fetches what is wanted of some segments.
pub(super) async fn rows(
    cache: &Arc<ChunkCache>,
    tx: &mut Tx,
    state: &Arc<State>,
    segments: impl IntoIterator<Item = usize>,
    wanted: &Wanted,
) -> Result<Rows, SheetError> {
    let mut held = HashMap::new();
    let mut missing = HashMap::new();
    for segment in segments {
        let Some(segment) = state.manifest.segments().get(segment) else { continue };
        for (part, id) in segment.chunks.iter().filter(|(part, _)| wanted.includes(**part)) {
            match cache.get(*id) {
                Some(chunk) => _ = held.insert(*id, chunk),
                None => _ = missing.insert(*id, (*part, segment.records)),
            }
        }
    }
    if !missing.is_empty() {
        held.extend(read(cache, tx, missing).await?);
    }
    Ok(Rows::new(state.clone(), held))
}

async fn read(
    cache: &Arc<ChunkCache>,
    tx: &mut Tx,
    missing: HashMap<i64, (Part, u32)>,
) -> Result<Vec<(i64, Arc<Chunk>)>, SheetError> {
    let mut ids: Vec<i64> = missing.keys().copied().collect();
    ids.sort_unstable();
    let stored = records::chunks(tx, &ids).await?;
    if stored.len() != ids.len() {
        return Err(SheetError::Damaged("a chunk is missing".to_string()));
    }
    let cache = cache.clone();
    let heavy = stored.len() > DECODED_AT_ONCE;
    let decode = move || {
        let mut decoded = Vec::with_capacity(stored.len());
        for (id, bytes) in stored {
            let Some((part, records)) = missing.get(&id).copied() else { continue };
            let chunk = Chunk::decode(part, &bytes)?;
            if !chunk.fits(records) {
                return Err(SheetError::Damaged(
                    "a chunk has not as many records as its segment".to_string(),
                ));
            }
            let chunk = Arc::new(chunk);
            cache.put(id, chunk.clone());
            decoded.push((id, chunk));
        }
        Ok(decoded)
    };
    if heavy { blocking(decode).await } else { decode() }
}
