//! Folding: what lies over the chunks goes into new chunks. The content stays what it is.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::sync::Arc;
use std::vec::IntoIter;

use super::cache::ChunkCache;
use super::chunk_id;
use super::error::{SheetError, blocking};
use super::fetch::{self, SCANNED_TOGETHER, Wanted};
use super::limits::Limits;
use super::manifest::{Manifest, Segment};
use super::overlay::Overlay;
use super::rewrite::{Patched, Rewritten, Task};
use super::state::State;
use crate::domain::record::RecordNumber;
use crate::store::{Tx, failpoint, records};

/// Folds an overlay and a list of deletions into the segments of a state. Writes the new chunks; the
/// caller writes the manifest that comes back.
pub(super) async fn fold(
    cache: &Arc<ChunkCache>,
    tx: &mut Tx,
    (state, limits): (&Arc<State>, Limits),
    overlay: &Overlay,
    removed: &[RecordNumber],
    next_segment: &mut i64,
) -> Result<Manifest, SheetError> {
    let tasks = plan((state, limits), overlay, removed, next_segment);
    let mut segments: BTreeMap<i64, Arc<Segment>> =
        state.manifest.segments().iter().map(|segment| (segment.number, segment.clone())).collect();
    // Segments that get records are read as a whole, the others only where they change.
    let (mut growing, mut changing): (Vec<Task>, Vec<Task>) =
        tasks.into_iter().partition(|task| task.parts().is_none());
    while !changing.is_empty() || !growing.is_empty() {
        let tasks = if changing.is_empty() { &mut growing } else { &mut changing };
        let group: Vec<Task> = tasks.drain(..tasks.len().min(SCANNED_TOGETHER)).collect();
        for (number, segment) in run(cache, tx, state, group).await? {
            match segment {
                Some(segment) => _ = segments.insert(number, Arc::new(segment)),
                None => _ = segments.remove(&number),
            }
        }
    }
    Ok(Manifest::new(segments.into_values().collect()))
}

/// What is to be done with which segment.
fn plan(
    (state, limits): (&State, Limits),
    overlay: &Overlay,
    removed: &[RecordNumber],
    next_segment: &mut i64,
) -> Vec<Task> {
    let segments = state.manifest.segments();
    let mut tasks: BTreeMap<usize, Task> = BTreeMap::new();
    let mut tail: Vec<Patched> = Vec::new();
    for (number, patch) in overlay.range(RecordNumber(0), RecordNumber(u64::MAX)) {
        match state.manifest.holding(number) {
            Some(place) => at(&mut tasks, segments, place).patches.push((number, patch.clone())),
            None if patch.inserted && !patch.deleted => tail.push((number, patch.clone())),
            None => {}
        }
    }
    for number in removed {
        match state.manifest.holding(*number) {
            Some(place) => at(&mut tasks, segments, place).removed.push(*number),
            None => tail.retain(|(other, _)| other != number),
        }
    }
    // Large texts begin a segment of their own.
    let small = bytes(&tail) < limits.segment_bytes / 8;
    let mut tail = tail.into_iter().peekable();
    if let Some((place, last)) = segments.iter().enumerate().next_back()
        && tail.peek().is_some()
        && last.records < limits.segment_records
        && small
    {
        let room = (limits.segment_records - last.records) as usize;
        let added = take(&mut tail, room, limits);
        at(&mut tasks, segments, place).added = added;
    }
    let mut tasks: Vec<Task> = tasks.into_values().collect();
    while tail.peek().is_some() {
        let added = take(&mut tail, limits.segment_records as usize, limits);
        tasks.push(Task { number: *next_segment, added, ..Task::default() });
        *next_segment += 1;
    }
    tasks
}

fn at<'a>(tasks: &'a mut BTreeMap<usize, Task>, segments: &[Arc<Segment>], place: usize) -> &'a mut Task {
    let number = segments.get(place).map_or(0, |segment| segment.number);
    tasks.entry(place).or_insert_with(|| Task { base: Some(place), number, ..Task::default() })
}

/// Takes records until there are enough of them or their texts are large.
fn take(tail: &mut Peekable<IntoIter<Patched>>, most: usize, limits: Limits) -> Vec<Patched> {
    let mut taken = Vec::new();
    let mut length = 0;
    while taken.len() < most && length < limits.segment_bytes {
        let Some(patched) = tail.next() else { break };
        length += bytes(std::slice::from_ref(&patched));
        taken.push(patched);
    }
    taken
}

fn bytes(patched: &[Patched]) -> usize {
    let texts = patched.iter().flat_map(|(_, patch)| patch.cells.values().flatten());
    texts.map(|text| text.len()).sum()
}

async fn run(
    cache: &Arc<ChunkCache>,
    tx: &mut Tx,
    state: &Arc<State>,
    tasks: Vec<Task>,
) -> Result<Vec<(i64, Option<Segment>)>, SheetError> {
    let parts: Option<Vec<_>> = tasks.iter().map(Task::parts).collect();
    let wanted = match parts {
        Some(parts) => Wanted::Parts(parts.into_iter().flatten().collect()),
        None => Wanted::All,
    };
    let rows = fetch::rows(cache, tx, state, tasks.iter().filter_map(|task| task.base), &wanted).await?;
    let cache = cache.clone();
    let (segments, chunks) = blocking(move || {
        let mut segments = Vec::new();
        let mut chunks = Vec::new();
        for task in tasks {
            let number = task.number;
            let rewritten = task.run(&rows).map(|rewritten| name(&cache, rewritten, &mut chunks));
            segments.push((number, rewritten));
        }
        Ok((segments, chunks))
    })
    .await?;
    records::insert_chunks(tx, chunks).await?;
    failpoint("fold-chunks");
    Ok(segments)
}

/// Gives the new chunks ids and encodes them.
pub(super) fn name(cache: &ChunkCache, rewritten: Rewritten, chunks: &mut Vec<(i64, Vec<u8>)>) -> Segment {
    let Rewritten { mut segment, changed } = rewritten;
    let ids = chunk_id::reserve(changed.len())..;
    for (id, (part, chunk)) in ids.zip(changed) {
        chunks.push((id, chunk.encode()));
        segment.chunks.insert(part, id);
        cache.put(id, Arc::new(chunk));
    }
    segment
}
