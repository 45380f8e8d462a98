//! What the build script prints for cargo, the macro and the user.

use std::path::Path;

use redrive_model::names;
use redrive_syntax::Diagnostic;
use redrive_syntax::rules::catalog::{ALLOW_UNNEEDED, NO_FUNCTION, UNREAD_SOURCE};
use redrive_syntax::rules::unneeded;

use crate::discover::{Discovery, Warning};
use crate::error::broken;
use crate::{cargo, export};

/// Prints for cargo what was read, for the macro what was found, and for the user
/// what rustc will refuse.
pub(crate) fn found(discovery: &Discovery, package: &Path) {
    discovery
        .paths
        .iter()
        .for_each(|path| cargo::rerun_if_changed(path));
    cargo::rustc_env(names::FUNCTIONS, &export::list(&discovery.found));
    unread(discovery, package).iter().for_each(cargo::warning);
}

/// Prints the warnings that are not accepted.
pub(crate) fn print(warnings: &[Warning]) {
    for warning in warnings.iter().filter(|it| !it.diagnostic.accepted) {
        cargo::warning(format_args!("{}: {}", warning.function, warning.diagnostic));
    }
}

/// The warnings about the attributes and, if they could be checked, the overlays.
pub(crate) fn warnings(discovery: &Discovery, overlays: Option<Vec<Warning>>) -> Vec<Warning> {
    let mut warnings = discovery.warnings();
    let is_checked = overlays.is_some();
    warnings.extend(overlays.into_iter().flatten());
    // An `allow` that the attribute does not need can be for an overlay.
    for found in &discovery.found {
        let function = &found.parsed.function;
        let is_own = |it: &Warning| it.binary == found.binary && it.function == function.name;
        let broken = warnings.iter().filter(|it| is_own(it));
        let broken: Vec<_> = broken.map(|it| it.diagnostic.rule).collect();
        let unneeded = unneeded(&function.allow, &broken).filter(|_| is_checked);
        warnings.retain_mut(|it| {
            if !is_own(it) || it.diagnostic.rule != &ALLOW_UNNEEDED {
                return true;
            }
            if let Some(unneeded) = &unneeded {
                it.diagnostic.clone_from(unneeded);
            }
            unneeded.is_some()
        });
    }
    warnings
}

/// The sources that rustc will refuse.
fn unread(discovery: &Discovery, package: &Path) -> Vec<Diagnostic> {
    let show = |path: &Path| {
        let path = path.strip_prefix(package).unwrap_or(path);
        path.display().to_string()
    };
    let unparsed = discovery.unparsed.iter().map(|(path, why)| {
        let problem = format!("`{}` cannot be read as Rust ({why})", show(path));
        broken(&UNREAD_SOURCE, problem)
    });
    let missing = discovery.missing.iter().map(|path| {
        let problem = format!("the module's file `{}` is missing", show(path));
        broken(&UNREAD_SOURCE, problem).help("write it, or remove its `mod`")
    });
    let unread = unparsed.chain(missing);
    unread
        .map(|diagnostic| diagnostic.help("until then, the template is not written"))
        .collect()
}

/// Where the files are, if there is no copy for people.
pub(crate) fn no_copy(out_dir: &Path) -> String {
    format!(
        "`template.json` and `stack.md` are only in `{}`: cargo's folder for the binary is not known",
        out_dir.display()
    )
}

