//! The user's own additions to the template.

use std::path::Path;

use serde_json::Value;

use crate::error::Error;

/// Merges the file at `path` into the template, as JSON merge patch
/// ([RFC 7396](https://www.rfc-editor.org/rfc/rfc7396)): objects are merged,
/// `null` removes, anything else replaces.
pub(crate) fn apply(path: &Path, template: &mut Value) -> Result<(), Error> {
    let fail = |why: String| Error::Overlay(path.to_path_buf(), why);
    let text = std::fs::read_to_string(path).map_err(|error| fail(error.to_string()))?;
    let overlay: Value =
        serde_json::from_str(&text).map_err(|error| fail(format!("it is not JSON: {error}")))?;
    // Anything but an object would replace the whole template.
    if !overlay.is_object() {
        return Err(fail(
            "it is not a JSON object; write `{\"Resources\": {…}}`".to_owned(),
        ));
    }
    json_patch::merge(template, &overlay);
    check_resources(template).map_err(fail)
}

/// A misspelt logical id makes a new resource, of which the overlay gives only
/// some properties: it has no type.
fn check_resources(template: &Value) -> Result<(), String> {
    let Some(resources) = template["Resources"].as_object() else {
        return Err("it leaves no object `Resources`".to_owned());
    };
    match resources
        .iter()
        .find(|(_, resource)| !resource["Type"].is_string())
    {
        None => Ok(()),
        Some((id, _)) => {
            let known: Vec<_> = resources
                .iter()
                .filter(|(_, resource)| resource["Type"].is_string())
                .map(|(id, _)| format!("`{id}`"))
                .collect();
            Err(format!(
                "resource `{id}` has no `Type`; give it one, or name a resource of the template: {}",
                known.join(", ")
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::{Value, json};

    use super::apply;

    fn template() -> Value {
        json!({
            "Description": "of shop",
            "Resources": { "Queue": { "Type": "AWS::SQS::Queue", "Properties": { "A": 1, "B": [1] } } },
        })
    }

    fn applied(overlay: &str) -> Result<Value, String> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("overlay.json");
        fs::write(&path, overlay).expect("a new file");
        let mut template = template();
        apply(&path, &mut template).map_err(|error| error.to_string())?;
        Ok(template)
    }

    #[test]
    fn objects_merge_null_removes_and_the_rest_replaces() {
        let overlay = r#"{
            "Description": null,
            "Resources": {
                "Queue": { "Properties": { "A": null, "B": [2], "C": {"D": true} } },
                "Topic": { "Type": "AWS::SNS::Topic" }
            }
        }"#;
        let expected = json!({
            "Resources": {
                "Queue": { "Type": "AWS::SQS::Queue", "Properties": { "B": [2], "C": { "D": true } } },
                "Topic": { "Type": "AWS::SNS::Topic" },
            },
        });
        assert_eq!(applied(overlay), Ok(expected));
        assert_eq!(applied("{}"), Ok(template()));
    }

    #[test]
    fn a_bad_overlay_says_what_is_wrong() {
        let cases = [
            (
                "{",
                "it is not JSON: EOF while parsing an object at line 1 column 1",
            ),
            ("[]", "it is not a JSON object"),
            ("null", "it is not a JSON object"),
            (r#"{"Resources": null}"#, "it leaves no object `Resources`"),
            (
                r#"{"Resources": {"Quueue": {"Properties": {}}}}"#,
                "resource `Quueue` has no `Type`; give it one, or name a resource of the template: `Queue`",
            ),
        ];
        for (overlay, expected) in cases {
            let error = applied(overlay).expect_err(overlay);
            assert!(
                error.contains("overlay.json` cannot be applied: "),
                "{error}"
            );
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn a_missing_overlay_is_an_error() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let error = apply(&folder.path().join("none.json"), &mut template()).expect_err("no file");
        assert!(error.to_string().contains("none.json"), "{error}");
    }
}
