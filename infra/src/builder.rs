//! From the environment of a build script to the files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use redrive_model::digest;
use redrive_model::names::{MANIFEST, MANIFEST_MARKER};
use redrive_syntax::rules::catalog::{OVERLAY, PERMISSIONS, TAG};

use crate::build_output::OutputFolders;
use crate::cfg::Cfg;
use crate::discover::{self, Discovery, Warning};
use crate::env::Env;
use crate::error::{Errors, broken};
use crate::format::Format;
use crate::overlay::Overlay;
use crate::render::markdown;
use crate::stack::{Roles, Stack};
use crate::{cargo, permissions, plan, render, report, target};

/// Writes the template of a package from its build script.
///
/// ```no_run
/// // build.rs
/// redrive_infra::Builder::new().overlay("infra/overlay.json").build();
/// ```
#[derive(Clone, Debug, Default)]
pub struct Builder {
    overlays: Vec<PathBuf>,
    cfgs: Vec<String>,
    formats: BTreeSet<Format>,
    dashboard: bool,
    tags: BTreeMap<String, String>,
    roles: Roles,
}

impl Builder {
    /// Without an overlay.
    pub fn new() -> Self {
        Self::default()
    }

    /// Merges a file into the CloudFormation template: a JSON merge patch
    /// ([RFC 7396](https://www.rfc-editor.org/rfc/rfc7396)) of the whole
    /// template, in which intrinsic functions are replaced as a whole. The path is
    /// relative to the package's folder. Several files are merged in the order of
    /// the calls.
    ///
    /// Overlays are checked against the same rules as the attribute, except for
    /// values that are known at deployment only; `stack.md` and
    /// `cargo redrive run` take them into account. What the template derives from
    /// a value, such as the threshold of an alarm from the retention of a queue,
    /// follows the overlay. Check the rest of the template with
    /// [cfn-lint](https://github.com/aws-cloudformation/cfn-lint).
    ///
    /// The build fails if an overlay is missing, is not a JSON object, leaves a
    /// resource without a `Type`, or breaks a rule; and if it changes what keeps
    /// messages from being lost, or a queue from being open.
    #[must_use]
    pub fn overlay(mut self, path: impl Into<PathBuf>) -> Self {
        self.overlays.push(path.into());
        self
    }

    /// Chooses what deploys the package: CloudFormation, by default, Terraform, or both.
    ///
    /// ```no_run
    /// // build.rs
    /// use redrive_infra::Format::{CloudFormation, Terraform};
    ///
    /// redrive_infra::Builder::new().formats([CloudFormation, Terraform]).build();
    /// ```
    ///
    /// Both deploy the same resources, with the same rights and alarms. The Terraform module is
    /// the folder that `cargo redrive package` makes. What redrive does not know belongs
    /// into a file `override.tf.json` in that folder, which
    /// [Terraform merges](https://developer.hashicorp.com/terraform/language/files/override)
    /// and `cargo redrive package` keeps. The build fails if there is also an
    /// [`overlay`](Self::overlay), which would change only one of the two.
    #[must_use]
    pub fn formats(mut self, formats: impl IntoIterator<Item = Format>) -> Self {
        self.formats = formats.into_iter().collect();
        self
    }

    /// Adds a CloudWatch dashboard of the package: for each function the messages in its queue,
    /// the oldest of them and those in the DLQ, the records by outcome, retries, latency,
    /// invocations with errors and throttles, and redrives. Without it by default;
    /// [CloudWatch charges for dashboards](https://aws.amazon.com/cloudwatch/pricing/).
    ///
    /// Graphs of records need the key `metrics`.
    #[must_use]
    pub fn dashboard(mut self, dashboard: bool) -> Self {
        self.dashboard = dashboard;
        self
    }

    /// Gives all resources that can have tags this one. The key `tags` of a function
    /// adds to them, and replaces one of the same name.
    ///
    /// ```no_run
    /// // build.rs
    /// redrive_infra::Builder::new().tag("cost center", "42").build();
    /// ```
    ///
    /// The build fails if AWS would reject the tag.
    #[must_use]
    pub fn tag(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.tags.insert(name.into(), value.into());
        self
    }

    /// Limits all roles by this managed policy: the default of the template's parameter
    /// `PermissionsBoundaryArn`.
    #[must_use]
    pub fn permissions_boundary(mut self, arn: impl Into<String>) -> Self {
        self.roles.boundary = arn.into();
        self
    }

