//! What a place of the template holds, as far as it is known before deployment.

use serde_json::{Value, json};

use super::merge::is_intrinsic;
use crate::permissions::list;

/// What a place may hold at deployment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Held<'a> {
    /// Nothing: AWS uses its own default.
    Nothing,
    /// This value, which may be an intrinsic function.
    Value(&'a Value),
    /// Something inside the result of an intrinsic function.
    Unknown,
}

impl<'a> Held<'a> {
    pub(super) fn value(self) -> Option<&'a Value> {
        match self {
            Self::Value(value) => Some(value),
            Self::Nothing | Self::Unknown => None,
        }
    }

    /// The value, if it is known before deployment.
    pub(super) fn literal(self) -> Option<&'a Value> {
        self.value().filter(|value| !is_intrinsic(value))
    }
}

/// What the place at the JSON pointer may hold: both branches of an `Fn::If`.
pub(super) fn held<'a>(template: &'a Value, pointer: &str) -> Vec<Held<'a>> {
    branches(template, &names(pointer).collect::<Vec<_>>())
}

fn branches<'a>(value: &'a Value, names: &[String]) -> Vec<Held<'a>> {
    if let Some([_, values @ ..]) = value["Fn::If"].as_array().map(Vec::as_slice) {
        return values
            .iter()
            .flat_map(|value| branches(value, names))
            .collect();
    }
    vec![match names {
        _ if value.is_null() || value["Ref"] == "AWS::NoValue" => Held::Nothing,
        [] => Held::Value(value),
        _ if is_intrinsic(value) => Held::Unknown,
        [name, rest @ ..] => return branches(&value[name], rest),
    }]
}

/// The one thing that the place holds, whatever the deployment.
pub(super) fn only<'a>(template: &'a Value, pointer: &str) -> Held<'a> {
    match held(template, pointer)[..] {
        [held] => held,
        _ => Held::Unknown,
    }
}

/// The entries of a list, or the one value without its brackets. Of an entry that
/// is an `Fn::If`, both branches.
pub(super) fn entries(value: &Value) -> impl Iterator<Item = &Value> {
    let held = list(value).iter().flat_map(|entry| branches(entry, &[]));
    held.filter_map(Held::value)
}

/// A whole number; CloudFormation accepts it as a string, too.
pub(super) fn number(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => text.parse().ok(),
        value => value.as_i64(),
    }
}

/// The same value in one spelling: CloudFormation and IAM accept several.
pub(super) fn normal(value: &Value) -> Value {
    match value {
        Value::Array(list) if list.len() == 1 => normal(&list[0]),
        Value::Array(list) => list.iter().map(normal).collect(),
        Value::Object(_) if is_intrinsic(value) => {
            reference(value).unwrap_or_else(|| value.clone())
        }
        Value::Object(object) => object
            .iter()
            .map(|(name, value)| (name.clone(), normal(value)))
            .collect(),
        Value::Number(number) => Value::String(number.to_string()),
        Value::Bool(flag) => Value::String(flag.to_string()),
        value => value.clone(),
    }
}

/// `Fn::GetAtt` and `Fn::Sub`, where they only refer to something.
fn reference(value: &Value) -> Option<Value> {
    let inner = match value["Fn::Sub"].as_str() {
        Some(text) => text.strip_prefix("${")?.strip_suffix('}')?,
        None => value["Fn::GetAtt"].as_str()?,
    };
    match inner.split_once('.') {
        _ if inner.contains(['$', '!']) => None,
        Some((id, name)) => Some(json!({ "Fn::GetAtt": [id, name] })),
        None => Some(json!({ "Ref": inner })),
    }
}

/// The id of the resource that the value refers to.
pub(super) fn referred(value: &Value) -> Option<String> {
    let value = normal(value);
    Some(
        value["Ref"]
            .as_str()
            .or(value["Fn::GetAtt"][0].as_str())?
            .to_owned(),
    )
}

/// The value for a diagnostic, or its first 40 characters.
pub(super) fn excerpt(value: &Value) -> String {
    const LONGEST: usize = 40;
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}

/// The JSON pointer of a resource's property.
pub(super) fn property(id: &str, path: &str) -> String {
    format!("/Resources/{}/Properties/{path}", escaped(id))
}

/// A name as a part of a JSON pointer
/// ([RFC 6901](https://www.rfc-editor.org/rfc/rfc6901)).
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The parts of a JSON pointer.
pub(super) fn names(pointer: &str) -> impl Iterator<Item = String> + '_ {
    let names = pointer.split('/').skip(1);
    names.map(|name| name.replace("~1", "/").replace("~0", "~"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Held, escaped, held, names, normal, property, referred};

    #[test]
    fn both_branches_of_an_if_may_be_held() {
        let template = json!({
            "A": { "Timeout": 60, "Null": null },
            "B": { "Ref": "Parameter" },
            "None": { "Ref": "AWS::NoValue" },
            "If": { "Fn::If": ["C", { "Below": 1 }, { "Fn::If": ["C", { "Ref": "AWS::NoValue" }, { "Ref": "B" }] }] },
        });
        let held = |pointer| held(&template, pointer);
        assert_eq!(held("/A/Timeout"), [Held::Value(&json!(60))]);
        for pointer in [
            "/A/Null",
            "/A/Other",
            "/A/Null/Below",
            "/None",
            "/None/Below",
        ] {
            assert_eq!(held(pointer), [Held::Nothing], "{pointer}");
        }
        assert_eq!(held("/B"), [Held::Value(&json!({ "Ref": "Parameter" }))]);
        assert_eq!(held("/B/Below"), [Held::Unknown]);
        let expected = [Held::Value(&json!(1)), Held::Nothing, Held::Unknown];
        assert_eq!(held("/If/Below"), expected);
    }

    #[test]
    fn one_value_has_one_normal_form() {
        let arn = || json!({ "Fn::GetAtt": ["A", "Arn"] });
        for (value, expected) in [
            (json!({ "Fn::GetAtt": "A.Arn" }), arn()),
            (json!({ "Fn::Sub": "${A.Arn}" }), arn()),
            (json!({ "Fn::Sub": "${A}" }), json!({ "Ref": "A" })),
            (json!({ "Fn::Sub": "${!A}" }), json!({ "Fn::Sub": "${!A}" })),
            (
                json!({ "Fn::Sub": "${A}${B}" }),
                json!({ "Fn::Sub": "${A}${B}" }),
            ),
            (json!([true]), json!("true")),
            (json!({ "A": [5] }), json!({ "A": "5" })),
            (json!([[1, 2], "x"]), json!([["1", "2"], "x"])),
        ] {
            assert_eq!(normal(&value), expected, "{value}");
        }
    }

    #[test]
    fn a_reference_names_its_resource() {
        let referred = |value: Value| referred(&value);
        assert_eq!(referred(json!({ "Ref": "A" })).as_deref(), Some("A"));
        assert_eq!(
            referred(json!({ "Fn::GetAtt": "A.Arn" })).as_deref(),
            Some("A")
        );
        assert_eq!(referred(json!("arn:aws:sqs:x")), None);
    }

    #[test]
    fn any_name_has_a_pointer() {
        for name in ["A/B", "~", "~1", "/~0", ""] {
            let pointer = format!("/{}", escaped(name));
            assert_eq!(names(&pointer).collect::<Vec<_>>(), [name]);
            let mut template = json!({});
            template["Resources"][name]["Properties"]["On"] = json!(1);
            assert_eq!(template.pointer(&property(name, "On")), Some(&json!(1)));
        }
    }
}
