//! Some rows that came together.

use std::collections::HashMap;

use super::super::rows::{RecordName, Remark, RowHead};
use crate::domain::blueprint::Level;
use crate::domain::frame::{Frame, FrameColumn, FrameRow};

/// A cell of a page: its row there and its column as it travelled, both from 0.
pub type Place = (usize, usize);

/// Some rows that came together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// The start of each row.
    pub heads: Vec<RowHead>,
    /// The cells as they travelled.
    pub columns: Vec<FrameColumn>,
    /// Texts in place of theirs.
    pub written: HashMap<Place, Option<Box<str>>>,
    /// Remarks on cells, the worst first.
    pub remarks: HashMap<Place, Vec<Remark>>,
}

impl Page {
    /// Takes a page as it travelled.
    pub fn of_frame(frame: Frame) -> Self {
        let head = |row: &FrameRow| {
            Some(RowHead {
                record: RecordName::read(&row.id)?,
                position: row.position + 1,
                invalid: row.flags.has(Level::Error),
            })
        };
        let mut page = Self { heads: frame.rows.iter().map_while(head).collect(), ..Self::default() };
        page.columns = frame.columns;
        for message in frame.messages {
            let remark = Remark { level: message.level, hosts: message.hosts, text: message.text };
            let remarks = page.remarks.entry((message.row as usize, message.column as usize)).or_default();
            let place = remarks.partition_point(|worse| worse.level >= remark.level);
            remarks.insert(place, remark);
        }
        page
    }

    /// The memory that it takes.
    pub fn bytes(&self) -> usize {
        let columns: usize = self.columns.iter().map(FrameColumn::bytes).sum();
        let remarks: usize = self.remarks.values().flatten().map(|remark| remark.text.len() + 64).sum();
        self.heads.len() * 24 + columns + remarks
    }

    /// The text of a cell.
    pub fn text(&self, place: Place) -> Option<&str> {
        match self.written.get(&place) {
            Some(written) => written.as_deref(),
            None => self.columns.get(place.1)?.get(place.0),
        }
    }

    /// Puts a text in the place of what travelled, and of what was said of that.
    pub fn write(&mut self, place: Place, text: Option<&str>) {
        self.written.insert(place, text.map(Into::into));
        self.remarks.remove(&place);
    }
}
