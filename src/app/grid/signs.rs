//! The small sign of a column's type: lines on a field of 12 by 12, for the canvas and for HTML.

#[cfg(feature = "ssr")]
use std::fmt::Write as _;

use crate::rpc::records::ColumnKind;

/// The width of a sign.
#[cfg(feature = "hydrate")]
pub const SIGN: f64 = 12.0;

type Line = &'static [(f64, f64)];

/// The lines of a type's sign.
pub fn lines(kind: ColumnKind) -> &'static [Line] {
    match kind {
        ColumnKind::Text => &[&[(2.0, 3.0), (10.0, 3.0)], &[(6.0, 3.0), (6.0, 10.0)]],
        ColumnKind::Number => &[
            &[(4.6, 2.0), (3.6, 10.0)],
            &[(8.6, 2.0), (7.6, 10.0)],
            &[(2.0, 4.5), (10.4, 4.5)],
            &[(1.6, 7.6), (10.0, 7.6)],
        ],
        ColumnKind::Boolean => &[
            &[(2.0, 2.0), (10.0, 2.0), (10.0, 10.0), (2.0, 10.0), (2.0, 2.0)],
            &[(4.0, 6.0), (5.5, 7.6), (8.2, 4.4)],
        ],
        ColumnKind::Date => &[
            &[(2.0, 3.0), (10.0, 3.0), (10.0, 10.2), (2.0, 10.2), (2.0, 3.0)],
            &[(2.0, 5.6), (10.0, 5.6)],
            &[(4.4, 1.6), (4.4, 3.0)],
            &[(7.6, 1.6), (7.6, 3.0)],
        ],
        ColumnKind::Enum => &[
            &[
                (6.0, 1.5),
                (9.2, 2.8),
                (10.5, 6.0),
                (9.2, 9.2),
                (6.0, 10.5),
                (2.8, 9.2),
                (1.5, 6.0),
                (2.8, 2.8),
                (6.0, 1.5),
            ],
            &[(4.2, 5.3), (6.0, 7.1), (7.8, 5.3)],
        ],
        ColumnKind::Reference => &[&[(3.0, 9.0), (9.0, 3.0)], &[(4.4, 3.0), (9.0, 3.0), (9.0, 7.6)]],
        ColumnKind::List => &[
            &[(4.6, 3.0), (10.4, 3.0)],
            &[(4.6, 6.0), (10.4, 6.0)],
            &[(4.6, 9.0), (10.4, 9.0)],
            &[(1.8, 3.0), (2.2, 3.0)],
            &[(1.8, 6.0), (2.2, 6.0)],
            &[(1.8, 9.0), (2.2, 9.0)],
        ],
    }
}

/// The sign as a picture in HTML.
#[cfg(feature = "ssr")]
pub fn html(kind: ColumnKind) -> String {
    let mut path = String::new();
    for line in lines(kind) {
        for (place, (x, y)) in line.iter().enumerate() {
            // Writing to a text cannot fail.
            let _ = write!(path, "{}{x} {y}", if place == 0 { 'M' } else { 'L' });
        }
    }
    format!("<svg class=\"sign\" viewBox=\"0 0 12 12\" aria-hidden=\"true\"><path d=\"{path}\"/></svg>")
}
