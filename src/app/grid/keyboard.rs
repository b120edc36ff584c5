//! Which key does what in the grid: one table, without a browser.

use super::geometry::Spot;

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Go somewhere; with Shift the range grows instead.
    Go(Move),
    /// Grow the range.
    Extend(Move),
    /// Open the editor with what the cell holds.
    Edit,
    /// Open the editor with the character that was typed instead.
    Replace,
    /// Empty the cells of the range.
    Clear,
    /// Put the range on the clipboard.
    Copy,
    /// The same, and empty it.
    Cut,
    /// Write what is on the clipboard.
    Paste,
    /// Give the range what its first row has.
    FillDown,
    /// Give the range what its first column has.
    FillRight,
    /// Take the last change back.
    Undo,
    /// Make it again.
    Redo,
    /// Add a record at the end.
    AddRecord,
    /// Add as many records as the range has, above it.
    InsertAbove,
    /// Add as many, below it.
    InsertBelow,
    /// Add copies of the records of the range.
    Duplicate,
    /// Delete the records of the range.
    DeleteRecords,
    /// Show the records with the value of the cell.
    FilterByValue,
    /// Open the menu of the cell.
    Menu,
    /// Turn a yes into a no, and a no into a yes; anywhere else the record as a form.
    Space,
    /// Give up the range and the selected rows.
    Escape,
    /// Every cell.
    SelectAll,
    /// The row, as its number does when it is pressed.
    SelectRow,
    /// Open the menu of the column.
    ColumnMenu,
    /// The cells of the column.
    SelectColumn,
    /// The record as a form.
    OpenRecord,
    /// To what helps with the messages of the cell.
    Help,
}

/// A way to another cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// One row up.
    Up,
    /// One row down.
    Down,
    /// One column to the left.
    Left,
    /// One column to the right.
    Right,
    /// To the first column.
    RowStart,
    /// To the last column.
    RowEnd,
    /// To the first row.
    ColumnStart,
    /// To the last row.
    ColumnEnd,
    /// To the first cell of all.
    First,
    /// To the last cell of all.
    Last,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the next cell, over the end of the row.
    Next,
    /// To the cell before, over the start of the row.
    Previous,
}

/// Which keys were held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    /// Ctrl, or Cmd on a Mac.
    pub control: bool,
    /// Shift.
    pub shift: bool,
    /// Alt.
    pub alt: bool,
}

/// Key, whether Ctrl goes with it, and the way it goes.
const MOVES: [(&str, bool, Move); 14] = [
    ("ArrowUp", false, Move::Up),
    ("ArrowDown", false, Move::Down),
    ("ArrowLeft", false, Move::Left),
    ("ArrowRight", false, Move::Right),
    ("Home", false, Move::RowStart),
    ("End", false, Move::RowEnd),
    ("PageUp", false, Move::PageUp),
    ("PageDown", false, Move::PageDown),
    ("ArrowUp", true, Move::ColumnStart),
    ("ArrowDown", true, Move::ColumnEnd),
    ("ArrowLeft", true, Move::RowStart),
    ("ArrowRight", true, Move::RowEnd),
    ("Home", true, Move::First),
    ("End", true, Move::Last),
];

/// What a key asks for; nothing for keys that are the browser's.
pub fn command(key: &str, held: Held) -> Option<Command> {
    if held.control && held.alt {
        // A browser's own keys for its zoom are those without Alt.
        return match key {
            "-" => Some(Command::DeleteRecords),
            "+" | "=" => Some(Command::AddRecord),
            _ => None,
        };
    }
    let mut letters = key.chars();
    let letter = letters.next().filter(|_| letters.next().is_none());
    if held.alt && key == "ArrowDown" {
        return Some(Command::ColumnMenu);
    }
    if held.alt {
        // A Mac writes with Option; Alt and a plain letter is a menu of the browser.
        let writes = letter.is_some_and(|letter| !letter.is_ascii_alphanumeric());
        return writes.then_some(Command::Replace);
    }
    let way = MOVES.iter().find(|(name, control, _)| *name == key && *control == held.control);
    if let Some((_, _, way)) = way {
        return Some(if held.shift { Command::Extend(*way) } else { Command::Go(*way) });
    }
    match (key, held.control, held.shift) {
        ("Tab", false, false) => Some(Command::Go(Move::Next)),
        ("Tab", false, true) => Some(Command::Go(Move::Previous)),
        ("Enter" | "F2", false, false) => Some(Command::Edit),
        ("Delete" | "Backspace", false, _) => Some(Command::Clear),
        ("Escape", false, false) => Some(Command::Escape),
        ("a" | "A", true, false) => Some(Command::SelectAll),
        ("d" | "D", true, false) => Some(Command::FillDown),
        ("r" | "R", true, false) => Some(Command::FillRight),
        ("z" | "Z", true, false) => Some(Command::Undo),
        ("z" | "Z", true, true) | ("y" | "Y", true, false) => Some(Command::Redo),
        ("F10", false, true) | ("ContextMenu", ..) => Some(Command::Menu),
        (" ", false, true) => Some(Command::SelectRow),
        (" ", true, false) => Some(Command::SelectColumn),
        (" ", false, false) => Some(Command::Space),
        (".", true, false) => Some(Command::Help),
        (_, false, _) if letter.is_some() => Some(Command::Replace),
        _ => None,
    }
}