    /// Gives all roles a path, such as `/orders/`: the default of the template's
    /// parameter `RolePath`.
    #[must_use]
    pub fn role_path(mut self, path: impl Into<String>) -> Self {
        self.roles.path = path.into();
        self
    }

    /// Treats this cfg as set: `name`, or `name="value"`.
    ///
    /// Needed for each cfg that your build script sets and that decides whether a
    /// function is compiled: cargo does not pass them to the build script itself.
    ///
    /// ```no_run
    /// // build.rs
    /// println!("cargo::rustc-check-cfg=cfg(beta)");
    /// println!("cargo::rustc-cfg=beta");
    /// redrive_infra::Builder::new().cfg("beta").build();
    /// ```
    ///
    /// The build fails if the text has another form.
    #[must_use]
    pub fn cfg(mut self, cfg: impl Into<String>) -> Self {
        self.cfgs.push(cfg.into());
        self
    }

    /// Finds the functions, exports their list to the macro, and writes the
    /// files, each only if it changes.
    ///
    /// Rustc and the macro report a wrong attribute, a second function in a
    /// binary, a file that is not Rust and a module without its file. Then the
    /// written files are not changed, so that unfinished source never leads to a
    /// template without its functions. All other errors are errors of the build
    /// script.
    pub fn build(&self) {
        if let Err(Errors(errors)) = self.run() {
            errors.iter().for_each(cargo::error);
        }
    }

    fn run(&self) -> Result<(), Errors> {
        let env = &Env::read()?;
        let mut cfg = Cfg::from_vars(std::env::vars());
        for text in &self.cfgs {
            cfg.set(text)?;
        }
        let discovery = discover::discover(&env.package, &cfg)?;
        report::found(&discovery, &env.package);
        self.overlays
            .iter()
            .for_each(|path| cargo::rerun_if_changed(&env.package.join(path)));

        discovery.check_messages()?;
        check_formats(&self.formats, &self.overlays)?;
        let architecture = target::architecture(&env.architecture)?;
        let mut stack = Stack {
            dashboard: self.dashboard,
            tags: self.tags.clone(),
            roles: self.roles.clone(),
            ..Stack::new(&env.name, architecture, discovery.deployed())
        };
        if !self.formats.is_empty() {
            stack.formats.clone_from(&self.formats);
        }
        check_tags(&stack)?;
        check_roles(&stack.roles)?;
        let files = stack
            .functions
            .iter()
            .filter_map(|entry| entry.function.permissions.as_ref());
        files.for_each(|path| cargo::rerun_if_changed(&env.package.join(path)));
        let read = permissions::read(&env.package, &mut stack)?;
        let written = plan::conflicts::check(&stack, &plan::of(&stack)).and_then(|()| {
            match discovery.is_sound() {
                true => self.write(env, &stack, &discovery, &read).map(Some),
                false => Ok(None),
            }
        });
        match &written {
            Ok(Some(warnings)) => report::print(warnings),
            _ => {
                let overlays = self.overlays.is_empty().then(Vec::new);
                report::print(&report::warnings(&discovery, overlays));
            }
        }
        written.map(|_warnings| ())
    }

    /// Writes the files, and gives the warnings.
    fn write(
        &self,
        env: &Env,
        stack: &Stack,
        discovery: &Discovery,
        read: &[Warning],
    ) -> Result<Vec<Warning>, Errors> {
        let copy = target::folder_of_binary(env).map(|it| it.join("redrive").join(&env.name));
        if copy.is_none() {
            cargo::note(report::no_copy(&env.out_dir));
        }
        // Cargo keeps `OUT_DIR` apart by target, profile and features; the copy is
        // for people.
        let output = OutputFolders::new(&env.out_dir, copy)?;
        let same = |old: &str, new: &str| old == new;
        if stack.functions.is_empty() {
            output.write("stack.json", &stack.to_text(), same)?;
            cargo::warning(report::no_function(discovery, &env.name));
            // CloudFormation rejects a template without resources, and an old
            // one would deploy what is gone.
            let files = Format::ALL.iter().flat_map(|it| it.files()).copied();
            for name in files.chain(["stack.md"]) {
                output.remove(name)?;
            }
            return Ok(report::warnings(discovery, Some(Vec::new())));
        }

        let overlays = self.read_overlays(&env.package)?;
        let now = jiff::Timestamp::now();
        let files = render::files(discovery, stack, &overlays, read, now)?;
        let stack = files.stack.to_text();
        let mut manifest = String::new();
        for name in Format::ALL.iter().flat_map(|it| it.files()) {
            match files.formats.get(name) {
                Some(text) => {
                    output.write(name, text, same)?;
                    manifest += text;
                }
                None => output.remove(name)?,
            }
        }
        output.write("stack.json", &stack, same)?;
        output.write("stack.md", &files.markdown, markdown::same_but_for_runs)?;
        let digest = digest::of_manifest(&manifest, &stack);
        cargo::rustc_env(MANIFEST, &format!("{MANIFEST_MARKER}{digest}"));
        Ok(files.warnings)
    }

