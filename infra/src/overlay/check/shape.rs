//! What the template's own resources cannot do without.

use serde_json::Value;

use super::{Literal, Mistake, View};
use crate::plan::Part;

/// Properties that AWS has no default for, or whose default would be wrong: a
/// role may write to its function's own log group only.
const REQUIRED: [(Part, &[&str]); 10] = [
    (Part::Worker, &["Code", "Role", "LoggingConfig/LogGroup"]),
    (Part::Redrive, &["Code", "Role", "LoggingConfig/LogGroup"]),
    (
        Part::EventSourceMapping,
        &["EventSourceArn", "FunctionName"],
    ),
    (Part::QueuePolicy, &["PolicyDocument/Statement", "Queues"]),
    (Part::DlqPolicy, &["PolicyDocument/Statement", "Queues"]),
    (Part::WorkerRole, &["AssumeRolePolicyDocument", "Policies"]),
    (Part::RedriveRole, &["AssumeRolePolicyDocument", "Policies"]),
    (
        Part::ScheduleRole,
        &["AssumeRolePolicyDocument", "Policies"],
    ),
    (
        Part::Schedule,
        &[
            "FlexibleTimeWindow",
            "ScheduleExpression",
            "Target/Arn",
            "Target/RoleArn",
        ],
    ),
    (
        Part::RedriveInvokeConfig,
        &[
            "DestinationConfig/OnFailure/Destination",
            "FunctionName",
            "Qualifier",
        ],
    ),
];

pub(super) fn mistakes(view: &View<'_>) -> Vec<Mistake> {
    let required = REQUIRED.iter().filter(|(part, _)| view.has(*part));
    let places = required.flat_map(|(part, paths)| paths.iter().map(|path| (*part, *path)));
    places
        .filter(|(part, path)| view.literal(*part, path) == Literal::Missing)
        .map(|(part, path)| {
            let why = format!(
                "`{}` does not work without `{}`; leave it in",
                view.ids.of(part),
                path.replace('/', ".")
            );
            Mistake::new("overlay", view.pointer(part, path), why)
        })
        .collect()
}

/// Resources that an overlay makes nothing, or another thing, of.
pub(super) fn of_resources(before: &Value, template: &Value) -> Vec<Mistake> {
    let own = before["Resources"].as_object().into_iter().flatten();
    let judged = own.filter_map(|(id, before)| {
        let after = template["Resources"].get(id)?;
        let wrong = |key: &str, why| {
            Mistake::new("overlay", format!("/Resources/{id}/{key}"), why)
        };
        let was = &before["Type"];
        if was != &after["Type"] {
            Some(wrong("Type", format!("others refer to `{id}` as an {was}; leave its `Type`, and give your own resource another name")))
        } else if !after["Properties"].is_object() {
            Some(wrong("Properties", format!("`{id}` does not work without its properties; leave them in")))
        } else {
            None
        }
    });
    judged.collect()
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use serde_json::{Value, json};

    use super::REQUIRED;
    use crate::overlay::check::testing::{assert_told, told, with};
    use crate::plan::Part;

    #[test]
    fn what_is_required_is_left_in() {
        for (part, paths) in REQUIRED {
            for path in paths {
                let properties = path
                    .rsplit('/')
                    .fold(json!(null), |value, name| json!({ name: value }));
                let part = format!("{part:?}");
                let told = told(quote!(dlq_redrive = "rate(1 day)"), with(&part, properties));
                let place = format!("{part}/Properties/{path}");
                assert_told(&told, &place, "overlay", "leave it in");
            }
        }
    }

    #[test]
    fn what_is_around_several_is_one_mistake() {
        let told = |part: Part, properties| {
            let patch = with(&format!("{part:?}"), properties);
            told(quote!(dlq_redrive = "rate(1 day)"), patch)
        };
        let target = told(Part::Schedule, json!({ "Target": null }));
        let place = "Schedule/Properties/Target";
        assert_told(&target, place, "overlay", "`Target.Arn`");
        let parts = [
            Part::Worker,
            Part::EventSourceMapping,
            Part::Schedule,
            Part::Queue,
        ];
        for part in parts {
            let place = format!("{part:?}/Properties");
            let told = told(part, Value::Null);
            assert_told(&told, &place, "overlay", "leave them in");
        }
    }

    #[test]
    fn a_resource_stays_what_it_is() {
        let patch = json!({ "Resources": { "OrdersDlqAlarm": { "Type": "AWS::SNS::Topic" } } });
        let told = told(quote!(), patch);
        assert_told(
            &told,
            "DlqAlarm/Type",
            "overlay",
            "as an \"AWS::CloudWatch::Alarm\"",
        );
    }
}
