//! Checks the function against the list that the build script exports, so that
//! a template that lacks a function, or describes another, does not compile.

use proc_macro2::Span;
use redrive_model::export::{Around, Listed, decode};
use redrive_model::names::FUNCTIONS;
use redrive_syntax::rules::catalog;
use redrive_syntax::{Diagnostics, Function};

/// What is being compiled, and what the build script found in the package.
#[derive(Debug, Default)]
pub(crate) struct Target {
    /// `CARGO_BIN_NAME`: there is none for a library.
    pub(crate) binary: Option<String>,
    /// `REDRIVE_FUNCTIONS`: there is none without the build script.
    pub(crate) functions: Option<String>,
}

impl Target {
    pub(crate) fn from_env() -> Self {
        let read = |name| std::env::var(name).ok();
        Target {
            binary: read("CARGO_BIN_NAME"),
            functions: read(FUNCTIONS),
        }
    }

    /// The functions of one binary, whether the template has them or not.
    fn listed_in(&self, binary: &str) -> Vec<Listed<'_>> {
        let listed = self.functions.as_deref().map(decode).unwrap_or_default();
        let in_binary = listed.into_iter().filter(|entry| entry.binary == binary);
        in_binary.collect()
    }

    /// Judges the function; `name` is where a mistake is shown.
    pub(crate) fn check(&self, function: &Function, name: Span, errors: &mut Diagnostics) {
        let Some(binary) = &self.binary else {
            errors.report(&catalog::LIBRARY_TARGET,
                name,
                "the handler stands in a library, but a Lambda function is a binary; move it to `src/main.rs` or to `src/bin/<name>.rs`",
            );
            return;
        };
        if function.template && self.functions.is_none() {
            errors.report(&catalog::BUILD_SCRIPT,
                name,
                "no build script writes the template of this function; add `redrive-infra` to `[build-dependencies]` and a `build.rs` with `fn main() { redrive_infra::build(); }`, or set `template = false` to write your own template",
            );
            return;
        }
        let listed = self.listed_in(binary);
        let mut same = listed
            .iter()
            .filter(|entry| entry.function == function.name);
        let (entry, another) = (same.next(), same.next());
        match (entry, listed.first()) {
            (None, _) if function.template => errors.report(&catalog::FUNCTION_NOT_LISTED,
                name,
                "the build script does not find this function, so the template lacks it; write it out in a file that `mod` reaches from a binary's root (`#[path]` included), not in a macro or an `include!`, name cfgs of your own build script by `Builder::cfg`, or set `template = false` to write your own template",
            ),
            (Some(_), Some(first)) if another.is_some() || first.function != function.name => errors.report(&catalog::ONE_FUNCTION_PER_BINARY,
                name,
                format!("the binary `{binary}` already holds the function `{}`; move this one to a file of its own under `src/bin/`", first.function),
            ),
            (Some(entry), _) if entry.around == Around::Item => errors.report(&catalog::HANDLER_FUNCTION,
                name,
                format!("`#[sqs_batch]` stands on a function of a module; move `{}` out of the `impl`, the trait or the function that it is in", function.name),
            ),
            (Some(entry), _) if entry.around == Around::Main => errors.report(&catalog::OWN_MAIN,
                name,
                "the attribute writes `main`, but this module has one; remove it, and move what it does to `init = path`",
            ),
            (Some(entry), _) if function.template && entry.fingerprint != Some(&*function.fingerprint()) => errors.report(&catalog::FUNCTION_DIFFERS,
                name,
                "the template was written from other settings than these; name cfgs of your own build script by `Builder::cfg`, make sure that `redrive` and `redrive-infra` have one version, and run `cargo clean -p` for this package",
            ),
            _ => {}
        }
    }

    /// Whether this function needs no `main`: a library has none, an earlier
    /// function of the binary writes it, the user did, or it has no place here.
    pub(crate) fn needs_no_main(&self, function: &str) -> bool {
        let Some(binary) = &self.binary else {
            return true;
        };
        let listed = self.listed_in(binary);
        let is_first = listed
            .first()
            .is_none_or(|first| first.function == function);
        let is_beside_main =
            |entry: &Listed<'_>| entry.function == function && entry.around == Around::Main;
        !is_first || listed.iter().any(is_beside_main)
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;
    use quote::quote;
    use redrive_syntax::{Diagnostics, Function};

    use super::Target;

    fn function() -> Function {
        redrive_syntax::parse(
            quote!(),
            quote!(
                async fn handle(order: Order) -> Result<(), Error> {}
            ),
        )
        .function
    }

    fn rules(binary: Option<&str>, functions: Option<&str>) -> Vec<&'static str> {
        let target = Target {
            binary: binary.map(str::to_owned),
            functions: functions.map(str::to_owned),
        };
        let mut errors = Diagnostics::default();
        target.check(&function(), Span::call_site(), &mut errors);
        errors.errors().map(|mistake| mistake.rule.id).collect()
    }

    #[test]
    fn a_listed_function_is_right() {
        let list = format!(
            "other|other|00|module;app|handle|{}|module",
            function().fingerprint()
        );
        assert!(rules(Some("app"), Some(&list)).is_empty());
    }

    #[test]
    fn a_function_that_the_template_lacks_still_shares_its_binary_with_none() {
        let own = redrive_syntax::parse(
            quote!(template = false),
            quote!(
                async fn own(order: Order) -> Result<(), Error> {}
            ),
        )
        .function;
        let judge = |list: Option<&str>| {
            let target = Target {
                binary: Some("app".to_owned()),
                functions: list.map(str::to_owned),
            };
            let mut errors = Diagnostics::default();
            target.check(&own, Span::call_site(), &mut errors);
            errors
                .errors()
                .map(|mistake| mistake.rule.id)
                .collect::<Vec<_>>()
        };
        assert!(judge(None).is_empty());
        assert!(judge(Some("app|own|00|module")).is_empty());
        assert_eq!(
            judge(Some("app|first|00|module;app|own|00|module")),
            ["one_function_per_binary"]
        );
    }

    #[test]
    fn each_way_to_be_wrong_has_its_rule() {
        assert_eq!(rules(None, None), ["library_target"]);
        assert_eq!(rules(Some("app"), None), ["build_script"]);
        assert_eq!(rules(Some("app"), Some("")), ["function_not_listed"]);
        assert_eq!(
            rules(Some("app"), Some("other|handle|00|module")),
            ["function_not_listed"]
        );
        assert_eq!(
            rules(Some("app"), Some("app|handle|00|module")),
            ["function_differs"]
        );
        assert_eq!(
            rules(
                Some("app"),
                Some("app|first|00|module;app|handle|00|module")
            ),
            ["one_function_per_binary"]
        );
        assert_eq!(
            rules(
                Some("app"),
                Some("app|handle|00|module;app|handle|00|module")
            ),
            ["one_function_per_binary"]
        );
        assert_eq!(rules(Some("app"), Some("app|handle|00|main")), ["own_main"]);
        assert_eq!(
            rules(Some("app"), Some("app|handle|00|item")),
            ["handler_function"]
        );
    }
}
