//! The source queue and its DLQ.

use redrive_syntax::function::OnPermanent;
use serde_json::Value;

use super::{Literal, Mistake, View, property, referred, resources};
use crate::plan::Part;

pub(super) fn mistakes(view: &View<'_>) -> Vec<Mistake> {
    if !view.has(Part::Queue) || !view.has(Part::Dlq) {
        // What refers to it says so.
        return Vec::new();
    }
    let kinds = [Part::Queue, Part::Dlq].map(|part| kind(view, part));
    [
        redrive_policy(view),
        target(view),
        name(view),
        key_of_the_worker(view),
        key_of_the_redrive(view),
    ]
    .into_iter()
    .chain(kinds)
    .flatten()
    .collect()
}

/// The key that SQS has in each account: who may use the queue may use it.
const MANAGED_KEY: &str = "alias/aws/sqs";

const KEY: &str = "KmsMasterKeyId";

/// Keys of the user's that no policy in sight lets the worker use.
fn key_of_the_worker(view: &View<'_>) -> Option<Mistake> {
    let sends = view.merged.function.on_permanent == OnPermanent::Dlq;
    let used: &[Part] = match sends {
        true => &[Part::Queue, Part::Dlq],
        false => &[Part::Queue],
    };
    let why = match has_own_key(view, Part::Queue) {
        true => "without `kms:Decrypt` it receives no message",
        false => "without `kms:GenerateDataKey` and `kms:Decrypt` it sends no message to the DLQ",
    };
    let why = format!(
        "no policy of the template lets the worker's role use the key, and {why}; name one in `policies`"
    );
    key(view, Part::WorkerRole, used, why)
}

/// The same for the redrive, which moves messages from one queue to the other.
fn key_of_the_redrive(view: &View<'_>) -> Option<Mistake> {
    if !view.has(Part::Redrive) {
        return None;
    }
    let why = format!(
        "no policy of the template lets the redrive's role use the key, and without `kms:Decrypt` and `kms:GenerateDataKey` it moves no message; \
         name one in the `ManagedPolicyArns` of `{}`",
        view.ids.of(Part::RedriveRole)
    );
    key(view, Part::RedriveRole, &[Part::Queue, Part::Dlq], why)
}

fn key(view: &View<'_>, role: Part, used: &[Part], why: String) -> Option<Mistake> {
    let may_have_policies = match view.literal(role, "ManagedPolicyArns") {
        Literal::Missing => false,
        Literal::Plain(Value::Array(policies)) => !policies.is_empty(),
        _ => true,
    };
    let own = used.iter().filter(|part| has_own_key(view, **part));
    let pointers: Vec<_> = own.map(|part| view.pointer(*part, KEY)).collect();
    if pointers.is_empty() || may_have_policies || grants_keys(view.template) {
        return None;
    }
    Some(Mistake {
        rule: "queue_key",
        pointers,
        why: why + ", or accept it with `allow = \"queue_key\"` if the key's own policy does",
    })
}

fn has_own_key(view: &View<'_>, part: Part) -> bool {
    match view.literal(part, KEY) {
        Literal::Missing => false,
        Literal::Plain(key) => key != MANAGED_KEY,
        _ => true,
    }
}

fn redrive_policy(view: &View<'_>) -> Option<Mistake> {
    let has_dlq = match view.literal(Part::Queue, "RedrivePolicy") {
        Literal::Later => true,
        Literal::Plain(policy) => policy.is_string() || !policy["deadLetterTargetArn"].is_null(),
        _ => false,
    };
    (!has_dlq).then(|| {
        Mistake::new(
            "overlay",
            view.pointer(Part::Queue, "RedrivePolicy/deadLetterTargetArn"),
            "without a DLQ a message that cannot succeed comes back until it expires, and is lost then; \
             leave `deadLetterTargetArn` in, and set `maxReceiveCount` if it is about that"
                .to_owned(),
        )
    })
}

/// Whether a policy of the template is about keys, whosever it is.
fn grants_keys(template: &Value) -> bool {
    let text = template.to_string();
    ["\"kms:Decrypt\"", "\"kms:*\"", "\"AWS::KMS::Key\""]
        .iter()
        .any(|granted| text.contains(granted))
}

