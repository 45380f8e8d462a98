//! The files that a package consists of, and what is written about them for a shell.

use serde_json::Value;

/// The zip of a binary, in a folder that is named after the binary: cargo-lambda's name.
pub const ZIP: &str = "bootstrap.zip";

/// The template after the zips are uploaded, which the AWS command line writes.
pub const PACKAGED: &str = "packaged.yaml";

/// A stack's name has letters, digits and hyphens, and begins with a letter.
pub(crate) fn stack_name(package: &str) -> String {
    let is_allowed = |c: char| c.is_ascii_alphanumeric();
    let name: String = package
        .chars()
        .map(|c| if is_allowed(c) { c } else { '-' })
        .collect();
    match name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        true => name,
        false => format!("stack-{}", name.trim_start_matches('-')),
    }
}

/// The parameters of a template that the deployment has to give.
pub(crate) fn without_default(template: &Value) -> impl Iterator<Item = &String> {
    let parameters = template["Parameters"].as_object().into_iter().flatten();
    let required = parameters.filter(|(_, parameter)| parameter.get("Default").is_none());
    required.map(|(name, _)| name)
}

/// The text as one word of a POSIX shell.
pub fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%,".contains(c);
    match text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::{quoted, stack_name};

    #[test]
    fn a_word_of_the_shell() {
        assert_eq!(quoted("/a/b-c_1.json"), "/a/b-c_1.json");
        assert_eq!(quoted("/my shop/ü"), "'/my shop/ü'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }

    #[test]
    fn a_name_that_cloudformation_allows() {
        assert_eq!(stack_name("my_shop-2"), "my-shop-2");
        assert_eq!(stack_name("_größe"), "stack-gr--e");
    }
}
