//! The list by which the macro sees that the template has its function.

use crate::discover::{Around, Found};

/// The variable that the package is compiled with.
pub(crate) const VARIABLE: &str = "REDRIVE_FUNCTIONS";

/// `<binary>|<module::path>|<function>|<fingerprint>|<template>|<around>` of
/// each function, joined by `;`. The template is `stack`, or `own` for a
/// function with `template = false`, which is listed because a binary holds one
/// function, whoever writes its template. Around it is a `module`, one with a
/// `main`, or another `item`.
///
/// One with a mistake is listed too, so that the macro reports the mistake and
/// nothing besides.
pub(crate) fn list(found: &[Found]) -> String {
    found.iter().map(entry).collect::<Vec<_>>().join(";")
}

fn entry(found: &Found) -> String {
    let Found {
        binary,
        module,
        around,
        parsed,
    } = found;
    let function = &parsed.function;
    let fingerprint = match !parsed.diagnostics.has_errors() {
        true => function.fingerprint(),
        false => "error".to_owned(),
    };
    let template = match function.template {
        true => "stack",
        false => "own",
    };
    let around = match around {
        Around::Module => "module",
        Around::Main => "main",
        Around::Item => "item",
    };
    format!(
        "{binary}|{}|{}|{fingerprint}|{template}|{around}",
        module.join("::"),
        function.name
    )
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::list;
    use crate::discover::{Around, Found};

    fn found(module: &[&str], attribute: proc_macro2::TokenStream) -> Found {
        let item = quote!(
            async fn work(job: Job) -> Result<(), Error> {}
        );
        Found {
            binary: "jobs".to_owned(),
            module: module.iter().map(|name| (*name).to_owned()).collect(),
            around: Around::Module,
            parsed: redrive_syntax::parse(attribute, item),
        }
    }

    #[test]
    fn nothing_is_an_empty_list() {
        assert_eq!(list(&[]), "");
    }

    #[test]
    fn an_entry_names_the_place_and_the_settings() {
        let plain = found(&[], quote!());
        let fingerprint = plain.parsed.function.fingerprint();
        let nested = found(&["a", "b"], quote!());
        let expected = format!(
            "jobs||work|{fingerprint}|stack|module;jobs|a::b|work|{fingerprint}|stack|module"
        );
        assert_eq!(list(&[plain, nested]), expected);
    }

    #[test]
    fn a_function_with_its_own_template_is_marked() {
        let own = found(&[], quote!(template = false));
        let fingerprint = own.parsed.function.fingerprint();
        assert_eq!(list(&[own]), format!("jobs||work|{fingerprint}|own|module"));
    }

    #[test]
    fn what_the_macro_cannot_see_is_told() {
        for (around, told) in [(Around::Main, "main"), (Around::Item, "item")] {
            let fingerprint = found(&[], quote!()).parsed.function.fingerprint();
            let wrong = Found {
                around,
                ..found(&[], quote!())
            };
            assert_eq!(
                list(&[wrong]),
                format!("jobs||work|{fingerprint}|stack|{told}")
            );
        }
    }

    #[test]
    fn a_mistake_is_left_to_the_macro() {
        assert_eq!(
            list(&[found(&[], quote!(colour = 1))]),
            "jobs||work|error|stack|module"
        );
        assert_eq!(
            list(&[found(&[], quote!(template = false, colour = 1))]),
            "jobs||work|error|own|module"
        );
    }
}
