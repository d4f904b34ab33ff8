//! What a command takes, and what the compiler below it takes.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use nix::sys::resource::{UsageWho, getrusage};

/// Set for cargo, and so for this program where cargo runs it in rustc's place: the file that it adds a line to for each crate.
pub const NOTES: &str = "BENCH_COMPILE_NOTES";
/// The file for the crate with all macros expanded, where that is asked for.
pub const EXPANDED: &str = "BENCH_COMPILE_EXPANDED";

/// What makes cargo run a program in rustc's place: for the crate itself, or for all that it depends on as well.
pub const THIS_CRATE: &str = "RUSTC_WORKSPACE_WRAPPER";
pub const EVERY_CRATE: &str = "RUSTC_WRAPPER";

pub struct Usage {
    pub wall: f64,
    /// Of the command and all that it started.
    pub cpu: f64,
    /// Of the compiler, in MiB.
    pub peak: f64,
    /// Processor time of the compiler for each crate; one that is there in two versions is there once.
    pub crates: BTreeMap<String, f64>,
}

/// Seconds of the processor, and KiB of the largest, of all programs that have ended below this one.
fn children() -> Result<(f64, i64)> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let seconds = |time: nix::sys::time::TimeVal| {
        std::time::Duration::new(time.tv_sec().unsigned_abs(), 0).as_secs_f64()
            + f64::from(i32::try_from(time.tv_usec()).unwrap_or_default()) / 1e6
    };
    Ok((seconds(usage.user_time()) + seconds(usage.system_time()), usage.max_rss()))
}

/// Runs a command whose compiler is this program.
pub fn measure(command: &mut Command, wrapper: &str, notes: &Path) -> Result<Usage> {
    fs::write(notes, "")?;
    command.env(wrapper, std::env::current_exe()?).env(NOTES, notes);
    let (before, start) = (children()?.0, Instant::now());
    let output = command.output().context("cargo does not start")?;
    let (wall, cpu) = (start.elapsed().as_secs_f64(), children()?.0 - before);
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        bail!("{command:?}\n{}", errors.lines().take(40).collect::<Vec<_>>().join("\n"));
    }
    let (mut peak, mut crates) = (0.0_f64, BTreeMap::new());
    for line in fs::read_to_string(notes)?.lines() {
        let [name, cpu, kib] = line.split(' ').collect::<Vec<_>>()[..] else { bail!("{line:?} is no note") };
        peak = peak.max(kib.parse::<f64>()? / 1024.0);
        *crates.entry(name.to_owned()).or_default() += cpu.parse::<f64>()?;
    }
    Ok(Usage { wall, cpu, peak, crates })
}

/// Runs rustc as cargo asked for it, and notes what it took.
pub fn stand_in(notes: &Path) -> Result<ExitCode> {
    let mut args = std::env::args_os().skip(1);
    let rustc = args.next().context("a compiler")?;
    let args: Vec<_> = args.collect();
    let name = args.windows(2).find(|pair| pair[0] == "--crate-name" && pair[1] != "___");
    let name = name.and_then(|pair| pair[1].to_str());
    if let (Some(_), Some(expanded)) = (name, std::env::var_os(EXPANDED)) {
        let mut command = Command::new(&rustc);
        command.args(&args).arg("-Zunpretty=expanded").arg("-o").arg(expanded).env("RUSTC_BOOTSTRAP", "1");
        if !command.status()?.success() {
            return Ok(ExitCode::FAILURE);
        }
    }
    let status = Command::new(&rustc).args(&args).status()?;
    if let Some(name) = name {
        let (cpu, kib) = children()?;
        let line = format!("{name} {cpu} {kib}\n");
        fs::File::options().append(true).open(notes)?.write_all(line.as_bytes())?;
    }
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
