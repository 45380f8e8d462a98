//! CloudFormation's intrinsic functions.

use serde_json::{Value, json};

/// The reference value of a resource or parameter.
pub(super) fn reference(id: &str) -> Value {
    json!({ "Ref": id })
}

/// An attribute of a resource.
pub(super) fn attribute(id: &str, name: &str) -> Value {
    json!({ "Fn::GetAtt": [id, name] })
}

/// The ARN of a resource.
pub(super) fn arn(id: &str) -> Value {
    attribute(id, "Arn")
}

/// A text with `${…}` in it.
pub(super) fn substitute(text: &str) -> Value {
    json!({ "Fn::Sub": text })
}

/// `value` if the condition holds, else as if the property were not there.
pub(super) fn only_if(condition: &str, value: &Value) -> Value {
    json!({ "Fn::If": [condition, value, reference("AWS::NoValue")] })
}
