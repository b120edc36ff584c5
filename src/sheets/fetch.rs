//! Getting chunks: from the cache, or from the database and decoded.

use std::collections::HashMap;
use std::sync::Arc;

use super::cache::ChunkCache;
use super::chunk::{Chunk, Part};
use super::error::{SheetError, blocking};
use super::manifest::Segment;
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

    /// Hands out the chunks of a segment that are wanted. Few parts of a wide sheet are looked up, and the others are
    /// not walked over.
    fn each_of(&self, segment: &Segment, mut take: impl FnMut(Part, i64)) {
        match self {
            Self::All => segment.chunks.iter().for_each(|(part, id)| take(*part, *id)),
            Self::Parts(parts) => {
                for part in [Part::NUMBERS, Part::DELETED].iter().chain(parts) {
                    if let Some(id) = segment.chunks.get(part) {
                        take(*part, *id);
                    }
                }
            }
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
        wanted.each_of(segment, |part, id| match cache.get(id) {
            Some(chunk) => _ = held.insert(id, chunk),
            None => _ = missing.insert(id, (part, segment.records)),
        });
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::record::RecordNumber;

    #[test]
    fn what_is_wanted_of_a_segment_is_taken_and_nothing_else() {
        let field = |number| Part::field(FieldNumber(number));
        let parts = [Part::NUMBERS, Part::DELETED, Part::MESSAGES, field(1), field(2)];
        let segment = Segment {
            number: 1,
            records: 1,
            live: 1,
            invalid: 0,
            first: RecordNumber(1),
            last: RecordNumber(1),
            chunks: parts.into_iter().zip(10..).collect(),
        };
        for (wanted, expected) in [
            (Wanted::All, vec![10, 11, 12, 13, 14]),
            (Wanted::Parts(Vec::new()), vec![10, 11]),
            (Wanted::Parts(vec![field(2), field(3)]), vec![10, 11, 14]),
            (Wanted::fields(&[FieldNumber(1)]), vec![10, 11, 12, 13]),
        ] {
            let mut taken = Vec::new();
            wanted.each_of(&segment, |part, id| {
                assert_eq!(segment.chunks.get(&part), Some(&id));
                taken.push(id);
            });
            taken.sort_unstable();
            assert_eq!(taken, expected, "{wanted:?}");
        }
    }
}
