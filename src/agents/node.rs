//! Finds Node.js.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The oldest Node.js that runs agents: it is the first with `fetch`.
const OLDEST: u32 = 18;
/// The flags by which versions of Node.js keep a program from files, other programs and threads, the newest first.
const CONFINEMENTS: [&str; 2] = ["--permission", "--experimental-permission"];

/// A Node.js that runs agents.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// Its absolute path.
    pub(super) program: PathBuf,
    /// What it calls itself, such as `v20.20.2`.
    pub(super) version: String,
    /// The flag that confines a program, when it has one.
    pub(super) confinement: Option<&'static str>,
}

/// The Node.js that is wanted, or the first one in `PATH` that is new enough; the reason when there is none. Blocks.
pub(super) fn find(wanted: Option<&Path>) -> Result<Node, String> {
    if let Some(program) = wanted {
        let refuse = |reason| format!("INLET_NODE is {}: {reason}", program.display());
        return try_one(program).map_err(refuse);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .map(|folder| folder.join("node"))
        .find_map(|program| try_one(&program).ok());
    found.ok_or_else(|| format!("Node.js {OLDEST} or newer was not found; set INLET_NODE"))
}

fn try_one(program: &Path) -> Result<Node, String> {
    let program = program.canonicalize().map_err(|error| error.to_string())?;
    let version = said(&program, &["--version"])?;
    let number = version.strip_prefix('v').and_then(|rest| rest.split('.').next()?.parse::<u32>().ok());
    match number {
        None => return Err("this is not Node.js".to_string()),
        Some(number) if number < OLDEST => {
            return Err(format!("Node.js {version} is too old; agents need {OLDEST} or newer"));
        }
        Some(_) => {}
    }
    let confinement = CONFINEMENTS.into_iter().find(|flag| said(&program, &[flag, "--version"]).is_ok());
    Ok(Node { program, version, confinement })
}

/// What a program writes with these arguments.
fn said(program: &Path, arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new(program);
    command.args(arguments).env_clear().stdin(Stdio::null()).stderr(Stdio::null());
    let output = command.output().map_err(|error| error.to_string())?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).trim().to_string()),
        false => Err(output.status.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_node_is_refused_with_the_reason() {
        for (program, words) in [
            ("/nowhere/node", "INLET_NODE is /nowhere/node: No such file"),
            ("/bin/cat", "this is not Node.js"),
            ("/bin/false", "exit status: 1"),
        ] {
            let reason = find(Some(Path::new(program))).unwrap_err();
            assert!(reason.contains(words), "{reason}");
        }
    }
}
