//! The pages by their addresses.

/// A page, and what it is of, as its address names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Route {
    /// The spaces.
    Home,
    /// Signing in.
    SignIn,
    /// What developers need around spaces: keys, events, agents.
    Developers {
        /// Which page of it; the first when empty.
        section: String,
    },
    /// A space, which opens where its work is.
    Space {
        /// The space.
        space: String,
    },
    /// The records of a sheet.
    Sheet {
        /// The space.
        space: String,
        /// The workbook.
        workbook: String,
        /// The sheet.
        sheet: String,
    },
    /// A document of a space.
    Document {
        /// The space.
        space: String,
        /// The document.
        document: String,
    },
    /// The files of a space.
    Files {
        /// The space.
        space: String,
    },
    /// The jobs of a space.
    Jobs {
        /// The space.
        space: String,
    },
    /// The webhooks of a space.
    Webhooks {
        /// The space.
        space: String,
    },
}

impl Route {
    /// The page at a path; nothing when there is none.
    pub fn read(path: &str) -> Option<Self> {
        let names: Vec<&str> = path.split('/').filter(|name| !name.is_empty()).collect();
        Some(match names[..] {
            [] => Self::Home,
            ["sign-in"] => Self::SignIn,
            ["developers"] => Self::Developers { section: String::new() },
            ["developers", section] => Self::Developers { section: section.to_string() },
            ["space", space] => Self::Space { space: space.to_string() },
            ["space", space, "workbook", workbook, "sheet", sheet] => Self::Sheet {
                space: space.to_string(),
                workbook: workbook.to_string(),
                sheet: sheet.to_string(),
            },
            ["space" | "s", space, "documents", document] => {
                Self::Document { space: space.to_string(), document: document.to_string() }
            }
            ["space", space, "files"] => Self::Files { space: space.to_string() },
            ["space", space, "jobs"] => Self::Jobs { space: space.to_string() },
            ["space", space, "webhooks"] => Self::Webhooks { space: space.to_string() },
            _ => return None,
        })
    }

    /// The path that leads there.
    pub fn path(&self) -> String {
        match self {
            Self::Home => "/".to_string(),
            Self::SignIn => "/sign-in".to_string(),
            Self::Developers { section } => ["/developers/", section].concat(),
            Self::Space { space } => ["/space/", space].concat(),
            Self::Sheet { space, workbook, sheet } => {
                ["/space/", space, "/workbook/", workbook, "/sheet/", sheet].concat()
            }
            Self::Document { space, document } => ["/space/", space, "/documents/", document].concat(),
            Self::Files { space } => ["/space/", space, "/files"].concat(),
            Self::Jobs { space } => ["/space/", space, "/jobs"].concat(),
            Self::Webhooks { space } => ["/space/", space, "/webhooks"].concat(),
        }
    }

    /// The sheet whose records are shown.
    pub fn sheet(&self) -> Option<&str> {
        match self {
            Self::Sheet { sheet, .. } => Some(sheet),
            _ => None,
        }
    }

    /// The document that is shown.
    pub fn document(&self) -> Option<&str> {
        match self {
            Self::Document { document, .. } => Some(document),
            _ => None,
        }
    }

    /// The space that the page belongs to.
    pub fn space(&self) -> Option<&str> {
        match self {
            Self::Home | Self::SignIn | Self::Developers { .. } => None,
            Self::Space { space }
            | Self::Sheet { space, .. }
            | Self::Document { space, .. }
            | Self::Files { space }
            | Self::Jobs { space }
            | Self::Webhooks { space } => Some(space),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_as_it_is_written() {
        let space = || "us_sp_1".to_string();
        let sheet = Route::Sheet { space: space(), workbook: "us_wb_2".into(), sheet: "us_sh_3".into() };
        let files = Route::Files { space: space() };
        for route in [
            Route::Home,
            Route::SignIn,
            Route::Developers { section: String::new() },
            Route::Developers { section: "keys".into() },
            Route::Space { space: space() },
            sheet,
            Route::Document { space: space(), document: "us_dc_4".into() },
            files,
            Route::Jobs { space: space() },
            Route::Webhooks { space: space() },
        ] {
            assert_eq!(Route::read(&route.path()), Some(route));
        }
    }

    #[test]
    fn a_path_that_leads_nowhere_is_nothing() {
        for path in [
            "/spaces",
            "/space/us_sp_1/workbook",
            "/space/us_sp_1/documents",
            "/space/us_sp_1/documents/us_dc_4/again",
            "/space",
            "/files/us_fl_1/download",
            "/sign-in/again",
            "/developers/keys/again",
        ] {
            assert_eq!(Route::read(path), None, "{path}");
        }
        let document = Route::Document { space: "us_sp_1".into(), document: "us_dc_4".into() };
        assert_eq!(Route::read("/s/us_sp_1/documents/us_dc_4"), Some(document));
        assert_eq!(Route::read("/space/us_sp_1/"), Some(Route::Space { space: "us_sp_1".into() }));
    }
}
