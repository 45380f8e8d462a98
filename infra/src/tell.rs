//! What the build script tells cargo, the macro and the user of what it found.

use std::borrow::Cow;
use std::path::Path;

use redrive_model::names;
use redrive_syntax::rules::{catalog, unneeded};

use crate::discover::{Discovery, Note};
use crate::overlay::Doubt;
use crate::{cargo, export};

/// Tells cargo what was read, the macro what was found, and the user what is not
/// as rustc will take it.
pub(crate) fn tell(discovery: &Discovery, package: &Path) {
    discovery
        .paths
        .iter()
        .for_each(|path| cargo::rerun_if_changed(path));
    cargo::rustc_env(names::FUNCTIONS, &export::list(&discovery.found));
    unread(discovery, package).iter().for_each(cargo::warning);
}

/// Tells the user what is doubtful, unless it is accepted.
pub(crate) fn doubtful(notes: &[Note<'_>]) {
    for Note {
        function, warning, ..
    } in notes
    {
        if !warning.accepted {
            cargo::warning(format_args!("{function}: {warning}"));
        }
    }
}

/// What is doubtful of the attributes and of the overlays; of the latter nothing
/// is known if they were not judged.
pub(crate) fn notes<'a>(discovery: &'a Discovery, doubts: Option<&'a [Doubt]>) -> Vec<Note<'a>> {
    let overlaid: Vec<_> = doubts.into_iter().flatten().map(Doubt::note).collect();
    let mut notes = discovery.notes();
    notes.extend(overlaid.iter().cloned());
    // To an attribute alone, what only an overlay breaks is accepted in vain.
    for found in &discovery.found {
        let is_own = |note: &Note<'_>| {
            note.binary == found.binary && note.function == found.parsed.function.name
        };
        let broken = notes.iter().filter(|note| is_own(note));
        let broken: Vec<_> = broken.map(|note| note.warning.rule).collect();
        let unneeded = doubts.and_then(|_| unneeded(&found.parsed.function.allow, &broken));
        notes.retain_mut(|note| {
            if !is_own(note) || note.warning.rule != &catalog::ALLOW_UNNEEDED {
                return true;
            }
            if let Some(unneeded) = &unneeded {
                note.warning = Cow::Owned(unneeded.clone());
            }
            unneeded.is_some()
        });
    }
    notes
}

/// The sources that are not as rustc will take them.
fn unread(discovery: &Discovery, package: &Path) -> Vec<String> {
    let show = |path: &Path| {
        let path = path.strip_prefix(package).unwrap_or(path);
        path.display().to_string()
    };
    let unparsed = discovery.unparsed.iter().map(|(path, why)| {
        format!(
            "`{}` cannot be read as Rust ({why}), so the template stays as it was until it can [unread_source]",
            show(path)
        )
    });
    let missing = discovery.missing.iter().map(|path| {
        format!(
            "the module's file `{}` is missing, so the template stays as it was; \
             write it, or remove its `mod` [unread_source]",
            show(path)
        )
    });
    unparsed.chain(missing).collect()
}

/// Why there is no template, and what would make one.
pub(crate) fn no_function(discovery: &Discovery, package: &str) -> String {
    let why = if !discovery.found.is_empty() {
        format!(
            "each function of `{package}` has `template = false`, so no template is written; \
             a package without one needs no `redrive_infra`"
        )
    } else if discovery.binaries.is_empty() {
        format!(
            "this build makes no binary of `{package}`, and a Lambda function is one, so no template is written; \
             write the function in `src/main.rs` or `src/bin/<name>.rs`, or leave `redrive_infra` out of the build script"
        )
    } else {
        let binaries: Vec<_> = discovery
            .binaries
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        format!(
            "no `#[sqs_batch]` function is in what this build compiles of `{package}` (binaries: {}), so no template is written; \
             write one out in a file that `mod` reaches, enable the feature it is behind, or leave `redrive_infra` out of the build script",
            binaries.join(", ")
        )
    };
    why + " [no_function]"
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use quote::quote;

    use redrive_syntax::Diagnostic;
    use redrive_syntax::rules::catalog::{self, Rule};

    use super::{no_function, notes, unread};
    use crate::discover::{Around, Discovery, Found};
    use crate::overlay::Doubt;

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

    fn accepted(rule: &'static Rule) -> Doubt {
        Doubt {
            binary: "a".to_owned(),
            function: "work".to_owned(),
            warning: Diagnostic {
                accepted: true,
                see: None,
                ..Diagnostic::new(rule, proc_macro2::Span::call_site(), "too low")
            },
        }
    }

    #[test]
    fn what_an_overlay_breaks_is_not_accepted_in_vain() {
        let discovery = Discovery {
            found: vec![found(quote!(allow = "receive_count_low"))],
            ..Discovery::default()
        };
        let told = |doubts: Option<&[Doubt]>| -> Vec<_> {
            let notes = notes(&discovery, doubts);
            notes.iter().map(|note| note.warning.rule.id).collect()
        };
        assert_eq!(told(Some(&[])), ["allow_unneeded"]);
        assert!(told(None).is_empty());
        let doubt = accepted(&catalog::RECEIVE_COUNT_LOW);
        assert_eq!(told(Some(&[doubt])), ["receive_count_low"]);
    }

    #[test]
    fn what_an_overlay_breaks_hides_nothing_else_that_is_accepted_in_vain() {
        let discovery = Discovery {
            found: vec![found(quote!(
                allow = ["receive_count_low", "visibility_recommended"]
            ))],
            ..Discovery::default()
        };
        let doubts = [accepted(&catalog::RECEIVE_COUNT_LOW)];
        let notes = notes(&discovery, Some(&doubts));
        let told = notes.iter().map(|note| note.warning.message());
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                "nothing breaks `visibility_recommended`, which `allow` accepts; write `allow = \"receive_count_low\"`",
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
        let told = unread(&discovery, Path::new("/shop"));
        assert!(
            told[0].starts_with("`src/main.rs` cannot be read"),
            "{told:?}"
        );
        assert!(
            told[1].starts_with("the module's file `src/orders.rs`"),
            "{told:?}"
        );
        assert!(told.iter().all(|text| text.ends_with(" [unread_source]")));
    }

    #[test]
    fn a_package_without_a_template_is_told_why() {
        let mut discovery = Discovery::default();
        let starts = |discovery: &Discovery, start: &str| {
            let text = no_function(discovery, "shop");
            assert!(text.starts_with(start), "{text}");
            assert!(text.ends_with(" [no_function]"), "{text}");
        };
        starts(&discovery, "this build makes no binary of `shop`");
        discovery.binaries = vec!["a".to_owned(), "b".to_owned()];
        starts(
            &discovery,
            "no `#[sqs_batch]` function is in what this build compiles of `shop` (binaries: `a`, `b`)",
        );
        discovery.found.push(found(quote!(template = false)));
        starts(&discovery, "each function of `shop` has `template = false`");
    }
}
