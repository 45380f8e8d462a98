//! What refers to a resource that an overlay removes or misspells.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Mistake, escaped};

pub(super) fn mistakes(template: &Value) -> Vec<Mistake> {
    if !template["Transform"].is_null() {
        // A transform makes resources of its own.
        return Vec::new();
    }
    let mut references = BTreeMap::new();
    for section in ["Resources", "Outputs", "Conditions"] {
        collect(&template[section], &format!("/{section}"), &mut references);
    }
    let is_there = |id: &str| {
        id.starts_with("AWS::")
            || !template["Resources"][id].is_null()
            || !template["Parameters"][id].is_null()
    };
    references
        .into_iter()
        .filter(|(id, _)| !is_there(id))
        .map(|(id, place)| Mistake {
            rule: "overlay",
            why: format!(
                "`{place}` refers to `{id}`, which is neither a resource nor a parameter; leave it in, or remove what refers to it"
            ),
            pointers: vec![
                format!("/Resources/{}", escaped(&id)),
                format!("/Parameters/{}", escaped(&id)),
                place,
            ],
        })
        .collect()
}

/// The ids that `value` refers to, each with the first place that does.
fn collect(value: &Value, place: &str, references: &mut BTreeMap<String, String>) {
    let mut add = |id: &str| {
        references
            .entry(id.to_owned())
            .or_insert_with(|| place.to_owned());
    };
    match value {
        Value::Object(object) => {
            for (name, inner) in object {
                match name.as_str() {
                    "Ref" => inner.as_str().into_iter().for_each(&mut add),
                    "Fn::GetAtt" => super::referred(value).into_iter().for_each(&mut add),
                    "Fn::Sub" => substituted(inner).iter().for_each(|id| add(id)),
                    "DependsOn" if is_resource(place) => {
                        let ids = inner
                            .as_array()
                            .map_or(std::slice::from_ref(inner), |ids| ids);
                        ids.iter().filter_map(Value::as_str).for_each(&mut add);
                    }
                    _ => {}
                }
            }
            for (name, inner) in object {
                // The place of a property is told, not that of a function in it.
                let place = match name.starts_with("Fn::") {
                    true => place.to_owned(),
                    false => format!("{place}/{}", escaped(name)),
                };
                collect(inner, &place, references);
            }
        }
        Value::Array(values) => values
            .iter()
            .for_each(|inner| collect(inner, place, references)),
        _ => {}
    }
}

/// Other types of resources have properties of that name.
fn is_resource(place: &str) -> bool {
    place.matches('/').count() == 2
}

/// The ids in `${Id}` and `${Id.Attribute}`, without those that the function
/// defines itself.
fn substituted(argument: &Value) -> Vec<String> {
    let (text, own) = match argument {
        Value::Array(parts) => (parts.first(), parts.get(1)),
        text => (Some(text), None),
    };
    let text = text.and_then(Value::as_str).unwrap_or_default();
    let parts = text.split("${").skip(1);
    parts
        .filter_map(|part| part.split('}').next()?.split('.').next())
        .map(str::trim)
        .filter(|id| !id.starts_with('!'))
        .filter(|id| own.is_none_or(|own| own[*id].is_null()))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use serde_json::{Value, json};

    use super::mistakes;
    use crate::overlay::check::testing::told;

    /// A topic whose name is this.
    fn topic(name: Value) -> Value {
        let mut template = json!({ "Resources": { "Topic": { "Type": "AWS::SNS::Topic" } } });
        template["Resources"]["Topic"]["Properties"]["Name"] = name;
        template
    }

    #[test]
    fn each_way_to_refer_is_followed() {
        for value in [
            json!({ "Ref": "Gone" }),
            json!({ "Fn::GetAtt": ["Gone", "Arn"] }),
            json!({ "Fn::GetAtt": "Gone.Arn" }),
            json!({ "Fn::Sub": "a-${Gone}-b" }),
            json!({ "Fn::Sub": ["${Own}${Gone.Arn}", { "Own": 1 }] }),
            json!({ "Fn::If": ["Condition", [{ "Ref": "Gone" }], 1] }),
        ] {
            let found = mistakes(&topic(value));
            let [mistake] = found.as_slice() else {
                panic!("{found:?}");
            };
            let start = "`/Resources/Topic/Properties/Name` refers to `Gone`";
            assert!(mistake.why.starts_with(start), "{}", mistake.why);
        }
        for value in [
            json!({ "Ref": "AWS::Region" }),
            json!({ "Ref": "Topic" }),
            json!({ "Fn::Sub": "${!Gone} ${AWS::Region}" }),
        ] {
            assert!(mistakes(&topic(value)).is_empty());
        }
    }

    #[test]
    fn what_others_need_is_not_removed() {
        let told = told(quote!(), json!({ "Resources": { "OrdersDlq": null } }));
        let [text] = told.as_slice() else {
            panic!("one mistake: {told:#?}");
        };
        assert!(
            text.starts_with("overlay `overlay.json`, `/Resources/OrdersDlq`: "),
            "{text}"
        );
        assert!(text.ends_with(" [overlay]"), "{text}");
    }

    #[test]
    fn an_alarm_and_its_like_may_go() {
        let patch =
            json!({ "Resources": { "OrdersDlqAlarm": null }, "Outputs": { "OrdersDlqUrl": null } });
        assert!(told(quote!(), patch).is_empty());
    }
}
