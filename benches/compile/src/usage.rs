//! What a command takes, and what the compiler below it takes.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use nix::sys::resource::{UsageWho, getrusage};

/// Set for cargo, and so for this program where cargo runs it in rustc's place: the file that it adds to.
pub const PEAKS: &str = "BENCH_COMPILE_PEAKS";
/// The file for the crate with all macros expanded, where that is asked for.
pub const EXPANDED: &str = "BENCH_COMPILE_EXPANDED";

#[derive(Clone, Copy)]
pub struct Usage {
    pub wall: f64,
    /// Of the command and all that it started.
    pub cpu: f64,
    /// Of the compiler, in MiB.
    pub peak: f64,
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
pub fn measure(command: &mut Command, peaks: &Path) -> Result<Usage> {
    fs::write(peaks, "")?;
    command.env("RUSTC_WORKSPACE_WRAPPER", std::env::current_exe()?).env(PEAKS, peaks);
    let (before, start) = (children()?.0, Instant::now());
    let output = command.output().context("cargo does not start")?;
    let (wall, cpu) = (start.elapsed().as_secs_f64(), children()?.0 - before);
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        bail!("{command:?}\n{}", errors.lines().take(40).collect::<Vec<_>>().join("\n"));
    }
    let peaks = fs::read_to_string(peaks)?;
    let peak = peaks.lines().filter_map(|line| line.parse::<f64>().ok()).fold(0.0, f64::max);
    Ok(Usage { wall, cpu, peak: peak / 1024.0 })
}

/// Runs rustc as cargo asked for it, and notes its memory.
pub fn stand_in(peaks: &Path) -> Result<ExitCode> {
    let mut args = std::env::args_os().skip(1);
    let rustc = args.next().context("a compiler")?;
    let args: Vec<_> = args.collect();
    let is_crate = args.windows(2).any(|pair| pair[0] == "--crate-name" && pair[1] != "___");
    if let (true, Some(expanded)) = (is_crate, std::env::var_os(EXPANDED)) {
        let mut command = Command::new(&rustc);
        command.args(&args).arg("-Zunpretty=expanded").arg("-o").arg(expanded).env("RUSTC_BOOTSTRAP", "1");
        if !command.status()?.success() {
            return Ok(ExitCode::FAILURE);
        }
    }
    let status = Command::new(&rustc).args(&args).status()?;
    if is_crate {
        writeln!(fs::File::options().append(true).open(peaks)?, "{}", children()?.1)?;
    }
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
