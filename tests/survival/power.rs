//! A loss of power: what was written and not synced by then is gone. `strace` tells what the server wrote
//! and what it synced; from that the disk is made as it would be, and a server starts on it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::process::{Folder, Server};
use super::writes::clients;
use super::{csv, space_with_sheet, until};

/// The files of a folder as they are now, and as they are when the power goes.
#[derive(Default)]
struct Disk {
    now: BTreeMap<PathBuf, Vec<u8>>,
    kept: BTreeMap<PathBuf, Vec<u8>>,
    /// Renamed files whose folder was not synced since.
    renamed: Vec<(PathBuf, PathBuf)>,
}

impl Disk {
    /// Repeats what the threads of a server did.
    fn of_traces(traces: &Path) -> Self {
        let mut lines = Vec::new();
        for entry in std::fs::read_dir(traces).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            let stamped = text.lines().filter_map(|line| line.split_once(' '));
            lines.extend(stamped.map(|(moment, call)| (moment.to_string(), call.to_string())));
        }
        lines.sort();
        let mut disk = Self::default();
        for (_, call) in &lines {
            disk.repeat(call);
        }
        disk
    }

    /// One system call as `strace -y -xx` writes it; one that failed or never ended did nothing.
    fn repeat(&mut self, call: &str) -> Option<()> {
        let (call, result) = call.rsplit_once(" = ")?;
        let (name, arguments) = call.split_once('(')?;
        if result.starts_with('-') {
            return None;
        }
        let arguments: Vec<&str> = arguments.trim_end().trim_end_matches(')').split(", ").collect();
        let path =
            || Some(PathBuf::from(unescape(arguments.first()?.split_once('<')?.1.trim_end_matches('>'))));
        let quoted = |place: usize| Some(bytes(arguments.get(place)?.trim_matches('"')));
        let number = |place: usize| arguments.get(place)?.trim().parse::<usize>().ok();
        match name {
            "pwrite64" => {
                let (data, start) = (quoted(1)?, number(3)?);
                let file = self.now.entry(path()?).or_default();
                file.resize(file.len().max(start + data.len()), 0);
                file[start..start + data.len()].copy_from_slice(&data);
            }
            "write" => self.now.entry(path()?).or_default().extend(quoted(1)?),
            "ftruncate" => self.now.entry(path()?).or_default().resize(number(1)?, 0),
            "unlink" => {
                let gone = PathBuf::from(unescape(arguments.first()?.trim_matches('"')));
                self.now.remove(&gone);
                self.kept.remove(&gone);
            }
            "rename" => {
                let [old, new] = [0, 1].map(|place| quoted(place).map(|path| text(&path)));
                let (old, new) = (PathBuf::from(old?), PathBuf::from(new?));
                let content = self.now.remove(&old)?;
                self.now.insert(new.clone(), content);
                self.renamed.push((old, new));
            }
            "fsync" | "fdatasync" => self.sync(&path()?),
            _ => {}
        }
        Some(())
    }

    fn sync(&mut self, path: &Path) {
        if let Some(content) = self.now.get(path) {
            self.kept.insert(path.to_path_buf(), content.clone());
            return;
        }
        let (synced, rest): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.renamed).into_iter().partition(|(_, new)| new.parent() == Some(path));
        self.renamed = rest;
        for (old, new) in synced {
            if let Some(content) = self.kept.remove(&old) {
                self.kept.insert(new, content);
            }
        }
    }

    /// Makes the files of `folder` anew in another one. The shared memory of SQLite is not on the disk.
    fn restore(&self, folder: &Path, into: &Path) {
        for (path, content) in &self.kept {
            let Ok(inside) = path.strip_prefix(folder) else { continue };
            if inside.to_string_lossy().ends_with("-shm") {
                continue;
            }
            let path = into.join(inside);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
    }
}

/// The bytes of `\x61\x62`.
fn bytes(escaped: &str) -> Vec<u8> {
    let digits = escaped.split("\\x").skip(1);
    digits.map(|digits| u8::from_str_radix(digits.get(..2).unwrap(), 16).unwrap()).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn unescape(escaped: &str) -> String {
    text(&bytes(escaped))
}

#[test]
fn what_was_not_synced_is_lost() {
    let hex = |text: &str| text.bytes().map(|byte| format!("\\x{byte:02x}")).collect::<String>();
    let (file, folder, named) = (hex("/d/a"), hex("/d"), hex("/d/b"));
    let mut disk = Disk::default();
    for call in [
        format!("write(3<{file}>, \"{}\", 2) = 2 <0.1>", hex("ab")),
        format!("pwrite64(3<{file}>, \"{}\", 2, 3) = 2 <0.1>", hex("xy")),
        format!("fsync(3<{file}>) = 0 <0.1>"),
        format!("pwrite64(3<{file}>, \"{}\", 1, 0) = 1 <0.1>", hex("z")),
        format!("rename(\"{file}\", \"{named}\") = 0 <0.1>"),
    ] {
        disk.repeat(&call).unwrap();
    }
    assert_eq!(disk.kept, BTreeMap::from([("/d/a".into(), b"ab\0xy".to_vec())]));
    disk.repeat(&format!("fsync(4<{folder}>) = 0 <0.1>")).unwrap();
    assert_eq!(disk.kept, BTreeMap::from([("/d/b".into(), b"ab\0xy".to_vec())]));
    assert_eq!(disk.now[Path::new("/d/b")], b"zb\0xy");
}

/// Whether there is somebody who tells what was synced.
pub fn is_told_of() -> bool {
    let told = std::process::Command::new("strace").arg("--version").output().is_ok();
    if !told {
        eprintln!("the loss of power is not tested: there is no strace");
    }
    told
}

/// The power of a traced server goes. Its folder is made anew as the disk has it, from the traces.
pub fn goes(server: Server, [folder, traces, after]: [&Folder; 3]) {
    server.kill();
    let is_over = || {
        let ended = |entry: std::io::Result<std::fs::DirEntry>| {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            text.trim_end().ends_with("+++")
        };
        std::fs::read_dir(&traces.0).unwrap().all(ended)
    };
    until("the end of the traces", is_over);
    Disk::of_traces(&traces.0).restore(&folder.0, &after.0);
}

#[test]
#[ignore = "needs strace; `make test-all` runs it"]
fn what_was_acknowledged_survives_a_loss_of_power() {
    if !is_told_of() {
        return;
    }
    let (folder, traces, after) =
        (Folder::new("power"), Folder::new("power-trace"), Folder::new("power-after"));
    let server = Server::traced(&folder.0, &traces.0);
    let (environment, space, _, sheet) = space_with_sheet(&server);
    let file = server.upload(&space, &environment, "kept.txt", &csv(50));
    let known = clients(&server, &sheet, 1, 40);
    goes(server, [&folder, &traces, &after]);

    let key = std::fs::read(folder.0.join("secret.key")).unwrap();
    assert_eq!(std::fs::read(after.0.join("secret.key")).unwrap(), key, "the key of the secrets is lost");
    let server = Server::start(&after.0, None);
    assert!(known.notes.len() > 50, "{known:?}");
    known.check(&server, &sheet);
    let (status, bytes) = server.raw("GET", &format!("/v1/files/{file}/download"), "", b"");
    assert_eq!((status, bytes), (200, csv(50)));
}
