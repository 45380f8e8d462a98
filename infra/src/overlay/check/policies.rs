//! What an overlay must not take away with a list: a merge patch replaces it as a
//! whole.

use serde_json::Value;

use super::{Literal, Mistake, View};
use crate::plan::Part;

const ROLES: [Part; 3] = [Part::WorkerRole, Part::RedriveRole, Part::ScheduleRole];
const QUEUES: [Part; 2] = [Part::QueuePolicy, Part::DlqPolicy];

pub(super) fn mistakes(view: &View<'_>) -> Vec<Mistake> {
    let roles = ROLES.map(|part| role(view, part));
    let queues = QUEUES.map(|part| statement(view, part));
    let allowed = allowed(view);
    roles
        .into_iter()
        .chain(queues)
        .chain([allowed])
        .flatten()
        .collect()
}

fn role(view: &View<'_>, part: Part) -> Option<Mistake> {
    let lost = lost(view, part, "Policies", "PolicyName")?;
    let id = view.ids.of(part);
    Some(Mistake::new(
        "overlay",
        view.pointer(part, "Policies"),
        format!(
            "the list replaces the policy `{lost}`, without which the role is of no use; write it beside yours, \
             or yours as an `AWS::IAM::RolePolicy` of its own with `\"RoleName\": {{\"Ref\": \"{id}\"}}`"
        ),
    ))
}

fn statement(view: &View<'_>, part: Part) -> Option<Mistake> {
    let lost = lost(view, part, "PolicyDocument/Statement", "Sid")?;
    Some(Mistake::new(
        "overlay",
        view.pointer(part, "PolicyDocument/Statement"),
        format!(
            "the list replaces the statement `{lost}`, which refuses calls without TLS; write it beside yours"
        ),
    ))
}

/// The name of an entry that the list lacks; one of the same name may say
/// something else.
fn lost(view: &View<'_>, part: Part, path: &str, name: &str) -> Option<String> {
    if !view.has(part) {
        return None;
    }
    let own = view.base.pointer(&view.pointer(part, path))?.as_array()?;
    let Literal::Plain(Value::Array(left)) = view.literal(part, path) else {
        return None;
    };
    own.iter()
        .map(|entry| &entry[name])
        .find(|name_of_own| !left.iter().any(|entry| entry[name] == **name_of_own))
        .and_then(Value::as_str)
        .map(str::to_owned)
}

/// The DLQ takes messages of the source queue, whichever else.
fn allowed(view: &View<'_>) -> Option<Mistake> {
    if !view.has(Part::Dlq) {
        return None;
    }
    let path = "RedriveAllowPolicy";
    let own = view.base.pointer(&view.pointer(Part::Dlq, path))?;
    let Literal::Plain(policy) = view.literal(Part::Dlq, path) else {
        return None;
    };
    let sources = policy["sourceQueueArns"].as_array();
    let takes_own = match policy["redrivePermission"].as_str() {
        Some("denyAll") => false,
        Some("byQueue") => sources.is_none_or(|sources| {
            let own = &own["sourceQueueArns"][0];
            // Another way to write the same ARN is known at deployment.
            sources
                .iter()
                .any(|source| source == own || source["Ref"].is_string())
        }),
        _ => true,
    };
    let why = if !takes_own {
        "the DLQ would take no messages of its own source queue; leave its ARN in `sourceQueueArns`"
            .to_owned()
    } else {
        let count = sources.filter(|sources| sources.len() > 10)?.len();
        format!(
            "a DLQ names at most 10 source queues, but `sourceQueueArns` has {count}; write `\"redrivePermission\": \"allowAll\"`"
        )
    };
    let pointer = view.pointer(Part::Dlq, path);
    Some(Mistake::new("overlay", pointer, why))
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use serde_json::{Value, json};

    use crate::overlay::check::testing::{assert_told, told, with};

    #[test]
    fn a_role_keeps_its_policy() {
        let attribute = quote!(dlq_redrive = "rate(1 day)");
        let told = |part, policies| {
            let patch = with(part, json!({ "Policies": [policies] }));
            told(attribute.clone(), patch)
        };
        for (part, name) in [
            ("WorkerRole", "worker"),
            ("RedriveRole", "redrive"),
            ("ScheduleRole", "schedule"),
        ] {
            let place = format!("{part}/Properties/Policies");
            let words = format!("the list replaces the policy `{name}`");
            let mine = json!({ "PolicyName": "mine", "PolicyDocument": {} });
            assert_told(&told(part, mine), &place, "overlay", &words);
            let own = json!({ "PolicyName": name, "PolicyDocument": {} });
            assert!(told(part, own).is_empty());
        }
    }

    #[test]
    fn a_queue_keeps_its_statement() {
        let told = |sid: &str| {
            let document = json!({ "Statement": [{ "Sid": sid }] });
            told(
                quote!(),
                with("QueuePolicy", json!({ "PolicyDocument": document })),
            )
        };
        let place = "QueuePolicy/Properties/PolicyDocument/Statement";
        assert_told(&told("Mine"), place, "overlay", "`DenyInsecureTransport`");
        assert!(told("DenyInsecureTransport").is_empty());
    }

    #[test]
    fn a_dlq_takes_messages_of_its_queue() {
        let told = |policy: Value| {
            let mut properties = json!({});
            properties["RedriveAllowPolicy"] = policy;
            told(quote!(), with("Dlq", properties))
        };
        let place = "Dlq/Properties/RedriveAllowPolicy";
        let other = json!("arn:aws:sqs:eu-west-1:123456789012:other");
        let words = "no messages of its own source queue";
        let lists = json!({ "sourceQueueArns": [other] });
        assert_told(&told(lists), place, "overlay", words);
        let denies = json!({ "redrivePermission": "denyAll", "sourceQueueArns": null });
        assert_told(&told(denies), place, "overlay", words);
        assert!(
            told(json!({ "redrivePermission": "allowAll", "sourceQueueArns": null })).is_empty()
        );
        let own = json!({ "Fn::Sub": "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${NamePrefix}orders" });
        let eleven: Vec<_> = [own]
            .into_iter()
            .chain((0..10).map(|_| other.clone()))
            .collect();
        assert_told(
            &told(json!({ "sourceQueueArns": eleven })),
            place,
            "overlay",
            "has 11",
        );
    }
}
