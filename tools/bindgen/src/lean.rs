//! Empties functions that the page never calls.
//!
//! Leptos can hydrate a page in steps that wait, for code that is loaded later. Inlet does not, but
//! each type of view names those functions in a table, so no optimiser may drop them: a tenth of the
//! module. Their bodies are replaced by a trap here, and what only they called is dropped after that.

use anyhow::{Context, bail};

/// Parts of the names of what is never called: hydration in steps, and from a template.
const NEVER_CALLED: [&str; 2] = ["hydrate_async", "hydrate_from_template"];

const CUSTOM: u8 = 0;
const IMPORTS: u8 = 2;
const CODE: u8 = 10;

/// Replaces the bodies of what is never called by a trap of the same length; says how many bytes that were.
pub fn empty_the_never_called(module: &mut [u8]) -> anyhow::Result<usize> {
    let mut imported = 0;
    let mut bodies = Vec::new();
    let mut doomed = Vec::new();
    let mut at = Reader { bytes: module, at: 8 };
    while at.at < module.len() {
        let (kind, length) = (at.byte()?, at.number()?);
        let end = at.at + length;
        match kind {
            IMPORTS => imported = imported_functions(&mut at)?,
            CODE => {
                for _ in 0..at.number()? {
                    let length = at.number()?;
                    bodies.push(at.at..at.at + length);
                    at.at += length;
                }
            }
            CUSTOM if at.text()? == b"name" => doomed = named(&mut at, end)?,
            _ => {}
        }
        at.at = end;
    }
    let mut bytes = 0;
    for body in doomed.into_iter().filter_map(|function: usize| bodies.get(function.checked_sub(imported)?)) {
        bytes += body.len();
        trap(module.get_mut(body.clone()).context("a function is cut off")?);
    }
    Ok(bytes)
}

/// No locals, `unreachable`, nothing to the end.
fn trap(body: &mut [u8]) {
    if let [locals, first, rest @ .., end] = body {
        (*locals, *first, *end) = (0x00, 0x00, 0x0b);
        rest.fill(0x01);
    }
}

fn imported_functions(at: &mut Reader) -> anyhow::Result<usize> {
    let mut functions = 0;
    for _ in 0..at.number()? {
        at.text()?;
        at.text()?;
        match at.byte()? {
            0 => {
                at.number()?;
                functions += 1;
            }
            kind @ (1 | 2) => {
                at.at += usize::from(kind == 1);
                let limits = at.byte()?;
                at.number()?;
                if limits & 1 == 1 {
                    at.number()?;
                }
            }
            3 => at.at += 2,
            4 => {
                at.byte()?;
                at.number()?;
            }
            other => bail!("an import of the unknown kind {other}"),
        }
    }
    Ok(functions)
}

/// Indices of the functions whose names say that they are never called.
fn named(at: &mut Reader, end: usize) -> anyhow::Result<Vec<usize>> {
    const FUNCTIONS: u8 = 1;
    let mut found = Vec::new();
    while at.at < end {
        let (kind, length) = (at.byte()?, at.number()?);
        let next = at.at + length;
        if kind == FUNCTIONS {
            for _ in 0..at.number()? {
                let (function, name) = (at.number()?, at.text()?);
                let name = String::from_utf8_lossy(name);
                if NEVER_CALLED.iter().any(|part| name.contains(part)) {
                    found.push(function);
                }
            }
        }
        at.at = next;
    }
    Ok(found)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn byte(&mut self) -> anyhow::Result<u8> {
        let byte = *self.bytes.get(self.at).context("the module is cut off")?;
        self.at += 1;
        Ok(byte)
    }

    fn number(&mut self) -> anyhow::Result<usize> {
        let mut number = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        bail!("a number in the module is too long")
    }

    fn text(&mut self) -> anyhow::Result<&'a [u8]> {
        let length = self.number()?;
        let text = self.bytes.get(self.at..self.at + length).context("the module is cut off")?;
        self.at += length;
        Ok(text)
    }
}
