//! What a template that overlays have changed deploys, in words.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::permissions::list;
use crate::plan::{Plan, Summary, all_of};

/// The resources of the plan, for which `base` is the template, as they are in
/// `template`, then those that only the latter has.
///
/// A description is that of the plan, followed by what differs from the plan.
pub(crate) fn of(plan: &Plan, base: &Json, template: &Json) -> Vec<Summary> {
    let resource = |template: &'_ Json, id: &str| template["Resources"][id].clone();
    let summaries = plan.resources.iter().map(|planned| {
        let mut summary = planned.summary();
        let (before, after) = (resource(base, &summary.id), resource(template, &summary.id));
        match after.is_null() {
            true => {
                summary.description = "removed by an overlay".to_owned();
                summary.rights.clear();
            }
            false => update(&mut summary, &before, &after),
        }
        summary
    });
    let mut summaries: Vec<_> = summaries.collect();
    for (id, resource) in template["Resources"].as_object().into_iter().flatten() {
        if !base["Resources"][id].is_null() {
            continue;
        }
        for role in attached_to(resource) {
            let role = summaries.iter_mut().find(|summary| summary.id == role);
            role.into_iter()
                .for_each(|role| role.rights.push(all_of(id)));
        }
        let kind = resource["Type"].as_str().unwrap_or_default();
        summaries.push(Summary {
            function: None,
            id: id.clone(),
            description: format!("`{kind}`, added by an overlay"),
            principal: "",
            rights: Vec::new(),
        });
    }
    summaries
}

/// Adds to the summary of the resource `before` in what `after` differs.
fn update(summary: &mut Summary, before: &Json, after: &Json) {
    let changed: Vec<_> = changed(before, after)
        .chain(changed(&before["Properties"], &after["Properties"]))
        .filter(|name| *name != "Properties")
        .map(|name| format!("`{name}`"))
        .collect();
    if !changed.is_empty() {
        summary.description += &format!("; an overlay changes {}", changed.join(", "));
    }
    let (old, new) = (rights(before), rights(after));
    for (right, text) in old.iter().zip(&mut summary.rights) {
        if !new.contains(right) {
            *text = format!("removed by an overlay: {text}");
        }
    }
    let added = new.iter().filter(|right| !old.contains(right));
    summary
        .rights
        .extend(added.map(|right| match right.as_str() {
            Some(policy) => all_of(policy),
            None => format!("added by an overlay: `{right}`"),
        }));
}

/// The names in two objects whose values differ.
fn changed<'a>(before: &'a Json, after: &'a Json) -> impl Iterator<Item = &'a String> {
    let names = |json: &'a Json| json.as_object().into_iter().flatten().map(|(name, _)| name);
    let all: BTreeSet<_> = names(before).chain(names(after)).collect();
    all.into_iter().filter(|name| before[*name] != after[*name])
}

/// The statements of a role or a queue policy, then its managed policies.
fn rights(resource: &Json) -> Vec<&Json> {
    let properties = &resource["Properties"];
    let policies = list(&properties["Policies"]).iter().chain([properties]);
    let statements = policies.flat_map(|policy| list(&policy["PolicyDocument"]["Statement"]));
    statements
        .chain(list(&properties["ManagedPolicyArns"]))
        .collect()
}

/// The roles of the template that a policy is for.
fn attached_to(policy: &Json) -> impl Iterator<Item = &str> {
    let properties = &policy["Properties"];
    let roles = [&properties["Roles"], &properties["RoleName"]].into_iter();
    roles.flat_map(list).filter_map(|role| role["Ref"].as_str())
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use serde_json::{Value as Json, json};

    use super::of;
    use crate::overlay::merge::merge;
    use crate::plan::{self, Summary};
    use crate::render::cloudformation::render;
    use crate::tests::sample;

    /// The summary of the resource `id` if overlays set these resources.
    fn summary(id: &str, resources: &Json) -> Summary {
        let policy = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
        let stack = sample::stack([sample::with("orders", quote!(policies = #policy))]);
        let plan = plan::of(&stack);
        let base = render(&plan);
        let mut template = base.clone();
        merge(&mut template, &json!({ "Resources": resources }));
        let summaries = of(&plan, &base, &template);
        let mut summaries = summaries.into_iter();
        summaries
            .find(|summary| summary.id == id)
            .expect("a resource")
    }

    #[test]
    fn without_an_overlay_it_is_the_plan() {
        let worker = summary("OrdersWorker", &json!({}));
        let expected = "worker, code of `orders`: timeout 30 s, memory 256 MB";
        assert_eq!(worker.description, expected);
        let role = summary("OrdersWorkerRole", &json!({}));
        let expected = [
            "receive and delete messages of `orders`, read its attributes",
            "write its own log",
            "what `arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess` allows",
        ];
        assert_eq!(role.rights, expected);
    }

    #[test]
    fn changed_properties_are_named() {
        let worker = json!({ "OrdersWorker": {
            "Condition": "Is",
            "Properties": { "Tags": [], "Runtime": null },
        } });
        let description = summary("OrdersWorker", &worker).description;
        let end = "memory 256 MB; an overlay changes `Condition`, `Runtime`, `Tags`";
        assert!(description.ends_with(end), "{description}");
    }

    #[test]
    fn resources_are_removed_and_added() {
        let alarm = json!({ "OrdersDlqAlarm": null });
        let alarm = summary("OrdersDlqAlarm", &alarm);
        assert_eq!(alarm.description, "removed by an overlay");
        let topic = json!({ "Topic": { "Type": "AWS::SNS::Topic" } });
        let topic = summary("Topic", &topic);
        assert_eq!(topic.description, "`AWS::SNS::Topic`, added by an overlay");
        assert_eq!(topic.function, None);
    }

    #[test]
    fn statements_are_removed_and_added() {
        let statement = json!({ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*" });
        let document = json!({ "Statement": statement });
        let role = json!({ "OrdersWorkerRole": { "Properties": {
            "Policies": [{ "PolicyName": "worker", "PolicyDocument": document }],
            "ManagedPolicyArns": ["arn:aws:iam::aws:policy/Other"],
        } } });
        let added = format!("added by an overlay: `{statement}`");
        let expected = [
            "removed by an overlay: receive and delete messages of `orders`, read its attributes",
            "removed by an overlay: write its own log",
            "removed by an overlay: what `arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess` allows",
            added.as_str(),
            "what `arn:aws:iam::aws:policy/Other` allows",
        ];
        assert_eq!(summary("OrdersWorkerRole", &role).rights, expected);

        let policy =
            json!({ "OrdersQueuePolicy": { "Properties": { "PolicyDocument": document } } });
        let expected = [
            "removed by an overlay: access to `orders` without TLS is denied",
            added.as_str(),
        ];
        assert_eq!(summary("OrdersQueuePolicy", &policy).rights, expected);
    }

    #[test]
    fn a_policy_of_an_overlay_is_a_right_of_its_role() {
        let policy = json!({ "Extra": {
            "Type": "AWS::IAM::Policy",
            "Properties": { "Roles": [{ "Ref": "OrdersWorkerRole" }] },
        } });
        let rights = summary("OrdersWorkerRole", &policy).rights;
        assert_eq!(rights[3], "what `Extra` allows", "{rights:?}");
        assert_eq!(rights.len(), 4);
    }
}
