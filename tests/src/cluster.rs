//! `scripts/cluster`, which starts clusters on this machine, and ends and stops their nodes.

use std::path::Path;
use std::process::Output;
use std::time::Duration;

use tokio::process::Command;

use crate::Outcome;

/// Runs it, and gives what it prints.
///
/// # Errors
/// What it says last where it fails, and where it takes more than five minutes.
pub async fn run(arguments: &[&str]) -> Outcome<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/cluster");
    let mut command = Command::new(script);
    command.args(arguments).kill_on_drop(true);
    let Output { status, stdout, stderr } = tokio::time::timeout(Duration::from_secs(300), command.output())
        .await
        .map_err(|_| format!("scripts/cluster {} does not end", arguments.join(" ")))??;
    if status.success() {
        return Ok(String::from_utf8_lossy(&stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&stderr);
    // What the server says is in it.
    eprintln!("{said}");
    let last = said.lines().last().unwrap_or_default();
    Err(format!("scripts/cluster {}: {last}", arguments.join(" ")).into())
}
