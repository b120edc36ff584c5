//! Colours as people write them in style sheets, and how well one is read on another (WCAG 2.2, "contrast ratio").

/// The contrast from which on a text can be read (WCAG 2.2, 1.4.3).
pub const READABLE: f64 = 4.5;

/// A colour without transparency: red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

impl Colour {
    /// White.
    pub const WHITE: Self = Self([255; 3]);
    /// Black.
    pub const BLACK: Self = Self([0; 3]);

    /// Reads `#rgb`, `#rrggbb`, `rgb(…)`, `hsl(…)` or one of the sixteen basic names. Transparency is left out.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        if let Some(digits) = text.strip_prefix('#') {
            return hexadecimal(digits);
        }
        if let Some((name, rest)) = text.split_once('(') {
            let numbers = numbers(rest.strip_suffix(')')?)?;
            return match name {
                "rgb" | "rgba" => Some(Self(numbers.map(|number| number.clamp(0.0, 255.0).round() as u8))),
                "hsl" | "hsla" => Some(of_hue(numbers)),
                _ => None,
            };
        }
        let found = NAMES.iter().find(|(name, _)| *name == text);
        found.map(|(_, colour)| Self(*colour))
    }

    /// `#rrggbb`.
    pub fn text(self) -> String {
        let [red, green, blue] = self.0;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// So much of this colour, and the rest of the other.
    pub fn mixed(self, other: Self, share: f64) -> Self {
        let mix =
            |own: u8, other: u8| (f64::from(own) * share + f64::from(other) * (1.0 - share)).round() as u8;
        let ([a, b, c], [x, y, z]) = (self.0, other.0);
        Self([mix(a, x), mix(b, y), mix(c, z)])
    }

    /// From 1, not to be told apart, to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (own, other) = (self.luminance(), other.luminance());
        (own.max(other) + 0.05) / (own.min(other) + 0.05)
    }

    /// This colour, or one as near to it as can be read as a text on that background.
    pub fn readable_on(self, background: Self) -> Self {
        let pole = if Self::WHITE.contrast(background) > Self::BLACK.contrast(background) {
            Self::WHITE
        } else {
            Self::BLACK
        };
        let steps = (0..=20).map(|step| self.mixed(pole, 1.0 - f64::from(step) / 20.0));
        steps.into_iter().find(|colour| colour.contrast(background) >= READABLE).unwrap_or(pole)
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

fn hexadecimal(digits: &str) -> Option<Colour> {
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let pair = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    match digits.len() {
        6 | 8 => Some(Colour([pair(0)?, pair(2)?, pair(4)?])),
        3 | 4 => {
            let one = |at: usize| Some(u8::from_str_radix(digits.get(at..=at)?, 16).ok()? * 17);
            Some(Colour([one(0)?, one(1)?, one(2)?]))
        }
        _ => None,
    }
}

/// The first three numbers; a fourth is the transparency.
fn numbers(text: &str) -> Option<[f64; 3]> {
    let mut parts = text.split([',', ' ', '/']).map(str::trim).filter(|part| !part.is_empty());
    let mut next = || {
        let part = parts.next()?;
        let number: f64 = part.trim_end_matches("deg").trim_end_matches('%').parse().ok()?;
        number.is_finite().then_some(number)
    };
    Some([next()?, next()?, next()?])
}

fn of_hue([hue, saturation, lightness]: [f64; 3]) -> Colour {
    let (saturation, lightness) = (saturation.clamp(0.0, 100.0) / 100.0, lightness.clamp(0.0, 100.0) / 100.0);
    let spread = saturation * lightness.min(1.0 - lightness);
    let part = |offset: f64| {
        let place = (offset + hue.rem_euclid(360.0) / 30.0) % 12.0;
        let height = (place - 3.0).min(9.0 - place).clamp(-1.0, 1.0);
        ((lightness - spread * height) * 255.0).round() as u8
    };
    Colour([part(0.0), part(8.0), part(4.0)])
}

const NAMES: [(&str, [u8; 3]); 16] = [
    ("black", [0, 0, 0]),
    ("silver", [192, 192, 192]),
    ("gray", [128, 128, 128]),
    ("white", [255, 255, 255]),
    ("maroon", [128, 0, 0]),
    ("red", [255, 0, 0]),
    ("purple", [128, 0, 128]),
    ("fuchsia", [255, 0, 255]),
    ("green", [0, 128, 0]),
    ("lime", [0, 255, 0]),
    ("olive", [128, 128, 0]),
    ("yellow", [255, 255, 0]),
    ("navy", [0, 0, 128]),
    ("blue", [0, 0, 255]),
    ("teal", [0, 128, 128]),
    ("aqua", [0, 255, 255]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_as_style_sheets_have_them() {
        for (text, expected) in [
            ("#0f766e", Some("#0f766e")),
            ("#0F7", Some("#00ff77")),
            ("#0f766eff", Some("#0f766e")),
            ("rgb(15, 118, 110)", Some("#0f766e")),
            ("rgb(15 118 110 / 0.5)", Some("#0f766e")),
            ("hsl(175, 77%, 26%)", Some("#0f756d")),
            ("Teal", Some("#008080")),
            ("#12345", None),
            ("#ggg", None),
            ("red;} body{display:none", None),
            ("url(javascript:1)", None),
            ("rgb(1,2)", None),
            ("rgb(nan,2,3)", None),
        ] {
            assert_eq!(Colour::parse(text).map(Colour::text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn contrast_is_that_of_the_guideline() {
        assert!((Colour::WHITE.contrast(Colour::BLACK) - 21.0).abs() < 0.001);
        let grey = Colour([118, 118, 118]);
        assert!((grey.contrast(Colour::WHITE) - 4.54).abs() < 0.01);
    }

    #[test]
    fn a_text_is_made_readable_and_left_alone_when_it_is() {
        let (dark, yellow) = (Colour([0x0f, 0x13, 0x14]), Colour([255, 230, 0]));
        assert_eq!(yellow.readable_on(dark), yellow);
        let on_white = yellow.readable_on(Colour::WHITE);
        assert!(on_white != yellow && on_white.contrast(Colour::WHITE) >= READABLE, "{on_white:?}");
        for background in [Colour::WHITE, Colour::BLACK, Colour([128; 3]), Colour([119; 3])] {
            for colour in [Colour::WHITE, Colour::BLACK, yellow, Colour([128; 3])] {
                assert!(
                    colour.readable_on(background).contrast(background) >= READABLE,
                    "{colour:?} {background:?}"
                );
            }
        }
    }
}
