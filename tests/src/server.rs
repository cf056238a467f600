//! A server of a test's own, which it may kill.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A throw-away server of the script `tests/servers`. It ends with this value.
#[derive(Debug)]
pub struct Server {
    kind: &'static str,
    folder: PathBuf,
}

impl Server {
    /// None yet: `start` it. The name keeps the servers of one process apart.
    #[must_use]
    pub fn new(kind: &'static str, name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("occ-tests-{name}-{}", std::process::id()));
        Self { kind, folder }
    }

    /// What it has on the disk.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs a command of the script: what it prints, or `None` where the server is not installed.
    #[must_use]
    pub fn run(&self, command: &str) -> Option<String> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/servers");
        let output = Command::new("bash").arg(script).arg(command).arg(self.kind).arg(&self.folder).output();
        let output = output.expect("bash is there");
        if output.status.code() == Some(3) {
            return None;
        }
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.run("stop");
    }
}