    fn read_overlays(&self, package: &Path) -> Result<Vec<Overlay>, Errors> {
        let read = self
            .overlays
            .iter()
            .map(|path| Overlay::read(package, path));
        let (read, failed): (Vec<_>, Vec<_>) = read.partition(Result::is_ok);
        let failed = failed.into_iter().filter_map(Result::err);
        Errors::check(failed.flat_map(|errors| errors.0).collect())?;
        Ok(read.into_iter().flatten().collect())
    }
}

/// An overlay is a patch of the CloudFormation template.
fn check_formats(formats: &BTreeSet<Format>, overlays: &[PathBuf]) -> Result<(), Errors> {
    let (true, Some(path)) = (formats.contains(&Format::Terraform), overlays.first()) else {
        return Ok(());
    };
    let path = path.display();
    let problem = format!("the overlay `{path}` does not change the Terraform module");
    let help = "remove `.overlay(…)`, and write `override.tf.json` in the module's folder; `cargo redrive package` keeps it";
    Err(broken(&OVERLAY, problem)
        .help(help)
        .help("or remove `Terraform` from `.formats(…)`")
        .into())
}

/// Checks the tags of the build script, and how many a resource has with those of its
/// function.
fn check_tags(stack: &Stack) -> Result<(), Errors> {
    let each = stack.tags.iter();
    let checked = each.map(|(name, value)| redrive_syntax::tags::check(name, value));
    let counts = (0..stack.functions.len()).map(|index| plan::tags(stack, Some(index)).len());
    let checked = checked.chain(counts.map(redrive_syntax::tags::check_count));
    let errors: BTreeSet<_> = checked.filter_map(Result::err).collect();
    let diagnostic = |(problem, help)| broken(&TAG, problem).help(help);
    Errors::check(errors.into_iter().map(diagnostic).collect())
}

/// Checks what the deployment would reject.
fn check_roles(Roles { boundary, path }: &Roles) -> Result<(), Errors> {
    let wrong = |what: &str| broken(&PERMISSIONS, what);
    let mut errors = Vec::new();
    if !boundary.is_empty() && redrive_syntax::check_policy_arn(&boundary.as_str().into()).is_err()
    {
        let problem =
            format!("the permissions boundary `{boundary}` is not the ARN of a managed policy");
        let help = "for example, `arn:aws:iam::123456789012:policy/boundary`";
        errors.push(wrong(&problem).help(help));
    }
    let is_printable = path.chars().all(|c| c.is_ascii_graphic());
    let has_slashes =
        path == "/" || (path.len() > 2 && path.starts_with('/') && path.ends_with('/'));
    if !is_printable || !has_slashes || path.len() > 512 {
        let problem = format!("the role path `{path}` must begin and end with `/`");
        errors.push(wrong(&problem).help("for example, `/orders/`, with at most 512 characters"));
    }
    Errors::check(errors)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::PathBuf;

    use super::check_formats;
    use crate::format::Format::{CloudFormation, Terraform};

    #[test]
    fn a_module_has_no_overlay() {
        let overlays = [PathBuf::from("infra/overlay.json")];
        let both = BTreeSet::from([CloudFormation, Terraform]);
        let error = check_formats(&both, &overlays)
            .expect_err("an overlay")
            .to_string();
        assert!(
            error.contains("`infra/overlay.json` does not change"),
            "{error}"
        );
        assert!(error.contains("`override.tf.json`"), "{error}");
        assert!(
            error.lines().all(|line| line.chars().count() <= 120),
            "{error}"
        );
        check_formats(&both, &[]).expect("no overlay");
        check_formats(&BTreeSet::new(), &overlays).expect("CloudFormation by default");
    }
}