/// Where a move leads, within `rows` and `columns` (both at least 1). Nothing when it would leave the
/// grid, as Tab does at the ends.
pub fn target(from: Spot, way: Move, rows: u64, columns: usize, page: u64) -> Option<Spot> {
    let (last_row, last_column) = (rows.checked_sub(1)?, columns.checked_sub(1)?);
    let Spot { row, column } = from;
    let spot = match way {
        Move::Up => Spot { row: row.saturating_sub(1), column },
        Move::Down => Spot { row: row + 1, column },
        Move::Left => Spot { row, column: column.saturating_sub(1) },
        Move::Right => Spot { row, column: column + 1 },
        Move::RowStart => Spot { row, column: 0 },
        Move::RowEnd => Spot { row, column: last_column },
        Move::ColumnStart => Spot { row: 0, column },
        Move::ColumnEnd => Spot { row: last_row, column },
        Move::First => Spot { row: 0, column: 0 },
        Move::Last => Spot { row: last_row, column: last_column },
        Move::PageUp => Spot { row: row.saturating_sub(page), column },
        Move::PageDown => Spot { row: row.saturating_add(page), column },
        Move::Next if column < last_column => Spot { row, column: column + 1 },
        Move::Next if row < last_row => Spot { row: row + 1, column: 0 },
        Move::Previous if column > 0 => Spot { row, column: column - 1 },
        Move::Previous if row > 0 => Spot { row: row - 1, column: last_column },
        Move::Next | Move::Previous => return None,
    };
    Some(Spot { row: spot.row.min(last_row), column: spot.column.min(last_column) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Held = Held { control: false, shift: false, alt: false };

    #[test]
    fn keys_do_what_a_spreadsheet_taught() {
        let control = Held { control: true, ..PLAIN };
        let shift = Held { shift: true, ..PLAIN };
        for (key, held, wanted) in [
            ("ArrowDown", PLAIN, Some(Command::Go(Move::Down))),
            ("ArrowDown", control, Some(Command::Go(Move::ColumnEnd))),
            ("ArrowDown", Held { control: true, ..shift }, Some(Command::Extend(Move::ColumnEnd))),
            ("End", control, Some(Command::Go(Move::Last))),
            ("Tab", shift, Some(Command::Go(Move::Previous))),
            ("F2", PLAIN, Some(Command::Edit)),
            ("ä", PLAIN, Some(Command::Replace)),
            ("A", shift, Some(Command::Replace)),
            ("a", control, Some(Command::SelectAll)),
            (" ", PLAIN, Some(Command::Space)),
            (" ", shift, Some(Command::SelectRow)),
            (".", control, Some(Command::Help)),
            ("c", control, None),
            ("PageDown", control, None),
            ("z", control, Some(Command::Undo)),
            ("Z", Held { control: true, ..shift }, Some(Command::Redo)),
            ("-", control, None),
            ("-", Held { control: true, alt: true, ..PLAIN }, Some(Command::DeleteRecords)),
            ("x", Held { control: true, alt: true, ..PLAIN }, None),
            ("F10", shift, Some(Command::Menu)),
            (" ", control, Some(Command::SelectColumn)),
            ("x", Held { alt: true, ..PLAIN }, None),
            ("ArrowDown", Held { alt: true, ..PLAIN }, Some(Command::ColumnMenu)),
            ("ArrowUp", Held { alt: true, ..PLAIN }, None),
            ("@", Held { alt: true, ..PLAIN }, Some(Command::Replace)),
            ("Shift", shift, None),
        ] {
            assert_eq!(command(key, held), wanted, "{key} {held:?}");
        }
    }

    #[test]
    fn tab_goes_over_the_end_of_a_row_and_leaves_at_the_last_cell() {
        let at = |row, column| Spot { row, column };
        assert_eq!(target(at(0, 2), Move::Next, 2, 3, 5), Some(at(1, 0)));
        assert_eq!(target(at(1, 2), Move::Next, 2, 3, 5), None);
        assert_eq!(target(at(1, 0), Move::Previous, 2, 3, 5), Some(at(0, 2)));
        assert_eq!(target(at(0, 0), Move::Previous, 2, 3, 5), None);
    }

    #[test]
    fn no_move_leaves_the_grid() {
        let ways = MOVES.iter().map(|(_, _, way)| *way).chain([Move::Next, Move::Previous]);
        for way in ways {
            for from in [Spot::default(), Spot { row: 9, column: 4 }] {
                if let Some(spot) = target(from, way, 10, 5, 100) {
                    assert!(spot.row < 10 && spot.column < 5, "{way:?} from {from:?} to {spot:?}");
                }
            }
            assert_eq!(target(Spot::default(), way, 0, 5, 1), None);
        }
    }
}
