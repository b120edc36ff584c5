//! What each member of a theme becomes.

/// What a value is, and which rules it becomes.
pub(super) enum Becomes {
    /// A colour of texts and signs under that name of the style, with its softer forms.
    Tone(&'static str),
    /// The background of `selector`, and what is written on it, unless `text` names a colour.
    Ground { selector: &'static str, text: &'static str },
    /// The colour of a text on a background that is another member, or the page's.
    Text { selector: &'static str, on: &'static str },
    /// A colour of lines.
    Line { selector: &'static str, property: &'static str },
    /// A length.
    Length { selector: &'static str, property: &'static str },
    /// A list of fonts.
    Font { selector: &'static str, property: &'static str },
    /// A background under names of the style, and what is written on it under others, unless `text` names a colour.
    Surface { ground: &'static [&'static str], inks: &'static [&'static str], text: &'static str },
    /// The colour of a text under that name of the style, on the page or on a surface that is another member.
    Ink { ink: &'static str, on: &'static str },
    /// A background under that name of the style, behind the page's texts.
    Behind(&'static str),
    /// Whole pixels under that name of the style.
    Pixels { name: &'static str, most: u8 },
    /// A shadow.
    Shadow { selector: &'static str },
    /// The address of a picture that takes the place of our sign.
    Logo,
}

use Becomes::{Behind, Font, Ground, Ink, Length, Line, Logo, Pixels, Shadow, Surface, Text, Tone};

/// Every member that changes something on a page.
pub(super) const MEMBERS: &[(&str, Becomes)] = &[
    ("root.fontFamily", Font { selector: ":root", property: "--font" }),
    ("root.primaryColor", Tone("accent")),
    ("root.dangerColor", Tone("error")),
    ("root.warningColor", Tone("warn")),
    ("root.successColor", Tone("ok")),
    ("root.actionColor", Tone("info")),
    ("root.borderColor", Line { selector: ":root", property: "--line" }),
    ("root.interactiveBorderColor", Line { selector: ":root", property: "--line-strong" }),
    ("root.interactiveBorderRadius", Length { selector: ".input", property: "border-radius" }),
    ("root.buttonBorderRadius", Length { selector: ".button", property: "border-radius" }),
    ("root.badgeBorderColor", Line { selector: ".state", property: "border-color" }),
    ("root.badgeBorderRadius", Length { selector: ".state", property: "border-radius" }),
    ("root.checkboxBorderColor", Line { selector: "[type=checkbox]", property: "border-color" }),
    ("root.checkboxBorderRadius", Length { selector: "[type=checkbox]", property: "border-radius" }),
    ("root.tabstripActiveColor", Text { selector: ".tabs [aria-selected=true]", on: "" }),
    ("root.tabstripInactiveColor", Text { selector: ".tabs [aria-selected=false]", on: "" }),
    ("root.tabstripHoverTextColor", Text { selector: ".tabs [role=tab]:hover", on: "" }),
    ("root.tabstripHoverBorderColor", Line { selector: ".tabs [role=tab]:hover", property: "border-color" }),
    ("root.modalBorderRadius", Length { selector: ".dialog", property: "border-radius" }),
    ("root.pillBorderRadius", Length { selector: ".pill", property: "border-radius" }),
    ("root.popoverBackgroundColor", Ground { selector: ".popover", text: "" }),
    ("root.popoverBorderRadius", Length { selector: ".popover", property: "border-radius" }),
    ("root.tooltipBackgroundColor", Ground { selector: "[role=tooltip]", text: "" }),
    ("sidebar.logo", Logo),
    ("sidebar.backgroundColor", Ground { selector: ".sidebar", text: "sidebar.textColor" }),
    (
        "sidebar.textColor",
        Text {
            selector: ".sidebar :is(a:not([aria-current]),.workbook,.n:not(.bad),h2),.sidebar :is(.person,b,.button)",
            on: "sidebar.backgroundColor",
        },
    ),
    ("sidebar.titleColor", Text { selector: ".sidebar .brand b", on: "sidebar.backgroundColor" }),
    ("sidebar.footerTextColor", Text { selector: ".sidebar .person", on: "sidebar.backgroundColor" }),
    ("sidebar.focusBgColor", Ground { selector: ".sidebar a[aria-current]", text: "sidebar.focusTextColor" }),
    ("sidebar.focusTextColor", Text { selector: ".sidebar a[aria-current]", on: "sidebar.focusBgColor" }),
    ("sidebar.activeTextColor", Text { selector: ".sidebar a[aria-current]", on: "sidebar.focusBgColor" }),
    ("sidebar.textUltralightColor", Text { selector: ".sidebar h2", on: "sidebar.backgroundColor" }),
    ("sidebar.borderColor", Line { selector: ".sidebar", property: "border-color" }),
    ("document.borderColor", Line { selector: ".document", property: "border-color" }),
    ("table.fontFamily", Font { selector: ":root", property: "--grid-font" }),
    ("table.inputs.radio.color", Line { selector: "[type=radio]", property: "accent-color" }),
    (
        "table.inputs.checkbox.color",
        Surface { ground: &["--grid-check"], inks: &["--grid-check-ink"], text: "" },
    ),
    ("table.inputs.checkbox.borderColor", Line { selector: ":root", property: "--grid-check-line" }),
    ("table.filters.color", Text { selector: TAB, on: "" }),
    ("table.filters.outerBorderRadius", Length { selector: TABS, property: "border-radius" }),
    ("table.filters.innerBorderRadius", Length { selector: TAB, property: "border-radius" }),
    ("table.filters.outerBorder", Line { selector: TABS, property: "border:1px solid;border-color" }),
    (
        "table.filters.active.backgroundColor",
        Ground { selector: ".toolbar .tab[aria-selected=true]", text: "" },
    ),
    (
        "table.filters.error.activeBackgroundColor",
        Ground { selector: ".toolbar .tab.alarming[aria-selected=true]", text: "" },
    ),
    ("table.buttons.iconColor", Line { selector: ".toolbar .button svg", property: "color" }),
    ("table.buttons.pill.backgroundColor", Ground { selector: ".pill", text: "table.buttons.pill.color" }),
    ("table.buttons.pill.color", Text { selector: ".pill", on: "table.buttons.pill.backgroundColor" }),
    ("table.column.header.fontSize", Pixels { name: "--grid-header-size", most: 18 }),
    (
        "table.column.header.backgroundColor",
        Surface {
            ground: &["--grid-header", "--grid-header-lively"],
            inks: &["--grid-header-ink", "--grid-header-sign", "--grid-header-star"],
            text: "table.column.header.color",
        },
    ),
    (
        "table.column.header.color",
        Ink { ink: "--grid-header-ink", on: "table.column.header.backgroundColor" },
    ),
    ("table.column.header.dragHandle.dragging", Line { selector: ":root", property: "--grid-drop" }),
    (
        "table.indexColumn.backgroundColor",
        Surface { ground: &["--grid-index"], inks: &["--grid-index-ink"], text: "table.indexColumn.color" },
    ),
    ("table.indexColumn.color", Ink { ink: "--grid-index-ink", on: "table.indexColumn.backgroundColor" }),
    (
        "table.indexColumn.selected.backgroundColor",
        Line { selector: ":root", property: "--grid-index-chosen" },
    ),
    (
        "table.indexColumn.selected.color",
        Surface { ground: &["--grid-check"], inks: &["--grid-check-ink"], text: "" },
    ),
    ("table.cell.selected.backgroundColor", Behind("--grid-chosen")),
    ("table.cell.active.borderColor", Line { selector: ":root", property: "--grid-active" }),
    ("table.cell.active.borderWidth", Pixels { name: "--grid-active-width", most: 4 }),
    ("table.cell.active.borderShadow", Shadow { selector: ".grid-editor" }),
    ("table.cell.active.spinnerColor", Line { selector: ":root", property: "--grid-waiting" }),
    ("table.cell.number.fontFamily", Font { selector: ":root", property: "--grid-number-font" }),
    ("table.boolean.toggleChecked", Line { selector: ":root", property: "--grid-tick" }),
    ("table.loading.color", Line { selector: ":root", property: "--grid-loading" }),
];

/// The choice of all, valid or wrong records over a sheet.
const TABS: &str = ".toolbar .tabs";
const TAB: &str = ".toolbar .tab";
