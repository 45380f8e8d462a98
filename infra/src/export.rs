//! The list by which the macro sees that the template has its function.

use crate::discover::Found;

/// The variable that the package is compiled with.
pub(crate) const VARIABLE: &str = "REDRIVE_FUNCTIONS";

/// `<binary>|<module::path>|<function>|<fingerprint>|<template>` of each
/// function, joined by `;`. The template is `stack`, or `own` for a function
/// with `infra = false`, which is listed because a binary holds one function,
/// whoever writes its template.
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
        parsed,
    } = found;
    let function = &parsed.function;
    let fingerprint = match found.is_wrong() {
        true => "error".to_owned(),
        false => function.fingerprint(),
    };
    let template = match function.infra {
        true => "stack",
        false => "own",
    };
    format!(
        "{binary}|{}|{}|{fingerprint}|{template}",
        module.join("::"),
        function.name
    )
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::list;
    use crate::discover::Found;

    fn found(module: &[&str], attribute: proc_macro2::TokenStream) -> Found {
        let item = quote!(
            async fn work(job: Job) -> Result<(), Error> {}
        );
        Found {
            binary: "jobs".to_owned(),
            module: module.iter().map(|name| (*name).to_owned()).collect(),
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
        let expected = format!("jobs||work|{fingerprint}|stack;jobs|a::b|work|{fingerprint}|stack");
        assert_eq!(list(&[plain, nested]), expected);
    }

    #[test]
    fn a_function_with_its_own_template_is_marked() {
        let own = found(&[], quote!(infra = false));
        let fingerprint = own.parsed.function.fingerprint();
        assert_eq!(list(&[own]), format!("jobs||work|{fingerprint}|own"));
    }

    #[test]
    fn a_mistake_is_left_to_the_macro() {
        assert_eq!(
            list(&[found(&[], quote!(colour = 1))]),
            "jobs||work|error|stack"
        );
        assert_eq!(
            list(&[found(&[], quote!(infra = false, colour = 1))]),
            "jobs||work|error|own"
        );
    }
}
