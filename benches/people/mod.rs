//! The people of `gen_csv.py` in Rust, byte for byte: ten columns, two rows of a hundred with one bad cell.

use std::io::{self, Write};

/// The columns, in order.
pub const COLUMNS: [&str; 10] = [
    "first_name",
    "last_name",
    "email",
    "phone",
    "birth_date",
    "amount",
    "quantity",
    "status",
    "country",
    "company",
];
/// The sheet that they belong in.
pub const BLUEPRINT: &str = include_str!("../people.blueprint.json");

const SEED: u64 = 42;
const SHARE_OF_BAD_ROWS: f64 = 0.02;
const FIRST: &str = "Ada Alan Barbara Carl Dana Edsger Frances Grace Hedy Ivan Jean Katherine Linus Margaret \
    Niklaus Olga Peter Quentin Radia Sophie Tim Ursula Vera Whitfield Xenia Yukihiro Zoe Amélie Björn Çağla Dvořák Émile";
const LAST: &str = "Lovelace Turing Liskov Sagan Scott Dijkstra Allen Hopper Lamarr Sutherland Bartik Johnson \
    Torvalds Hamilton Wirth Ladyzhenskaya Naur Stafford Perlman Wilson Lee Franklin Rubin Diffie Ivanova Matsumoto \
    Adams García Müller Ñáñez Østergaard Šimek";
const COMPANY: &str = "Acme Globex Initech Umbrella Hooli Stark Wayne Wonka Tyrell Cyberdyne Soylent Vandelay \
    Massive Pied Aperture Oscorp";
const SUFFIX: &str = "Inc LLC GmbH Ltd SA Corp";
const STATUS: &str = "active pending closed archived";
const COUNTRY: &str = "US DE FR GB IN BR JP CN NG ZA MX CA AU ES IT NL SE PL KE AR";
const CALLING: &str = "1 49 33 44 91 55 81 86";
const WORD: &str =
    "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa";

/// The place of `status`, and the value of it that a narrower blueprint does not allow.
const STATUS_COLUMN: usize = 7;
pub const NOT_ALLOWED: &str = "archived";

/// What a validator must find in a file of people.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// Records.
    pub rows: u64,
    /// Bytes of the file.
    pub bytes: u64,
    /// How many bad cells each column has. No record has two.
    pub bad: [u64; 10],
    /// Records with a bad cell, or with the status that a narrower blueprint does not allow.
    pub bad_when_narrower: u64,
}

impl Expected {
    /// Records with a bad cell.
    pub fn bad_rows(&self) -> u64 {
        self.bad.iter().sum()
    }
}

/// Writes a file of the first `rows` people.
///
/// # Errors
/// When the writer fails.
pub fn write(writer: &mut impl Write, rows: u64) -> io::Result<Expected> {
    let generator = Generator::new();
    let mut expected = Expected { rows, ..Expected::default() };
    let mut line = COLUMNS.join(",") + "\n";
    writer.write_all(line.as_bytes())?;
    expected.bytes = line.len() as u64;
    for number in 1..=rows {
        let (cells, bad) = generator.row(number);
        if let Some(column) = bad {
            expected.bad[column] += 1;
        }
        expected.bad_when_narrower += u64::from(bad.is_some() || cells[STATUS_COLUMN] == NOT_ALLOWED);
        line.clear();
        for (column, cell) in cells.iter().enumerate() {
            line.push_str(if column == 0 { "" } else { "," });
            if cell.contains([',', '"']) {
                line.push_str(&format!("\"{}\"", cell.replace('"', "\"\"")));
            } else {
                line.push_str(cell);
            }
        }
        line.push('\n');
        writer.write_all(line.as_bytes())?;
        expected.bytes += line.len() as u64;
    }
    Ok(expected)
}

struct Generator {
    first: Vec<&'static str>,
    last: Vec<&'static str>,
    company: Vec<&'static str>,
    suffix: Vec<&'static str>,
    status: Vec<&'static str>,
    country: Vec<&'static str>,
    calling: Vec<&'static str>,
    word: Vec<&'static str>,
}

impl Generator {
    fn new() -> Self {
        let [first, last, company, suffix, status, country, calling, word] =
            [FIRST, LAST, COMPANY, SUFFIX, STATUS, COUNTRY, CALLING, WORD]
                .map(|words| words.split(' ').filter(|word| !word.is_empty()).collect());
        Self { first, last, company, suffix, status, country, calling, word }
    }

    /// The cells of a row, and the place of the bad one.
    fn row(&self, number: u64) -> ([String; 10], Option<usize>) {
        let a = mix(SEED * 0x100_0003 + number);
        let b = mix(a);
        let c = mix(b);
        let pick = |words: &[&'static str], bits: u64| words[bits as usize % words.len()];
        let name = pick(&self.company, a >> 10 & 15);
        let company = match a >> 22 & 255 {
            k @ 0..13 => format!("{name}, {}", pick(&self.suffix, k)),
            13..20 => format!("The \"{name}\" Group"),
            _ => format!("{name} {}", pick(&self.suffix, a >> 14 & 255)),
        };
        let (one, two) = (pick(&self.word, a >> 30 & 15), pick(&self.word, a >> 34 & 15));
        let mut cells = [
            pick(&self.first, a & 31).to_string(),
            pick(&self.last, a >> 5 & 31).to_string(),
            format!("{one}.{two}.{number}@example{}.com", a >> 38 & 15),
            format!("+{}-{:03}-{:07}", pick(&self.calling, a >> 42 & 7), (a >> 45) % 1000, b % 10_000_000),
            format!("{:04}-{:02}-{:02}", 1940 + (b >> 24) % 66, 1 + (b >> 32) % 12, 1 + (b >> 40) % 28),
            format!("{}.{:02}", c % 100_000, (c >> 20) % 100),
            ((c >> 28) % 1001).to_string(),
            pick(&self.status, c >> 40 & 3).to_string(),
            pick(&self.country, c >> 42 & 1023).to_string(),
            company,
        ];
        let e = mix(c ^ 0xBA_DBAD);
        if (e >> 11) as f64 / (1u64 << 53) as f64 >= SHARE_OF_BAD_ROWS {
            return (cells, None);
        }
        let bad = (e & 1023) as usize % 9;
        let no_address = cells[2].replace('@', " at ");
        let spoiled = ["", "", &no_address, "+49-CALL-ME", "2001-02-30", "12a.5", "-7", "actve", "Germany"];
        cells[bad] = spoiled[bad].to_string();
        (cells, Some(bad))
    }
}

/// The finaliser of splitmix64.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let value = (value ^ value >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ value >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ value >> 31
}
