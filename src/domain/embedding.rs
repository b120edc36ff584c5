//! How a space looks to those who come by a link: what its `metadata` says of the sidebar, the first page and the theme
//! (section 4.5 of the wire contract).

use serde_json::Value;

use super::ids::{DocumentId, Id, SheetId, WorkbookId};
use super::theme;

/// What opens first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DefaultPage {
    /// A document.
    Document(DocumentId),
    /// A sheet, or the first one of a workbook.
    Workbook {
        /// The workbook.
        workbook: WorkbookId,
        /// The sheet of it.
        sheet: Option<SheetId>,
    },
}

/// How a space looks to visitors.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding<'a> {
    /// What opens first, where `sidebarConfig.defaultPage` says so.
    pub default_page: Option<DefaultPage>,
    /// Whether the sidebar is shown; where nobody says, it is.
    pub shows_sidebar: bool,
    theme: Option<&'a Value>,
}

impl<'a> Embedding<'a> {
    /// Reads the metadata of a space. What has another shape than it should counts as absent.
    pub fn of(metadata: Option<&'a Value>) -> Self {
        let sidebar = metadata.and_then(|metadata| metadata.get("sidebarConfig"));
        let shows_sidebar = sidebar.and_then(|sidebar| sidebar.get("showSidebar")?.as_bool());
        Self {
            default_page: sidebar.and_then(|sidebar| default_page(sidebar.get("defaultPage")?)),
            shows_sidebar: shows_sidebar.unwrap_or(true),
            theme: metadata.and_then(|metadata| metadata.get("theme")),
        }
    }

    /// The rules of style that this comes to. They hold nothing but what was read as a colour, a length, a font or an
    /// address of a picture.
    pub fn rules(&self) -> String {
        let mut rules = self.theme.map(theme::rules).unwrap_or_default();
        if !self.shows_sidebar {
            rules.push_str(NO_SIDEBAR);
        }
        rules
    }
}

/// Without a sidebar the way from sheet to sheet stays, where there are several, and so does that to a document.
const NO_SIDEBAR: &str = "\
.sidebar .brand,.sidebar-rest>h2,.sidebar-rest>a:not(.document-link),.sidebar .person{display:none}\
.frame:not(:has(.sidebar li~li,.sidebar ul~ul,.document-link)) :is(.sidebar,.drawer-button){display:none}";

fn default_page(value: &Value) -> Option<DefaultPage> {
    let text = |value: &Value, name: &str| Some(value.get(name)?.as_str()?.to_string());
    if let Some(document) = text(value, "documentId") {
        return DocumentId::parse(&document).ok().map(DefaultPage::Document);
    }
    let of_workbook = value.get("workbook")?;
    let workbook = WorkbookId::parse(&text(of_workbook, "workbookId")?).ok()?;
    let sheet = text(of_workbook, "sheetId").and_then(|id| SheetId::parse(&id).ok());
    Some(DefaultPage::Workbook { workbook, sheet })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_page_is_a_document_a_workbook_or_a_sheet() {
        let read = |page: Value| {
            let metadata = json!({ "sidebarConfig": { "defaultPage": page } });
            Embedding::of(Some(&metadata)).default_page
        };
        let document = DocumentId::parse("us_dc_00000000").unwrap();
        assert_eq!(read(json!({ "documentId": "us_dc_00000000" })), Some(DefaultPage::Document(document)));
        let (workbook, sheet) =
            (WorkbookId::parse("us_wb_00000000").unwrap(), SheetId::parse("us_sh_00000000").unwrap());
        let of = |sheet| Some(DefaultPage::Workbook { workbook: workbook.clone(), sheet });
        assert_eq!(read(json!({ "workbook": { "workbookId": "us_wb_00000000" } })), of(None));
        let whole = json!({ "workbook": { "workbookId": "us_wb_00000000", "sheetId": "us_sh_00000000" } });
        assert_eq!(read(whole), of(Some(sheet)));
        for odd in [json!(null), json!("x"), json!({ "documentId": 1 }), json!({ "workbook": {} })] {
            assert_eq!(read(odd.clone()), None, "{odd}");
        }
    }

    #[test]
    fn what_nobody_says_is_shown() {
        let bare = Embedding::of(None);
        assert!(bare.shows_sidebar && bare.rules().is_empty());
        let metadata = json!({ "sidebarConfig": { "showSidebar": false } });
        assert!(Embedding::of(Some(&metadata)).rules().contains(".sidebar"));
    }
}
