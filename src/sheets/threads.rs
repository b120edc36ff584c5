//! Work on many segments, on two threads.

use super::error::SheetError;

/// Fewer items are not worth a second thread.
const WORTH_A_THREAD: usize = 4;

/// Does the same with each item and answers in their order. For threads that may block.
///
/// # Errors
/// [`SheetError::BrokenOff`] when the other thread broke down.
pub(super) fn on_two_threads<I: Sync, T: Send>(
    items: &[I],
    work: impl Fn(&I) -> T + Sync,
) -> Result<Vec<T>, SheetError> {
    let run = |items: &[I]| items.iter().map(&work).collect::<Vec<T>>();
    if items.len() < WORTH_A_THREAD {
        return Ok(run(items));
    }
    let (first, second) = items.split_at(items.len() / 2);
    let (mut done, rest) = both(|| run(first), || run(second))?;
    done.extend(rest);
    Ok(done)
}

/// Does two things at the same time.
///
/// # Errors
/// [`SheetError::BrokenOff`] when the other thread broke down.
pub(super) fn both<A, B: Send>(
    first: impl FnOnce() -> A,
    second: impl FnOnce() -> B + Send,
) -> Result<(A, B), SheetError> {
    std::thread::scope(|scope| {
        let second = std::thread::Builder::new().spawn_scoped(scope, second);
        let second = second.map_err(|_| SheetError::BrokenOff)?;
        let first = first();
        Ok((first, second.join().map_err(|_| SheetError::BrokenOff)?))
    })
}
