//! The ways to deploy the folder of a package, and what each needs.

use serde_json::Value;

use super::cloudformation::cdk;
use super::terraform;
use crate::artifact::{PACKAGED, quoted, stack_name, without_default};
use crate::format::Format;
use crate::plan;
use crate::stack::Stack;

/// One way to deploy, for a POSIX shell.
///
/// The commands read the variable `BUCKET`, and one for each parameter of the template
/// without a default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// One word for it.
    pub name: &'static str,
    /// With what.
    pub title: &'static str,
    /// What has to be there.
    pub needs: &'static str,
    /// What the user writes first: the language and the text.
    pub code: Option<(&'static str, String)>,
    /// The commands.
    pub commands: Vec<String>,
}

/// The ways to deploy `stack`, whose template is `template`, from `folder`; without a
/// folder, from the current one.
pub fn ways(stack: &Stack, template: &Value, folder: Option<&str>) -> Vec<Way> {
    let formats = stack.formats.iter();
    formats
        .flat_map(|format| match format {
            Format::CloudFormation => Vec::from(with_cloudformation(stack, template, folder)),
            Format::Terraform => vec![with_terraform(stack, folder)],
        })
        .collect()
}

fn with_cloudformation(stack: &Stack, template: &Value, folder: Option<&str>) -> [Way; 3] {
    let path = |name: &str| match folder {
        Some(folder) => quoted(&format!("{folder}/{name}")),
        None => name.to_owned(),
    };
    let (template_file, packaged) = (path("template.json"), path(PACKAGED));
    let name = stack_name(&stack.package);
    let parameters = required(template);
    let rest = format!("--stack-name {name} --capabilities CAPABILITY_IAM{parameters}");
    let bucket = r#"--s3-bucket "${BUCKET:?an S3 bucket for the code}""#;
    let sam = format!("sam deploy --template-file {template_file} --resolve-s3 {rest}");
    let package = format!(
        "aws cloudformation package --template-file {template_file} {bucket} \
         --output-template-file {packaged}"
    );
    let deploy = format!("aws cloudformation deploy --template-file {packaged} {bucket} {rest}");
    [
        Way {
            name: "sam",
            title: "the SAM command line",
            needs: "`sam` and credentials; SAM creates a bucket for the code",
            code: None,
            commands: vec![sam],
        },
        Way {
            name: "aws",
            title: "the AWS command line",
            needs: "`aws` and credentials; an S3 bucket in the stack's region for the code, in the variable `BUCKET`",
            code: None,
            commands: vec![package, deploy],
        },
        Way {
            name: "cdk",
            title: "CDK",
            needs: "Node.js 20 or newer, an app with `aws-cdk-lib`, credentials, and an environment after `cdk bootstrap`, \
                    which has a bucket for the code",
            code: Some(("ts", cdk::code(template, folder.unwrap_or(".")))),
            commands: vec!["npx cdk deploy".to_owned()],
        },
    ]
}

fn with_terraform(stack: &Stack, folder: Option<&str>) -> Way {
    let plan = plan::of(stack);
    Way {
        name: "terraform",
        title: "Terraform",
        needs: "`terraform` 1.5 or newer, or `tofu`; a configuration with the AWS provider 5.100 or newer, \
                with credentials, and with a backend. Terraform uploads the code itself",
        code: Some((
            "terraform",
            terraform::call(&plan, folder.unwrap_or("<the folder>")),
        )),
        commands: vec!["terraform init".to_owned(), "terraform apply".to_owned()],
    }
}

/// The option for the parameters without a default.
fn required(template: &Value) -> String {
    let values: String = without_default(template)
        .map(|name| format!(r#" {name}="${{{name}:?a parameter of the template}}""#))
        .collect();
    match values.is_empty() {
        true => values,
        false => format!(" --parameter-overrides{values}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::ways;
    use crate::format::Format;
    use crate::tests::sample;

    #[test]
    fn a_parameter_without_a_default_is_asked_for() {
        let template = json!({ "Parameters": {
            "NamePrefix": { "Default": "" },
            "TopicArn": { "Type": "String" },
        } });
        let attribute = quote::quote!(topics = "${TopicArn}");
        let mut stack = sample::stack([sample::with("orders", attribute)]);
        stack.formats = Format::ALL.into();
        let ways = ways(&stack, &template, Some("/my shop"));
        let names: Vec<_> = ways.iter().map(|way| way.name).collect();
        assert_eq!(names, ["sam", "aws", "cdk", "terraform"]);
        assert_eq!(
            ways[0].commands,
            [
                "sam deploy --template-file '/my shop/template.json' --resolve-s3 --stack-name shop \
              --capabilities CAPABILITY_IAM \
              --parameter-overrides TopicArn=\"${TopicArn:?a parameter of the template}\""
            ]
        );
        let [package, deploy] = ways[1].commands.as_slice() else {
            panic!("{ways:?}");
        };
        assert!(package.ends_with("--output-template-file '/my shop/packaged.yaml'"));
        assert!(deploy.contains("TopicArn="), "{deploy}");
        for (way, expected) in [(2, "TopicArn: "), (3, "  topic_arn = ")] {
            let (_, code) = ways[way].code.as_ref().expect("code");
            assert!(code.contains(expected), "{code}");
        }
    }
}
