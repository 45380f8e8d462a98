//! What the stack needs of resources that exist outside of it.

use std::collections::BTreeSet;

use redrive_model::duration::show;
use redrive_model::policy::OnPermanent;
use redrive_syntax::Function;
use redrive_syntax::kms_key::KmsKey;
use serde_json::{Value as Json, json};

use super::section;
use crate::plan::{Value, statements};
use crate::render::{cloudformation, policies};

/// What a function needs; empty if nothing is outside the template.
pub(super) fn render(function: &Function) -> String {
    let mut text = String::new();
    existing_queues(function, &mut text);
    senders(function, &mut text);
    topics(function, &mut text);
    key(function, &mut text);
    section("Outside of this stack:", &text)
}

fn existing_queues(function: &Function, text: &mut String) {
    let mut item = |words: String| *text += &format!("- {words}\n");
    let compared = match function.dlq_redrive {
        Some(_) => {
            "; `cargo redrive package --verify` compares this, and the redrive function at each run"
        }
        None => "; `cargo redrive package --verify` compares this",
    };
    if let Some(queue) = function.existing_queue() {
        item(format!(
            "the queue `{queue}` exists already. Its keys declare that messages are kept {}, are invisible for {} after a \
             receive, and are moved to the DLQ after {} receives{compared}",
            show(function.retention),
            show(function.visibility_timeout),
            function.receives(),
        ));
        if function.rounds().is_some() {
            item(format!(
                "its `maxReceiveCount` must be {}, one more than `max_receive_count`: with fewer, SQS moves each message before \
                 the worker has counted its round",
                function.receives()
            ));
        }
        let mut worker = vec!["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"];
        worker.extend(function.queue_backoff.map(|_| "ChangeMessageVisibility"));
        let redrive = function.dlq_redrive.as_ref();
        let redrive =
            redrive.map(|_| ", and its redrive function `SendMessage` and `GetQueueAttributes`");
        item(format!(
            "if the queue is in another account, in the same region, its policy must allow the role of the worker `{}`{}",
            worker.join("`, `"),
            redrive.unwrap_or_default(),
        ));
        item("the alarms see only queues of this account: for one of another account, make them there".to_owned());
        item("its policy should deny access without TLS (`aws:SecureTransport`)".to_owned());
    }
    if let Some(dlq) = function.existing_dlq() {
        item(format!(
            "the DLQ `{dlq}` exists already. Its key declares that messages are kept {}{compared}; its redrive allow policy must \
             allow the source queue",
            show(function.dlq_retention),
        ));
        if function.dlq_redrive.is_none() && function.on_permanent == OnPermanent::Dlq {
            item("if the DLQ is in another account, its policy must allow the role of the worker `SendMessage`".to_owned());
        }
        if function.dlq_redrive.is_some() {
            item("no other queue should have this DLQ: a redrive moves all its messages to the queue above".to_owned());
            item("the DLQ must be in the account of this stack: message move tasks ignore permissions of other accounts".to_owned());
        }
    }
    if let Some(parking) = function
        .existing_parking()
        .filter(|_| function.has_parking())
    {
        item(format!(
            "the parking queue `{parking}` exists already. Its policy must allow the worker `SendMessage` if it is in another \
             account; set its retention and an alarm there"
        ));
    }
    if function.existing_queue().is_some() && !function.has_dlq() {
        item("whether the queue has a DLQ is not known: without one, a message that keeps failing is redelivered until it expires".to_owned());
    }
}

/// The statements that the policy of a queue that exists needs.
fn senders(function: &Function, text: &mut String) {
    let Some(queue) = function.existing_queue() else {
        return;
    };
    for allowed in statements(function) {
        let queue = Value::Text(queue.clone());
        let statement = policies::allow_senders(&allowed, &queue, &cloudformation::value);
        *text += &format!("- the policy of the queue needs this statement: `{statement}`\n");
    }
}

fn topics(function: &Function, text: &mut String) {
    for topic in &function.topics {
        *text += &format!(
            "- if the topic `{topic}` is in another account, its policy must allow this account `sns:Subscribe`\n"
        );
    }
}

/// What the policy of the key must allow.
fn key(function: &Function, text: &mut String) {
    let Some(key) = &function.kms_key else {
        return;
    };
    if KmsKey::of(key) == Some(KmsKey::ManagedByAws) {
        return;
    }
    let services = statements(function).into_iter().filter_map(|it| it.service);
    for service in services.collect::<BTreeSet<_>>() {
        let statement: Json = json!({
            "Effect": "Allow",
            "Principal": { "Service": service.principal() },
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": "*",
        });
        *text += &format!("- the policy of the key `{key}` needs this statement: `{statement}`\n");
    }
    *text += &format!(
        "- if the key `{key}` is in another account, its policy must allow the roles of this stack to use it\n"
    );
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;
    use quote::quote;

    use super::render;
    use crate::tests::sample;

    fn text(attribute: TokenStream) -> String {
        render(&sample::with("orders", attribute).function)
    }

    #[test]
    fn a_function_with_all_of_its_own_needs_nothing() {
        assert_eq!(text(quote!()), "");
        assert_eq!(text(quote!(senders = "arn:aws:s3:::uploads")), "");
        assert_eq!(text(quote!(kms_key = "alias/aws/sqs")), "");
    }

    #[test]
    fn the_policy_of_an_existing_queue_is_printed() {
        let text = text(quote!(
            queue = "arn:aws:sqs:eu-west-1:123456789012:orders",
            senders = ["arn:aws:s3:::uploads", "210987654321"]
        ));
        for part in [
            "`ReceiveMessage`, `DeleteMessage`, `GetQueueAttributes`",
            r#""aws:SourceAccount":{"Ref":"AWS::AccountId"}"#,
            r#""Principal":{"AWS":["210987654321"]}"#,
            r#""Resource":"arn:aws:sqs:eu-west-1:123456789012:orders""#,
            "whether the queue has a DLQ is not known",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    #[test]
    fn what_a_dlq_that_exists_needs_is_printed() {
        let text = |rest: TokenStream| {
            text(quote!(
                queue = "arn:aws:sqs:eu-west-1:123456789012:orders",
                dlq = "arn:aws:sqs:eu-west-1:123456789012:dead",
                on_permanent = "dlq",
                #rest
            ))
        };
        let (send, shared) = ("the role of the worker `SendMessage`", "no other queue");
        let without = text(quote!());
        assert!(
            without.contains(send) && !without.contains(shared),
            "{without}"
        );
        let redriven = text(quote!(dlq_redrive = "rate(1 day)"));
        assert!(
            !redriven.contains(send) && redriven.contains(shared),
            "{redriven}"
        );
    }

    #[test]
    fn the_policy_of_a_key_is_printed_for_each_service() {
        let text = text(quote!(
            kms_key = "alias/orders",
            senders = ["arn:aws:s3:::uploads", "210987654321"]
        ));
        assert_eq!(text.matches("needs this statement").count(), 1, "{text}");
        assert!(text.contains("s3.amazonaws.com"), "{text}");
    }
}
