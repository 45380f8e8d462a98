//! What a template says at a place, as far as it is known before deployment.

use serde_json::Value;

/// A value of the template.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal<'a> {
    /// There is none: AWS has its own default.
    Missing,
    /// A whole number; CloudFormation takes one in a string, too.
    Number(i64),
    /// Any other value that stands there as it is.
    Plain(&'a Value),
    /// An intrinsic function: known at deployment.
    Later,
}

impl<'a> Literal<'a> {
    /// The value that the JSON pointer names.
    pub(super) fn at(template: &'a Value, pointer: &str) -> Self {
        let mut value = template;
        for name in names(pointer) {
            if is_intrinsic(value) {
                return Self::Later;
            }
            match value.get(&name) {
                Some(inner) => value = inner,
                None => return Self::Missing,
            }
        }
        Self::of(value)
    }

    /// A value that stands in a template.
    pub(super) fn of(value: &'a Value) -> Self {
        let number = match value {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        };
        match number {
            Some(number) => Self::Number(number),
            None if value.is_null() || value["Ref"] == "AWS::NoValue" => Self::Missing,
            None if is_intrinsic(value) => Self::Later,
            None => Self::Plain(value),
        }
    }

    /// The number, if it is one.
    pub(super) fn number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// Whether it stands there, whatever it is.
    pub(super) fn is_set(&self) -> bool {
        *self != Self::Missing
    }
}

/// `{"Ref": …}` or `{"Fn::…": …}`.
fn is_intrinsic(value: &Value) -> bool {
    let Some(object) = value.as_object() else {
        return false;
    };
    let is_function = |name: &String| name == "Ref" || name.starts_with("Fn::");
    object.len() == 1 && object.keys().all(is_function)
}

/// The id of the resource that the value refers to, by `Ref` or `Fn::GetAtt`.
pub(super) fn referred(value: &Value) -> Option<&str> {
    if let Some(id) = value["Ref"].as_str() {
        return Some(id);
    }
    match &value["Fn::GetAtt"] {
        Value::String(text) => text.split('.').next(),
        Value::Array(parts) => parts.first()?.as_str(),
        _ => None,
    }
}

/// The JSON pointer of a resource's property.
pub(super) fn property(id: &str, path: &str) -> String {
    format!("/Resources/{}/Properties/{path}", escaped(id))
}

/// A name as a JSON pointer has it
/// ([RFC 6901](https://www.rfc-editor.org/rfc/rfc6901)).
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The names that a JSON pointer goes through.
pub(super) fn names(pointer: &str) -> impl Iterator<Item = String> + '_ {
    let names = pointer.split('/').skip(1);
    names.map(|name| name.replace("~1", "/").replace("~0", "~"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Literal, escaped, names, property, referred};

    #[test]
    fn what_is_known_before_deployment() {
        let template = json!({
            "A": { "Timeout": 60, "Text": "60", "Null": null, "On": true },
            "B": { "Ref": "Parameter" },
            "None": { "Ref": "AWS::NoValue" },
            "C": { "Fn::If": ["Condition", 1, 2] },
        });
        let at = |pointer| Literal::at(&template, pointer);
        assert_eq!(at("/A/Timeout"), Literal::Number(60));
        assert_eq!(at("/A/Text"), Literal::Number(60));
        assert_eq!(at("/A/Null"), Literal::Missing);
        assert_eq!(at("/A/On"), Literal::Plain(&json!(true)));
        assert_eq!(at("/A/None/Below"), Literal::Missing);
        assert_eq!(at("/B"), Literal::Later);
        assert_eq!(at("/None"), Literal::Missing);
        assert_eq!(at("/C/Below"), Literal::Later);
        assert_eq!(Literal::of(&json!(1.5)), Literal::Plain(&json!(1.5)));
    }

    #[test]
    fn any_name_has_a_pointer() {
        for name in ["A/B", "~", "~1", "/~0", ""] {
            let pointer = format!("/{}", escaped(name));
            assert_eq!(names(&pointer).collect::<Vec<_>>(), [name]);
            let mut template = json!({});
            template["Resources"][name]["Properties"]["On"] = json!(1);
            let pointer = property(name, "On");
            assert_eq!(Literal::at(&template, &pointer), Literal::Number(1));
            assert_eq!(template.pointer(&pointer), Some(&json!(1)));
        }
    }

    #[test]
    fn a_reference_names_its_resource() {
        assert_eq!(referred(&json!({ "Ref": "A" })), Some("A"));
        assert_eq!(referred(&json!({ "Fn::GetAtt": ["A", "Arn"] })), Some("A"));
        assert_eq!(referred(&json!({ "Fn::GetAtt": "A.Arn" })), Some("A"));
        assert_eq!(referred(&json!("arn:aws:sqs:x")), None);
    }
}