/// Another DLQ, which nothing that the template makes knows of.
fn target(view: &View<'_>) -> Option<Mistake> {
    let pointer = view.pointer(Part::Queue, "RedrivePolicy/deadLetterTargetArn");
    let target = view.template.pointer(&pointer)?;
    let is_another = match referred(target) {
        Some(id) => id != view.ids.of(Part::Dlq),
        None => target.is_string(),
    };
    is_another.then(|| {
        Mistake::new(
            "overlay",
            pointer,
            "no alarm watches another DLQ, and no redrive empties it; leave `deadLetterTargetArn` out of the overlay"
                .to_owned(),
        )
    })
}

/// The DLQ spells the source's ARN out, so it would take no messages of a queue
/// under another name.
fn name(view: &View<'_>) -> Option<Mistake> {
    let differs = |part, path: &str| {
        let pointer = view.pointer(part, path);
        view.template.pointer(&pointer) != view.base.pointer(&pointer)
    };
    let is_lost = differs(Part::Queue, "QueueName") && !differs(Part::Dlq, "RedriveAllowPolicy");
    is_lost.then(|| {
        Mistake::new(
            "overlay",
            view.pointer(Part::Queue, "QueueName"),
            format!(
                "the DLQ takes messages of `{}` only; write `queue = \"…\"` in the attribute instead, and leave `QueueName` out of the overlay",
                view.attribute.queue
            ),
        )
    })
}

fn kind(view: &View<'_>, part: Part) -> Option<Mistake> {
    let is_fifo = match view.literal(part, "FifoQueue") {
        Literal::Missing => false,
        Literal::Plain(Value::Bool(is_fifo)) => *is_fifo,
        Literal::Plain(Value::String(text)) => text == "true",
        _ => return None,
    };
    (is_fifo != view.attribute.is_fifo()).then(|| {
        Mistake::new(
            "overlay",
            view.pointer(part, "FifoQueue"),
            "the source queue and the DLQ are of one kind, which `queue` in the attribute says; \
             end it in `.fifo`, or not, and leave `FifoQueue` out of the overlay"
                .to_owned(),
        )
    })
}

