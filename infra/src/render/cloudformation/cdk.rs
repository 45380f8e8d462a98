//! The template for CDK, whose assets choose a bucket and a key for the code when an
//! app is deployed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json, json};

use crate::artifact::{ZIP, without_default};
use crate::plan::pascal;

/// The file's name.
pub const FILE: &str = "template.cdk.json";

/// The template in which the bucket and the key of each binary's code are parameters.
pub fn template(template: &Json) -> Json {
    let mut template = template.clone();
    let codes = codes(&template);
    for [bucket, key] in codes.values() {
        for (name, what) in [(bucket, "bucket"), (key, "key")] {
            template["Parameters"][name] = json!({
                "Type": "String",
                "Description": format!("The S3 {what} of the code; an Asset of CDK has it"),
            });
        }
    }
    let resources = template["Resources"].as_object_mut();
    for (_, function) in resources.into_iter().flatten() {
        if let Some([bucket, key]) = zip(function).and_then(|zip| codes.get(zip)) {
            function["Properties"]["Code"] =
                json!({ "S3Bucket": { "Ref": bucket }, "S3Key": { "Ref": key } });
        }
    }
    template
}

/// The parameters for each zip of a template.
fn codes(template: &Json) -> BTreeMap<String, [String; 2]> {
    let named = ["Parameters", "Resources"].map(|section| template[section].as_object());
    let mut taken: BTreeSet<_> = named
        .into_iter()
        .flatten()
        .flat_map(Map::keys)
        .cloned()
        .collect();
    let mut codes = BTreeMap::new();
    let resources = template["Resources"].as_object().into_iter().flatten();
    for zip in resources.filter_map(|(_, resource)| zip(resource)) {
        let binary = zip.strip_suffix(ZIP).and_then(|it| it.strip_suffix('/'));
        let Some(binary) = binary.filter(|_| !codes.contains_key(zip)) else {
            continue;
        };
        let mut prefix = pascal(binary);
        let names = |prefix: &str| ["CodeBucket", "CodeKey"].map(|end| format!("{prefix}{end}"));
        while names(&prefix).iter().any(|name| taken.contains(name)) {
            prefix.push('X');
        }
        taken.extend(names(&prefix));
        codes.insert(zip.to_owned(), names(&prefix));
    }
    codes
}

fn zip(resource: &Json) -> Option<&str> {
    let is_function = resource["Type"] == "AWS::Lambda::Function";
    resource["Properties"]["Code"]
        .as_str()
        .filter(|_| is_function)
}

/// What a stack of CDK has in its constructor.
pub(crate) fn code(template: &Json, folder: &str) -> String {
    let file = json!(format!("{folder}/{FILE}"));
    let mut code = String::new();
    let mut parameters: Vec<_> = without_default(template)
        .map(|name| format!("{name}: \"…\""))
        .collect();
    for (place, (zip, [bucket, key])) in codes(template).iter().enumerate() {
        let path = json!(format!("{folder}/{zip}"));
        let asset = match place {
            0 => "code".to_owned(),
            _ => format!("code{}", place + 1),
        };
        let id = bucket.trim_end_matches("Bucket");
        code += &format!("const {asset} = new Asset(this, \"{id}\", {{ path: {path} }});\n");
        parameters.push(format!("{bucket}: {asset}.s3BucketName"));
        parameters.push(format!("{key}: {asset}.s3ObjectKey"));
    }
    code + &format!(
        "new CfnInclude(this, \"Functions\", {{\n  templateFile: {file},\n  parameters: {{ {} }},\n}});\n",
        parameters.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{code, template};
    use crate::plan;
    use crate::render::cloudformation::render;
    use crate::tests::sample;

    #[test]
    fn the_code_of_each_binary_is_two_parameters() {
        let stack = sample::stack([
            sample::with("orders", quote::quote!(dlq_redrive = "rate(1 day)")),
            sample::entry("invoices"),
        ]);
        let before = render(&plan::of(&stack));
        let after = template(&before);
        for (function, binary) in [
            ("OrdersWorker", "Orders"),
            ("OrdersRedrive", "Orders"),
            ("InvoicesWorker", "Invoices"),
        ] {
            let expected = json!({
                "S3Bucket": { "Ref": format!("{binary}CodeBucket") },
                "S3Key": { "Ref": format!("{binary}CodeKey") },
            });
            assert_eq!(after["Resources"][function]["Properties"]["Code"], expected);
        }
        let count =
            |template: &serde_json::Value| template["Parameters"].as_object().map(|it| it.len());
        assert_eq!(count(&after), count(&before).map(|count| count + 4));
        let code = code(&before, "../orders");
        assert!(
            code.contains(r#"path: "../orders/orders/bootstrap.zip""#),
            "{code}"
        );
        assert!(
            code.contains("InvoicesCodeKey: code.s3ObjectKey, OrdersCodeBucket: code2."),
            "{code}"
        );
    }

    #[test]
    fn names_of_binaries_and_parameters_stay_apart() {
        let function = |binary: &str| {
            json!({
                "Type": "AWS::Lambda::Function",
                "Properties": { "Code": format!("{binary}/bootstrap.zip") },
            })
        };
        let before = json!({
            "Parameters": { "ABCodeKey": {} },
            "Resources": { "One": function("a-b"), "Two": function("a_b") },
        });
        let after = template(&before);
        assert_eq!(
            after["Resources"]["One"]["Properties"]["Code"]["S3Key"]["Ref"],
            "ABXCodeKey"
        );
        assert_eq!(
            after["Resources"]["Two"]["Properties"]["Code"]["S3Key"]["Ref"],
            "ABXXCodeKey"
        );
    }
}
