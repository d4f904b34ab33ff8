//! A crate that is written, compiled, changed and compiled again.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::contestant::{Contestant, Shape, module};
use crate::usage::{EVERY_CRATE, EXPANDED, THIS_CRATE, Usage, measure};

/// Where everything is.
pub struct Place {
    /// Of the project.
    pub root: PathBuf,
    /// Of the crates that are written.
    pub crates: PathBuf,
    /// What cargo builds.
    pub target: PathBuf,
}

pub struct Project<'a> {
    contestant: &'a dyn Contestant,
    shape: Shape,
    program: bool,
    folder: PathBuf,
    target: PathBuf,
}

/// What cargo is asked for.
#[derive(Clone, Copy, PartialEq)]
pub enum Task {
    CheckFromNothing,
    CheckIncremental,
    BuildDebug,
    BuildRelease,
}

impl<'a> Project<'a> {
    /// A library of models.
    pub fn library(place: &Place, contestant: &'a dyn Contestant, name: &str, shape: Shape) -> Result<Self> {
        Self::write(place, contestant, name, shape, false)
    }

    /// A program.
    pub fn program(place: &Place, contestant: &'a dyn Contestant, shape: Shape) -> Result<Self> {
        Self::write(place, contestant, "program", shape, true)
    }

    fn write(
        place: &Place,
        contestant: &'a dyn Contestant,
        name: &str,
        shape: Shape,
        program: bool,
    ) -> Result<Self> {
        let name = format!("{}-{name}", contestant.name());
        let folder = place.crates.join(&name);
        fs::create_dir_all(folder.join("src"))?;
        let dependencies = contestant.dependencies(&place.root);
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[dependencies]\n{dependencies}[workspace]\n"
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        fs::copy(place.root.join("benches").join(contestant.lock()), folder.join("Cargo.lock"))?;
        let project = Self { contestant, shape, program, folder, target: place.target.clone() };
        project.edit(false)?;
        Ok(project)
    }

    /// Writes the sources, so that cargo takes them for changed.
    pub fn edit(&self, edited: bool) -> Result<()> {
        let shape = Shape { edited, ..self.shape };
        let sources = self.folder.join("src");
        let (root, models) = if self.program {
            fs::write(sources.join("main.rs"), self.contestant.program(&shape))?;
            (sources.join("models.rs"), sources.join("models"))
        } else {
            (sources.join("lib.rs"), sources)
        };
        fs::create_dir_all(&models)?;
        let mut text = if self.program { "#![allow(dead_code)]\n" } else { "" }.to_owned();
        if shape.models > 0 {
            text += &self.contestant.shared(&shape);
        }
        for model in shape.models(self.contestant.keys()) {
            let module = module(&model.name);
            text += &format!("pub mod {module};\n");
            fs::write(models.join(module).with_extension("rs"), self.contestant.model(&model))?;
        }
        Ok(fs::write(root, text)?)
    }

    /// Compiles, with whatever is missing of the dependencies.
    pub fn prepare(&self, task: Task) -> Result<()> {
        measure(&mut self.cargo(task), THIS_CRATE, &self.notes())?;
        Ok(())
    }

    pub fn measure(&self, task: Task) -> Result<Usage> {
        measure(self.cargo(task).arg("--offline"), THIS_CRATE, &self.notes())
    }

    /// The crate with all macros expanded.
    pub fn expanded(&self) -> Result<String> {
        let file = self.folder.join("expanded.rs");
        self.edit(false)?;
        let mut command = self.cargo(Task::CheckFromNothing);
        measure(command.arg("--offline").env(EXPANDED, &file), THIS_CRATE, &self.notes())?;
        fs::read_to_string(file).context("nothing was expanded")
    }

    /// A release build with all dependencies.
    pub fn build_all(&self) -> Result<Usage> {
        let mut fetch = Command::new("cargo");
        measure(fetch.args(["fetch", "--quiet"]).current_dir(&self.folder), EVERY_CRATE, &self.notes())?;
        let empty = tempfile::tempdir()?;
        let mut cargo = self.cargo(Task::BuildRelease);
        measure(cargo.arg("--offline").env("CARGO_TARGET_DIR", empty.path()), EVERY_CRATE, &self.notes())
    }

    /// The library with its version.
    pub fn version(&self) -> Result<String> {
        let (name, lock) = (self.contestant.name(), fs::read_to_string(self.folder.join("Cargo.lock"))?);
        let head = format!("name = \"{name}\"\nversion = \"");
        let after = lock.split(&head).nth(1).context("it is not in the lock file")?;
        Ok(format!("{name} {}", after.split('"').next().unwrap_or_default()))
    }

    fn notes(&self) -> PathBuf {
        self.folder.join("notes")
    }

    fn cargo(&self, task: Task) -> Command {
        let mut cargo = Command::new("cargo");
        cargo.arg("--quiet").current_dir(&self.folder).env("CARGO_TARGET_DIR", &self.target);
        match task {
            Task::CheckFromNothing => cargo.arg("check").env("CARGO_INCREMENTAL", "0"),
            Task::CheckIncremental => cargo.arg("check").env("CARGO_INCREMENTAL", "1"),
            Task::BuildDebug => cargo.arg("build").env_remove("CARGO_INCREMENTAL"),
            Task::BuildRelease => cargo.args(["build", "--release"]).env_remove("CARGO_INCREMENTAL"),
        };
        cargo
    }
}