/// Queues that are encrypted twice, of all that the template has.
pub(super) fn encryption_mistakes(template: &Value) -> Vec<Mistake> {
    let judged = resources(template, "AWS::SQS::Queue").filter_map(|(id, _)| {
        let at = |path: &str| Literal::at(template, &property(id, path));
        let by_sqs = matches!(
            at("SqsManagedSseEnabled"),
            Literal::Plain(Value::Bool(true))
        );
        (by_sqs && at("KmsMasterKeyId").is_set()).then(|| {
            Mistake::new(
                "queue_encryption",
                property(id, "KmsMasterKeyId"),
                "SQS encrypts the queue with a key of its own or with yours, not with both; \
                 write `\"SqsManagedSseEnabled\": null` beside `KmsMasterKeyId`"
                    .to_owned(),
            )
        })
    });
    judged.collect()
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use serde_json::json;

    use crate::overlay::check::testing::{assert_told, told, with};

    #[test]
    fn a_queue_has_a_dlq() {
        let told = |policy| told(quote!(), with("Queue", json!({ "RedrivePolicy": policy })));
        let words = "without a DLQ";
        let place = "Queue/Properties/RedrivePolicy";
        assert_told(&told(json!(null)), place, "overlay", words);
        let target = json!({ "deadLetterTargetArn": null });
        let below = format!("{place}/deadLetterTargetArn");
        assert_told(&told(target), &below, "overlay", words);
        let other = json!({ "deadLetterTargetArn": "arn:aws:sqs:eu-west-1:123456789012:other" });
        assert_told(
            &told(other),
            &below,
            "overlay",
            "no alarm watches another DLQ",
        );
        assert!(told(json!({ "maxReceiveCount": 6 })).is_empty());
    }

    #[test]
    fn a_queue_is_named_by_the_attribute() {
        let told = |patch| told(quote!(), patch);
        let name = json!({ "QueueName": { "Fn::Sub": "${NamePrefix}jobs" } });
        let place = "Queue/Properties/QueueName";
        let words = "write `queue = \"…\"` in the attribute";
        assert_told(&told(with("Queue", name.clone())), place, "overlay", words);
        let patch = json!({ "Resources": {
            "OrdersQueue": { "Properties": name },
            "OrdersDlq": { "Properties": { "RedriveAllowPolicy": null } },
        } });
        assert!(told(patch).is_empty());
    }

    #[test]
    fn a_dlq_is_of_the_queues_kind() {
        let fifo = json!({ "FifoQueue": true });
        let words = "of one kind";
        for part in ["Queue", "Dlq"] {
            let place = format!("{part}/Properties/FifoQueue");
            let told = told(quote!(), with(part, fifo.clone()));
            assert_told(&told, &place, "overlay", words);
        }
        let attribute = quote!(queue = "orders.fifo", allow = "fifo_dlq_order");
        let told = told(attribute, with("Dlq", json!({ "FifoQueue": null })));
        assert_told(&told, "Dlq/Properties/FifoQueue", "overlay", words);
    }

    #[test]
    fn a_queue_is_encrypted_once() {
        let told = |patch| told(quote!(), patch);
        let key = json!({ "KmsMasterKeyId": { "Ref": "AWS::AccountId" } });
        let place = "Queue/Properties/KmsMasterKeyId";
        assert_told(
            &told(with("Queue", key)),
            place,
            "queue_encryption",
            "not with both",
        );
        let own = json!({ "KmsMasterKeyId": "alias/aws/sqs", "SqsManagedSseEnabled": null });
        assert!(told(with("Queue", own)).is_empty());
    }

    #[test]
    fn a_worker_may_use_its_queues_key() {
        let key = json!({ "KmsMasterKeyId": "alias/orders", "SqsManagedSseEnabled": null });
        let place = "Queue/Properties/KmsMasterKeyId";
        let patch = with("Queue", key);
        assert_told(
            &told(quote!(), patch.clone()),
            place,
            "queue_key",
            "`kms:Decrypt`",
        );
        for attribute in [
            quote!(policies = ["arn:aws:iam::123456789012:policy/orders-key"]),
            quote!(allow = "queue_key"),
        ] {
            assert!(told(attribute, patch.clone()).is_empty());
        }
        let mut granted = patch;
        granted["Resources"]["Key"] = json!({ "Type": "AWS::KMS::Key", "Properties": {} });
        assert!(told(quote!(), granted).is_empty());
    }

    #[test]
    fn whoever_uses_the_dlq_may_use_its_key() {
        let key = json!({ "KmsMasterKeyId": "alias/orders", "SqsManagedSseEnabled": null });
        let patch = with("Dlq", key.clone());
        assert!(told(quote!(), patch.clone()).is_empty());
        let place = "Dlq/Properties/KmsMasterKeyId";
        for (attribute, words) in [
            (
                quote!(on_permanent = "dlq"),
                "it sends no message to the DLQ; name one in `policies`",
            ),
            (
                quote!(dlq_redrive = "rate(1 day)"),
                "in the `ManagedPolicyArns` of `OrdersRedriveRole`",
            ),
        ] {
            let told = told(attribute, patch.clone());
            assert_told(&told, place, "queue_key", words);
        }
        let mut both = patch;
        both["Resources"]["OrdersQueue"]["Properties"] = key;
        let attribute = quote!(
            dlq_redrive = "rate(1 day)",
            policies = ["arn:aws:iam::123456789012:policy/orders-key"]
        );
        let of_the_queue = "Queue/Properties/KmsMasterKeyId";
        let words = "lets the redrive's role use the key";
        assert_told(
            &told(attribute.clone(), both.clone()),
            of_the_queue,
            "queue_key",
            words,
        );
        both["Resources"]["OrdersRedriveRole"]["Properties"]["ManagedPolicyArns"] =
            json!(["arn:aws:iam::123456789012:policy/orders-key"]);
        assert!(told(attribute, both.clone()).is_empty());
        both["Resources"]["OrdersWorkerRole"]["Properties"]["ManagedPolicyArns"] = json!([]);
        let words =
            "lets the worker's role use the key, and without `kms:Decrypt` it receives no message";
        let told = told(
            quote!(dlq_redrive = "rate(1 day)", on_permanent = "dlq"),
            both,
        );
        assert_told(&told, of_the_queue, "queue_key", words);
    }
}
