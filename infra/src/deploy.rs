//! The folder of a package, and the commands that deploy it.

use serde_json::Value;

/// The zip of a binary, in a folder that is named after the binary: cargo-lambda's name.
pub const ZIP: &str = "bootstrap.zip";

/// The template after the zips are uploaded, which the AWS command line writes.
pub const PACKAGED: &str = "packaged.yaml";

/// The commands that deploy a template with the zips next to it, for a POSIX shell.
///
/// They read the variable `BUCKET`, and one for each parameter without a default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commands {
    /// With the SAM command line.
    pub sam: String,
    /// With the AWS command line: the first uploads the zips.
    pub aws: [String; 2],
}

/// The commands for `template`, which is in `folder`, as a stack named after
/// `package`; without a folder, in the current one.
pub fn commands(package: &str, template: &Value, folder: Option<&str>) -> Commands {
    let path = |name: &str| match folder {
        Some(folder) => quoted(&format!("{folder}/{name}")),
        None => name.to_owned(),
    };
    let (template_file, packaged) = (path("template.json"), path(PACKAGED));
    let name = stack_name(package);
    let parameters = required(template);
    let rest = format!("--stack-name {name} --capabilities CAPABILITY_IAM{parameters}");
    let bucket = r#"--s3-bucket "${BUCKET:?an S3 bucket for the code}""#;
    Commands {
        sam: format!("sam deploy --template-file {template_file} --resolve-s3 {rest}"),
        aws: [
            format!(
                "aws cloudformation package --template-file {template_file} {bucket} \
                 --output-template-file {packaged}"
            ),
            format!("aws cloudformation deploy --template-file {packaged} {bucket} {rest}"),
        ],
    }
}

/// A stack's name has letters, digits and hyphens, and begins with a letter.
fn stack_name(package: &str) -> String {
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

/// The option for the parameters without a default.
fn required(template: &Value) -> String {
    let parameters = template["Parameters"].as_object().into_iter().flatten();
    let required = parameters.filter(|(_, parameter)| parameter.get("Default").is_none());
    let values: String = required
        .map(|(name, _)| format!(r#" {name}="${{{name}:?a parameter of the template}}""#))
        .collect();
    match values.is_empty() {
        true => values,
        false => format!(" --parameter-overrides{values}"),
    }
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
    use serde_json::json;

    use super::{commands, quoted, stack_name};

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

    #[test]
    fn a_parameter_without_a_default_is_asked_for() {
        let template = json!({ "Parameters": {
            "NamePrefix": { "Default": "" },
            "TopicArn": { "Type": "String" },
        } });
        let commands = commands("shop", &template, Some("/my shop"));
        assert_eq!(
            commands.sam,
            "sam deploy --template-file '/my shop/template.json' --resolve-s3 --stack-name shop \
             --capabilities CAPABILITY_IAM \
             --parameter-overrides TopicArn=\"${TopicArn:?a parameter of the template}\""
        );
        let [package, deploy] = commands.aws;
        assert!(package.ends_with("--output-template-file '/my shop/packaged.yaml'"));
        assert!(deploy.contains("TopicArn="), "{deploy}");
    }
}
