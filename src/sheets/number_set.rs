//! A set of record numbers as the commits keep it: runs of numbers that follow one another.

use super::bytes::{Source, put_number};
use super::error::Damage;
use crate::domain::record::RecordNumber;

/// No commit touches more records than this; a larger set is damage.
const MOST: u64 = 1 << 26;

/// The bytes of a set that is in order.
pub(super) fn encode(numbers: &[RecordNumber]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut last = 0u64;
    for run in numbers.chunk_by(|one, next| next.0 == one.0.wrapping_add(1)) {
        put_number(&mut out, run[0].0.wrapping_sub(last));
        put_number(&mut out, run.len() as u64);
        last = run[run.len() - 1].0;
    }
    out
}

/// Reads what [`encode`] wrote.
pub(super) fn decode(bytes: &[u8]) -> Result<Vec<RecordNumber>, Damage> {
    let mut source = Source::new(bytes);
    let mut numbers = Vec::new();
    let (mut last, mut total) = (0u64, 0u64);
    while source.end().is_err() {
        let wrong = Damage("the records of a commit are not in order");
        let first = last.checked_add(source.number()?).ok_or(wrong)?;
        let count = source.number()?;
        total = total.saturating_add(count);
        if count == 0 || total > MOST {
            return Err(wrong);
        }
        last = first.checked_add(count - 1).ok_or(wrong)?;
        numbers.extend((first..=last).map(RecordNumber));
    }
    Ok(numbers)
}

/// Whether a record is in the set that [`encode`] wrote.
pub(super) fn contains(bytes: &[u8], number: RecordNumber) -> Result<bool, Damage> {
    let mut source = Source::new(bytes);
    let mut last = 0u64;
    while source.end().is_err() {
        let wrong = Damage("the records of a commit are not in order");
        let first = last.checked_add(source.number()?).ok_or(wrong)?;
        let count = source.number()?.checked_sub(1).ok_or(wrong)?;
        last = first.checked_add(count).ok_or(wrong)?;
        if (first..=last).contains(&number.0) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_read_back_and_a_run_is_short() {
        for numbers in [vec![], vec![1], vec![1, 2, 3, 9, 11, 12, 4000]] {
            let numbers: Vec<_> = numbers.into_iter().map(RecordNumber).collect();
            for number in (0..5000).map(RecordNumber) {
                assert_eq!(contains(&encode(&numbers), number), Ok(numbers.contains(&number)));
            }
            assert_eq!(decode(&encode(&numbers)), Ok(numbers));
        }
        let run: Vec<_> = (1..=10_000).map(RecordNumber).collect();
        assert!(encode(&run).len() < 8);
        assert!(decode(&[0x80]).is_err());
        assert!(decode(&[1, 0]).is_err());
    }
}
