//! How large a template may be.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>

use redrive_syntax::Diagnostic;
use redrive_syntax::rules::catalog::TEMPLATE_LIMITS;
use serde_json::Value;

use crate::error::{Errors, broken};

/// The most entries of a section that CloudFormation accepts.
const SECTIONS: [(&str, &str, usize); 3] = [
    ("Resources", "resources", 500),
    ("Parameters", "parameters", 200),
    ("Outputs", "outputs", 200),
];

/// The longest body it accepts, from S3.
const MOST_BYTES: usize = 1_000_000;

/// Refuses a template, with its text, that CloudFormation would refuse for its
/// size.
pub(crate) fn check(template: &Value, text: &str) -> Result<(), Errors> {
    let entries = |section: &str| template[section].as_object().map_or(0, |map| map.len());
    let sections = SECTIONS.map(|(section, what, most)| over(what, entries(section), most));
    let bytes = over("bytes", text.len(), MOST_BYTES);
    Errors::check(sections.into_iter().chain([bytes]).flatten().collect())
}

fn over(what: &str, count: usize, most: usize) -> Option<Diagnostic> {
    let problem = format!("the template has {count} {what}, but CloudFormation allows {most}");
    let help = "split the package into two, each with its own stack";
    (count > most).then(|| broken(&TEMPLATE_LIMITS, problem).help(help))
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use serde_json::{Value, json};

    use super::check;
    use crate::error::Errors;
    use crate::plan;
    use crate::render::cloudformation::render;
    use crate::render::to_text;
    use crate::tests::sample;

    fn refused(template: &Value) -> Vec<String> {
        let text = to_text(template.clone());
        match check(template, &text) {
            Ok(()) => Vec::new(),
            Err(Errors(errors)) => errors.iter().map(ToString::to_string).collect(),
        }
    }

    fn with(section: &str, entries: usize) -> Value {
        let entries = (0..entries).map(|number| (format!("X{number}"), json!({})));
        json!({ section: entries.collect::<serde_json::Map<_, _>>() })
    }

    #[test]
    fn each_section_has_its_most() {
        for (section, what, most) in super::SECTIONS {
            assert!(refused(&with(section, most)).is_empty(), "{section}");
            let text = refused(&with(section, most + 1)).concat();
            let start = format!("the template has {} {what}, but", most + 1);
            assert!(text.starts_with(&start), "{text}");
            assert!(text.contains("split the package into two"), "{text}");
        }
    }

    #[test]
    fn a_body_has_its_most() {
        let bytes = super::MOST_BYTES;
        assert!(refused(&json!({ "Description": "x".repeat(bytes - 50) })).is_empty());
        let text = refused(&json!({ "Description": "x".repeat(bytes) })).concat();
        assert!(
            text.contains(" bytes, but CloudFormation allows 1000000"),
            "{text}"
        );
    }

    #[test]
    fn a_package_holds_as_many_functions_as_its_rule_says() {
        let of = |count: usize, attribute: proc_macro2::TokenStream| {
            let entries = (0..count).map(|n| sample::with(&format!("f{n}"), attribute.clone()));
            refused(&render(&plan::of(&sample::stack(entries))))
        };
        assert!(of(20, quote!(dlq_redrive = "rate(1 day)")).is_empty());
        assert!(!of(50, quote!()).is_empty());
        // Each limit that is exceeded is reported.
        assert_eq!(of(500, quote!()).len(), 4);
    }
}
