//! Icons: one path each on a field of 24, drawn with a line.

use leptos::prelude::*;

use crate::app::plain::Any;

macro_rules! icons {
    ($($name:ident = $path:literal),* $(,)?) => {
        /// The icons there are.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the names say it")]
        pub enum Icon { $($name),* }

        impl Icon {
            /// Its lines.
            pub fn path(self) -> &'static str {
                match self { $(Self::$name => $path),* }
            }
        }
    };
}

icons! {
    Alert = "M12 8v5M12 16h.01M4 12a8 8 0 1 0 16 0a8 8 0 1 0-16 0",
    ArrowDown = "M12 5v14M6 13l6 6 6-6",
    ArrowLeft = "M19 12H5M11 6l-6 6 6 6",
    ArrowRight = "M5 12h14M13 6l6 6-6 6",
    ArrowUp = "M12 19V5M6 11l6-6 6 6",
    Bookmark = "M7 4h10v16l-5-4-5 4z",
    Bolt = "M13 3 5 14h6l-1 7 8-11h-6z",
    Check = "m5 12 5 5 9-10",
    CheckCircle = "m8.5 12.5 2.5 2.5 5-6M4 12a8 8 0 1 0 16 0a8 8 0 1 0-16 0",
    ChevronDown = "m7 10 5 5 5-5",
    ChevronUp = "m7 14 5-5 5 5",
    Clock = "M12 8v4l3 2M4 12a8 8 0 1 0 16 0a8 8 0 1 0-16 0",
    Close = "M6 6l12 12M18 6 6 18",
    CloudOff = "M4 4l16 16M9 6.6A5 5 0 0 1 16.5 10A4 4 0 0 1 19.4 16.6M16 18H8a4 4 0 0 1-1.2-7.8",
    Columns = "M4 5h16v14H4zM9.3 5v14M14.6 5v14",
    Copy = "M9 9h11v11H9zM5 15H4V4h11v1",
    Cut = "M6 5l12 12M18 5 9.5 13.5M4 18a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0M15 18a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0",
    Document = "M6 3h8l4 4v14H6zM9 12h6M9 16h6",
    Download = "M12 4v11M7 11l5 5 5-5M5 20h14",
    EyeOff = "M4 4l16 16M9.5 6.4A9 9 0 0 1 21 12a13 13 0 0 1-2.4 3.4M14 17.4A9 9 0 0 1 3 12a13 13 0 0 1 3.4-4.2M10 10a2.8 2.8 0 0 0 4 4",
    Fill = "M12 4v12M7 11l5 5 5-5M5 20h14M5 4h14",
    Filter = "M4 6h16M7 12h10M10 18h4",
    Expand = "M14 5h5v5M19 5l-6 6M10 19H5v-5M5 19l6-6",
    Folder = "M4 7h6l2 2h8v10H4z",
    History = "M5 5v4h4M5.5 9A7.5 7.5 0 1 1 4.5 12.5M12 8v4.5l3 2",
    Info = "M12 11v5M12 8h.01M4 12a8 8 0 1 0 16 0a8 8 0 1 0-16 0",
    Link = "M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1",
    Menu = "M4 6h16M4 12h16M4 18h16",
    Monitor = "M4 5h16v11H4zM9 20h6M12 16v4",
    Moon = "M20 14A8 8 0 1 1 10 4a6.5 6.5 0 0 0 10 10z",
    More = "M6 12h.01M12 12h.01M18 12h.01",
    Paste = "M9 4h6v3H9zM15 5h3v15H6V5h3",
    Pencil = "M5 19l1-4L16.5 4.5l3 3L9 18z",
    Pin = "M9 4h6M10 4v6l-3 4h10l-3-4V4M12 14v6",
    Plus = "M12 5v14M5 12h14",
    Redo = "M15 5l4 4-4 4M19 9H9a5 5 0 0 0 0 10h4",
    Search = "m20 20-4-4M5 11a6 6 0 1 0 12 0a6 6 0 1 0-12 0",
    Sort = "M7 5v14M4 16l3 3 3-3M17 19V5M14 8l3-3 3 3",
    Sidebar = "M4 5h16v14H4zM10 5v14",
    Sheet = "M4 5h16v14H4zM4 10h16M4 15h16M10 5v14",
    Spinner = "M12 4a8 8 0 1 1-8 8",
    Sun = "M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5 19 19M5 19l1.5-1.5M17.5 6.5 19 5M8 12a4 4 0 1 0 8 0a4 4 0 1 0-8 0",
    Sigma = "M17 6H7l6 6-6 6h10",
    Trash = "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
    Undo = "M9 5 5 9l4 4M5 9h10a5 5 0 0 1 0 10h-4",
    Upload = "M12 16V5M7 9l5-5 5 5M5 20h14",
    Warning = "M12 5 3.5 19.5h17zM12 11v4M12 17.3h.01",
}

/// What stands before a label.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Sign {
    /// Nothing.
    #[default]
    None,
    /// An icon of the page.
    Drawn(Icon),
    /// An icon that lies at an address of the server.
    At(String),
}

impl From<Icon> for Sign {
    fn from(icon: Icon) -> Self {
        Self::Drawn(icon)
    }
}

impl From<Option<String>> for Sign {
    fn from(address: Option<String>) -> Self {
        address.map_or(Self::None, Self::At)
    }
}

/// What stands before a label. Text beside it says what it means.
pub fn sign(which: Sign) -> AnyView {
    match which {
        Sign::None => ().any(),
        Sign::Drawn(which) => icon(which),
        // Drawn with the line and the colour that the text has.
        Sign::At(address) => drawing("icon", ["<use href=\"", &address, "\"/>"].concat()),
    }
}

/// One view for all icons; what is inside comes from the server's or our own tables.
fn drawing(class: &'static str, inside: String) -> AnyView {
    view! { <svg class=class viewBox="0 0 24 24" aria-hidden="true" inner_html=inside></svg> }.any()
}

/// An icon. Text beside it says what it means, so readers pass it over.
pub fn icon(which: Icon) -> AnyView {
    let class = match which {
        Icon::Spinner => "icon spin",
        Icon::More => "icon dots",
        _ => "icon",
    };
    drawing(class, ["<path d=\"", which.path(), "\"/>"].concat())
}