/// Why there is no template, and what would make one.
pub(crate) fn no_function(discovery: &Discovery, package: &str) -> Diagnostic {
    let nothing = |why: String| broken(&NO_FUNCTION, why + "; no template written");
    if !discovery.found.is_empty() {
        nothing(format!(
            "each function of `{package}` has `template = false`"
        ))
        .help("remove `redrive_infra` from build.rs")
    } else if discovery.binaries.is_empty() {
        nothing(format!("this build makes no binary of `{package}`")).help(
            "write the function in `src/main.rs` or `src/bin/<name>.rs`, or remove `redrive_infra` from build.rs",
        )
    } else {
        let binaries = discovery.binaries.iter().map(|name| format!("`{name}`"));
        let binaries = binaries.collect::<Vec<_>>().join(", ");
        nothing(format!(
            "no `#[sqs_batch]` function found in `{package}` (checked binaries: {binaries})"
        ))
        .help("define it in a module of a binary, enable its feature, or remove `redrive_infra` from build.rs")
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use quote::quote;

    use redrive_syntax::Diagnostic;
    use redrive_syntax::rules::catalog::{self, Rule};

    use super::{no_function, unread, warnings};
    use crate::discover::{Around, Discovery, Found, Warning};

    fn found(attribute: proc_macro2::TokenStream) -> Found {
        Found {
            binary: "a".to_owned(),
            around: Around::Module,
            parsed: redrive_syntax::parse(
                attribute,
                quote!(
                    async fn work(job: Job) -> Result<(), Error> {}
                ),
            ),
        }
    }

    fn accepted(rule: &'static Rule) -> Warning {
        Warning {
            binary: "a".to_owned(),
            function: "work".to_owned(),
            diagnostic: Diagnostic {
                accepted: true,
                see: None,
                ..Diagnostic::new(rule, proc_macro2::Span::call_site(), "too low")
            },
        }
    }

    #[test]
    fn an_allow_for_an_overlay_is_needed() {
        let discovery = Discovery {
            found: vec![found(quote!(allow = "receive_count_low"))],
            ..Discovery::default()
        };
        let rules = |overlays: Option<Vec<Warning>>| -> Vec<_> {
            let warnings = warnings(&discovery, overlays);
            warnings.iter().map(|it| it.diagnostic.rule.id).collect()
        };
        assert_eq!(rules(Some(Vec::new())), ["allow_unneeded"]);
        assert!(rules(None).is_empty());
        let accepted = accepted(&catalog::RECEIVE_COUNT_LOW);
        assert_eq!(rules(Some(vec![accepted])), ["receive_count_low"]);
    }

    #[test]
    fn another_allow_is_still_reported() {
        let discovery = Discovery {
            found: vec![found(quote!(
                allow = ["receive_count_low", "visibility_recommended"]
            ))],
            ..Discovery::default()
        };
        let accepted = accepted(&catalog::RECEIVE_COUNT_LOW);
        let warnings = warnings(&discovery, Some(vec![accepted]));
        let messages = warnings.iter().map(|it| it.diagnostic.problem());
        assert_eq!(
            messages.collect::<Vec<_>>(),
            [
                "unused `allow`: rule `visibility_recommended` is not violated",
                "too low"
            ]
        );
    }

    #[test]
    fn what_is_not_read_is_named_from_the_package() {
        let discovery = Discovery {
            unparsed: vec![("/shop/src/main.rs".into(), "expected `)`".to_owned())],
            missing: vec!["/shop/src/orders.rs".into()],
            ..Discovery::default()
        };
        let unread = unread(&discovery, Path::new("/shop"));
        let problems: Vec<_> = unread.iter().map(Diagnostic::problem).collect();
        let expected = [
            "`src/main.rs` cannot be read as Rust (expected `)`)",
            "the module's file `src/orders.rs` is missing",
        ];
        assert_eq!(problems, expected);
    }

    #[test]
    fn why_a_package_has_no_template() {
        let mut discovery = Discovery::default();
        let starts = |discovery: &Discovery, start: &str| {
            let problem = no_function(discovery, "shop").problem();
            assert!(problem.starts_with(start), "{problem}");
        };
        starts(&discovery, "this build makes no binary of `shop`");
        discovery.binaries = vec!["a".to_owned(), "b".to_owned()];
        starts(
            &discovery,
            "no `#[sqs_batch]` function found in `shop` (checked binaries: `a`, `b`)",
        );
        discovery.found.push(found(quote!(template = false)));
        starts(&discovery, "each function of `shop` has `template = false`");
    }
}
