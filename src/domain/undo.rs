//! What a person can undo and redo in a sheet, told from what they did.

/// A change that a person made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made<T> {
    /// Its name.
    pub change: T,
    /// The change that it took back.
    pub undoes: Option<T>,
}

/// The changes that can be taken back, the next one last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps<T> {
    /// To undo.
    pub undo: Vec<Step<T>>,
    /// To redo: the change of each undid something.
    pub redo: Vec<Step<T>>,
}

/// A change that can be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step<T> {
    /// The change.
    pub change: T,
    /// The one that a person made; `change` made it again, or undid it.
    pub of: T,
}

impl<T: PartialEq + Clone> Steps<T> {
    /// What can be undone and redone after these changes, the oldest first. What is new takes the place of what was
    /// undone before.
    pub fn after(changes: impl IntoIterator<Item = Made<T>>) -> Self {
        let (mut done, mut undone): (Vec<Step<T>>, Vec<Step<T>>) = Default::default();
        for Made { change, undoes } in changes {
            let undoes = undoes.as_ref();
            let taken =
                done.iter().rposition(|step| undoes.is_some_and(|it| *it == step.change || *it == step.of));
            let again = undone.iter().rposition(|step| undoes == Some(&step.change));
            if let Some(place) = taken {
                undone.push(Step { change, of: done.remove(place).of });
            } else if let Some(place) = again {
                done.push(Step { change, of: undone.remove(place).of });
            } else {
                undone.clear();
                done.push(Step { of: change.clone(), change });
            }
        }
        Self { undo: done, redo: undone }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn made(list: &[(u32, Option<u32>)]) -> Steps<u32> {
        Steps::after(list.iter().map(|(change, undoes)| Made { change: *change, undoes: *undoes }))
    }

    #[test]
    fn what_was_undone_can_be_redone_until_something_new_is_made() {
        for (log, undo, redo) in [
            (&[(1, None), (2, None)][..], &[(1, 1), (2, 2)][..], &[][..]),
            (&[(1, None), (2, None), (3, Some(2))], &[(1, 1)], &[(3, 2)]),
            (&[(1, None), (2, None), (3, Some(2)), (4, Some(1))], &[], &[(3, 2), (4, 1)]),
            // The one that was undone last is made again first.
            (&[(1, None), (2, None), (3, Some(2)), (4, Some(1)), (5, Some(4))], &[(5, 1)], &[(3, 2)]),
            (&[(1, None), (2, Some(1)), (3, None)], &[(3, 3)], &[]),
            // Made again, and taken back by its own name, as a job's card does.
            (&[(1, None), (2, Some(1)), (3, Some(2)), (4, Some(1))], &[], &[(4, 1)]),
            // Taking back what somebody else did is a change of its own.
            (&[(1, None), (2, Some(99))], &[(1, 1), (2, 2)], &[]),
        ] {
            let steps = |list: &[(u32, u32)]| {
                list.iter().map(|(change, of)| Step { change: *change, of: *of }).collect::<Vec<_>>()
            };
            assert_eq!(made(log), Steps { undo: steps(undo), redo: steps(redo) }, "{log:?}");
        }
    }

    proptest! {
        /// Presses of keys: 0 makes something new, 1 undoes, 2 redoes.
        #[test]
        fn the_keys_lead_where_they_do_elsewhere(presses in prop::collection::vec(0u8..3, 0..60)) {
            let mut log: Vec<(u32, Option<u32>)> = Vec::new();
            let (mut done, mut undone) = (Vec::new(), Vec::new());
            for (press, name) in presses.into_iter().zip(1u32..) {
                let steps = made(&log);
                match press {
                    1 => log.extend(steps.undo.last().map(|step| {
                        undone.extend(done.pop());
                        (name, Some(step.change))
                    })),
                    2 => log.extend(steps.redo.last().map(|step| {
                        done.extend(undone.pop());
                        (name, Some(step.change))
                    })),
                    _ => {
                        undone.clear();
                        done.push(name);
                        log.push((name, None));
                    }
                }
                let steps = made(&log);
                prop_assert_eq!((steps.undo.len(), steps.redo.len()), (done.len(), undone.len()));
            }
        }
    }
}
