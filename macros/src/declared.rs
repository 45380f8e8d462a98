//! Checks the function against the list that the build script exports, so that
//! a template that lacks a function, or describes another, does not compile.

use proc_macro2::Span;
use redrive_model::export::{Around, Listed, decode};
use redrive_model::names::FUNCTIONS;
use redrive_syntax::rules::catalog;
use redrive_syntax::{Diagnostic, Function};

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

    /// What is wrong with the function; `name` is where it is shown.
    pub(crate) fn check(&self, function: &Function, name: Span) -> Option<Diagnostic> {
        const OWN_TEMPLATE: &str = "or set `template = false` to write your own template";
        const CFGS: &str = "name the cfgs that your own build script sets with `Builder::cfg`";
        let wrong = |rule, problem: &str, helps: &[&str]| {
            let wrong = Diagnostic::new(rule, name, problem);
            Some(helps.iter().fold(wrong, |wrong, help| wrong.help(*help)))
        };
        let Some(binary) = &self.binary else {
            return wrong(
                &catalog::LIBRARY_TARGET,
                "the handler is in a library, but a Lambda function is a binary",
                &["move it to `src/main.rs` or to `src/bin/<name>.rs`"],
            );
        };
        if function.template && self.functions.is_none() {
            return wrong(
                &catalog::BUILD_SCRIPT,
                "no build script writes the template of this function",
                &[
                    "add `redrive-infra` to `[build-dependencies]` and `fn main() { redrive_infra::build(); }` to build.rs",
                    OWN_TEMPLATE,
                ],
            );
        }
        let listed = self.listed_in(binary);
        let first = listed.first().map(|first| first.function);
        let is_this = |entry: &&Listed<'_>| entry.function == function.name;
        let same: Vec<_> = listed.iter().filter(is_this).collect();
        let name = &function.name;
        match same.as_slice() {
            [] if function.template => wrong(
                &catalog::FUNCTION_NOT_LISTED,
                "the build script does not find this function, so it is not in the template",
                &[
                    "write it in a file that `mod` reaches from a binary's root, not in a macro or `include!`",
                    CFGS,
                    OWN_TEMPLATE,
                ],
            ),
            [_, _, ..] | [_] if same.len() > 1 || first != Some(name) => wrong(
                &catalog::ONE_FUNCTION_PER_BINARY,
                &format!(
                    "the binary `{binary}` already contains the function `{}`",
                    first.unwrap_or_default()
                ),
                &["move this function to its own file in `src/bin/`"],
            ),
            [entry] if entry.around == Around::Item => wrong(
                &catalog::HANDLER_FUNCTION,
                &format!("`{name}` is not a function of a module"),
                &["move it out of the `impl`, trait or function that it is in"],
            ),
            [entry] if entry.around == Around::Main => wrong(
                &catalog::OWN_MAIN,
                "the attribute generates `main`, but this module already has one",
                &["remove it, and move what it does to `init = path`"],
            ),
            [entry] if function.template && entry.fingerprint != Some(&*function.fingerprint()) => {
                wrong(
                    &catalog::FUNCTION_DIFFERS,
                    "the template was written from other settings than these",
                    &[
                        CFGS,
                        "use the same version of `redrive` and `redrive-infra`, and run `cargo clean -p` for this package",
                    ],
                )
            }
            _ => None,
        }
    }

    /// Whether the function is in another item, such as an `impl`, where a module
    /// cannot be.
    pub(crate) fn is_in_an_item(&self, function: &str) -> bool {
        self.is_around(Around::Item, function)
    }

    /// Whether this function needs no `main`: a library has none, an earlier
    /// function of the binary writes it, the user did, or it has no place here.
    pub(crate) fn needs_no_main(&self, function: &str) -> bool {
        let Some(binary) = &self.binary else {
            return true;
        };
        let listed = self.listed_in(binary);
        let first = listed.first();
        first.is_some_and(|first| first.function != function)
            || self.is_around(Around::Main, function)
    }

    fn is_around(&self, around: Around, function: &str) -> bool {
        let listed = self.listed_in(self.binary.as_deref().unwrap_or_default());
        let mut listed = listed.iter();
        listed.any(|entry| entry.function == function && entry.around == around)
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;
    use quote::quote;
    use redrive_syntax::Function;

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
        let wrong = target.check(&function(), Span::call_site());
        wrong.into_iter().map(|wrong| wrong.rule.id).collect()
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
            target
                .check(&own, Span::call_site())
                .map(|wrong| wrong.rule.id)
        };
        assert_eq!(judge(None), None);
        assert_eq!(judge(Some("app|own|00|module")), None);
        assert_eq!(
            judge(Some("app|first|00|module;app|own|00|module")),
            Some("one_function_per_binary")
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
