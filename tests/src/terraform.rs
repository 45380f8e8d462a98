//! Terraform, or OpenTofu, if this machine has one of them.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The AWS provider in a mirror of providers.
const PROVIDER: &str = "registry.terraform.io/hashicorp/aws";

/// A program that applies modules.
#[derive(Debug)]
pub struct Terraform {
    /// Its path.
    pub program: PathBuf,
}

impl Terraform {
    /// The program on `PATH`.
    ///
    /// # Errors
    ///
    /// Why a test that needs it is skipped.
    pub fn find() -> Result<Self, String> {
        let folders = env::var_os("PATH").unwrap_or_default();
        let names = ["terraform", "tofu"];
        let programs = names
            .iter()
            .flat_map(|name| env::split_paths(&folders).map(move |folder| folder.join(name)));
        match programs.into_iter().find(|path| path.is_file()) {
            Some(program) => Ok(Self { program }),
            None => Err("there is no `terraform` and no `tofu` in PATH".to_owned()),
        }
    }

    /// The command, in a folder.
    pub fn command(&self, folder: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .current_dir(folder)
            .env_remove("TF_CLI_CONFIG_FILE")
            .env("TF_IN_AUTOMATION", "1")
            .env("CHECKPOINT_DISABLE", "1");
        command
    }

    /// Runs a command, and gives what it prints.
    ///
    /// # Panics
    ///
    /// If it fails, with all it printed.
    pub fn run(&self, folder: &Path, arguments: &[&str]) -> String {
        let output = self.command(folder, arguments).output().expect("it runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{arguments:?}\n{out}{err}");
        out
    }
}

/// Writes a configuration file for the command line, with which it takes the AWS
/// provider from a mirror of this machine, and gives the file's path.
///
/// # Errors
///
/// Why a test that needs the provider is skipped.
pub fn with_provider(folder: &Path) -> Result<PathBuf, String> {
    let home = env::home_dir().unwrap_or_default();
    let mut roots = vec![
        home.join(".terraform.d/plugins"),
        "/usr/local/share/terraform/plugins".into(),
        "/usr/share/terraform/plugins".into(),
    ];
    let elsewhere = fs::read_dir("/opt").into_iter().flatten().flatten();
    roots.extend(elsewhere.map(|entry| entry.path()));
    let Some(root) = roots.iter().find(|root| root.join(PROVIDER).is_dir()) else {
        return Err(format!(
            "no mirror of providers has {PROVIDER}: make one with `terraform providers mirror {}`",
            roots[0].display()
        ));
    };
    let path = folder.join("terraform.rc");
    let text = format!(
        "provider_installation {{\n  filesystem_mirror {{\n    path = {:?}\n  }}\n}}\n",
        root.display().to_string()
    );
    fs::write(&path, text).expect("a new file");
    Ok(path)
}
