//! The demo: what a new server has to try. The names are made up.

pub mod contacts;
pub mod playground;

use serde_json::Value;

use super::documents::DocumentChange;
use crate::domain::ids::SheetId;

/// The document that explains the demo, with the ways to its sheets.
pub fn document(contacts: &SheetId, playground: &SheetId) -> DocumentChange {
    let body = format!(
        "A **space** is one import: everything that belongs to it is in the list at the side.\n\n\
        <embed type='embedded-sheet' sheetId='{contacts}'>\n\n\
        ## Put the records right\n\n\
        A **sheet** holds records. Each column has a rule of its own, and cells that break it are marked red: rest on one \
        to read why.\n\n\
        1. Press **Invalid** over the sheet to see only records with errors.\n\
        2. Click a cell and type. `Enter` saves it, `Ctrl` + `Z` takes it back.\n\
        3. To add records of your own, drop a CSV file on the sheet.\n\n\
        ## Hand them on\n\n\
        **Submit**, at the top right of the sheet, starts a job. Here it sends the valid records to a pretended CRM and \
        gives those with errors back as a file. What ran and how it ended is under **Jobs**.\n\n\
        ## Try every button\n\n\
        Developers define buttons, their forms and what comes of them. The workbook **{name}** has one for each \
        option there is.\n\n\
        <embed type='embedded-sheet' sheetId='{playground}'>\n\n\
        ## This page\n\n\
        It is a document: a text in Markdown that a program writes by the API. Change it, and it changes here at \
        once.\n",
        name = playground::NAME,
    );
    let actions: Value = playground::of_document();
    DocumentChange {
        title: Some("How this works".to_string()),
        body: Some(body),
        actions: serde_json::from_value(actions).ok(),
        ..DocumentChange::default()
    }
}
