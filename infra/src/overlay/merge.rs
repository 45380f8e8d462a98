//! Merging a patch into the template, and what that changes.

use serde_json::{Map, Value};

/// Whether `value` is an intrinsic function, which CloudFormation replaces by its result.
///
/// `Fn::Transform` and `Fn::ForEach` are not: they can have siblings. Neither is
/// `Condition`, which is also an attribute of resources and of IAM statements;
/// inside the section `Conditions` nothing is ever merged into one.
pub(super) fn is_intrinsic(value: &Value) -> bool {
    let is_function = |name: &String| {
        let has_siblings = name == "Fn::Transform" || name.starts_with("Fn::ForEach::");
        name == "Ref" || (name.starts_with("Fn::") && !has_siblings)
    };
    value
        .as_object()
        .is_some_and(|object| object.len() == 1 && object.keys().all(is_function))
}

/// Merges as [RFC 7396](https://www.rfc-editor.org/rfc/rfc7396) specifies, except
/// that intrinsic functions are replaced as a whole: merging two of them, or one
/// and an object, makes a value that CloudFormation refuses.
pub(crate) fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(entries) = patch else {
        return target.clone_from(patch);
    };
    if is_intrinsic(patch) {
        return target.clone_from(patch);
    }
    if !target.is_object() || is_intrinsic(target) {
        *target = Value::Object(Map::new());
    }
    let Value::Object(object) = target else {
        return;
    };
    for (name, value) in entries {
        if value.is_null() {
            object.remove(name);
        } else {
            merge(object.entry(name).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::merge;

    #[track_caller]
    fn assert_merged(mut target: Value, patch: &Value, expected: &Value) {
        merge(&mut target, patch);
        assert_eq!(&target, expected, "{patch}");
    }

    /// The examples of RFC 7396, appendix A.
    #[test]
    fn other_values_merge_by_the_standard() {
        for (target, patch, expected) in [
            (
                json!({ "a": "b" }),
                json!({ "a": "c" }),
                json!({ "a": "c" }),
            ),
            (
                json!({ "a": "b" }),
                json!({ "b": "c" }),
                json!({ "a": "b", "b": "c" }),
            ),
            (json!({ "a": "b" }), json!({ "a": null }), json!({})),
            (
                json!({ "a": "b", "b": "c" }),
                json!({ "a": null }),
                json!({ "b": "c" }),
            ),
            (
                json!({ "a": ["b"] }),
                json!({ "a": "c" }),
                json!({ "a": "c" }),
            ),
            (
                json!({ "a": "c" }),
                json!({ "a": ["b"] }),
                json!({ "a": ["b"] }),
            ),
            (
                json!({ "a": { "b": "c" } }),
                json!({ "a": { "b": "d", "c": null } }),
                json!({ "a": { "b": "d" } }),
            ),
            (
                json!({ "a": [{ "b": "c" }] }),
                json!({ "a": [1] }),
                json!({ "a": [1] }),
            ),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({ "a": "b" }), json!(["c"]), json!(["c"])),
            (json!({ "a": "foo" }), json!(null), json!(null)),
            (json!({ "a": "foo" }), json!("bar"), json!("bar")),
            (
                json!({ "e": null }),
                json!({ "a": 1 }),
                json!({ "e": null, "a": 1 }),
            ),
            (
                json!([1, 2]),
                json!({ "a": "b", "c": null }),
                json!({ "a": "b" }),
            ),
            (
                json!({}),
                json!({ "a": { "bb": { "ccc": null } } }),
                json!({ "a": { "bb": {} } }),
            ),
        ] {
            assert_merged(target, &patch, &expected);
        }
    }

    #[test]
    fn an_intrinsic_function_replaces_and_is_replaced() {
        let of = |value: Value| json!({ "Arn": value });
        let arn = || of(json!({ "Fn::GetAtt": ["Queue", "Arn"] }));
        for value in [
            json!({ "Fn::ImportValue": "X" }),
            json!({ "Ref": "X" }),
            json!({ "Fn::Sub": ["${X}", { "X": null }] }),
            json!({ "Key": { "Ref": "X" } }),
        ] {
            assert_merged(arn(), &of(value.clone()), &of(value));
        }
        // As long as it was merged, this was how to replace one.
        let explicit = of(json!({ "Fn::GetAtt": null, "Ref": "X" }));
        assert_merged(arn(), &explicit, &of(json!({ "Ref": "X" })));
        let object = json!({ "Key": 1, "Other": 2 });
        assert_merged(
            of(object),
            &of(json!({ "Ref": "X" })),
            &of(json!({ "Ref": "X" })),
        );
        let conditions = json!({ "IsOne": { "Fn::Not": [{ "Condition": "IsOther" }] } });
        let patch = json!({ "IsOne": { "Condition": "IsThird" } });
        assert_merged(conditions, &patch, &patch);
    }

    #[test]
    fn what_has_siblings_is_merged() {
        let resource = json!({ "Type": "AWS::SQS::Queue", "Properties": {} });
        let conditional = json!({ "Condition": "IsProduction" });
        let expected =
            json!({ "Type": "AWS::SQS::Queue", "Properties": {}, "Condition": "IsProduction" });
        assert_merged(resource, &conditional, &expected);
        for name in ["Fn::ForEach::Topics", "Fn::Transform"] {
            assert_merged(
                json!({ "Queue": 1 }),
                &json!({ name: [] }),
                &json!({ "Queue": 1, name: [] }),
            );
        }
    }
}
