//! What the deployed functions and those of the local simulator have in common.

use std::collections::BTreeMap;

use redrive_model::declared::{self, Declared};
use redrive_model::duration::seconds;
pub use redrive_model::limits::REDRIVE_TIMEOUT;
use redrive_model::limits::{self, MEMORY_MB};
use redrive_model::names;
use redrive_syntax::senders::Sender;
use redrive_syntax::{Function, ParameterText};

/// The redrive function's memory in MB (`MemorySize`): the minimum of Lambda, as
/// the function holds no messages and no state.
pub const REDRIVE_MEMORY: u32 = *MEMORY_MB.start();

/// Bytes of [`names::DECLARED`], next to the other variables of a redrive function.
const MOST_DECLARED: usize = limits::ENVIRONMENT_BYTES / 2;

/// What an environment variable holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Variable {
    /// The source queue's URL.
    QueueUrl,
    /// The source queue's ARN.
    QueueArn,
    /// The DLQ's URL.
    DlqUrl,
    /// The DLQ's ARN.
    DlqArn,
    /// The name or the ARN of the table of `idempotent`.
    Table,
    /// The parking queue's URL.
    ParkingUrl,
    /// This text.
    Text(ParameterText),
}

/// The worker's environment variables by name: its own, and the queues that it
/// calls.
pub fn worker_variables(function: &Function) -> BTreeMap<String, Variable> {
    let mut variables: BTreeMap<_, _> = function
        .env
        .iter()
        .map(|(name, value)| (name.clone(), Variable::Text(value.clone())))
        .collect();
    variables.extend(function.queue_variables().map(|name| {
        let variable = match name {
            names::QUEUE_URL => Variable::QueueUrl,
            names::TABLE => Variable::Table,
            names::PARKING_URL => Variable::ParkingUrl,
            _ => Variable::DlqUrl,
        };
        (name.to_owned(), variable)
    }));
    variables
}

/// Whether a queue of the function exists already, so that redrive compares it with
/// what the keys declare.
pub fn declares(function: &Function) -> bool {
    function.existing_queue().is_some() || function.existing_dlq().is_some()
}

/// What the keys declare of the queues that exist, as the redrive function reads it. Its
/// parameters are those of the attribute.
pub fn declared(function: &Function) -> Declared {
    let counted = match function.rounds() {
        Some(_) => declared::ROUNDS,
        None => "max_receive_count",
    };
    let of_queue = [
        ("visibility_timeout", seconds(function.visibility_timeout)),
        (counted, function.receives()),
        ("retention", seconds(function.retention)),
    ];
    let of_dlq = ("dlq_retention", seconds(function.dlq_retention));
    let queue = function.existing_queue().map(|_| of_queue);
    let dlq = function.existing_dlq().map(|_| of_dlq);
    let senders = function.senders.iter().chain(&function.topics);
    let senders = senders.filter(|_| queue.is_some());
    let written = |text: &ParameterText| match Sender::of(text) {
        Ok(Sender::Account(id)) => id.to_string(),
        _ => text.to_string(),
    };
    Declared {
        senders: senders.map(written).collect(),
        kms_key: function.kms_key.as_ref().map(ToString::to_string),
        ..Declared::numbers(queue.into_iter().flatten().chain(dlq))
    }
}

/// The same as the value of a variable.
fn declared_text(function: &Function) -> ParameterText {
    let mut declared = declared(function);
    if declared.encode().len() > MOST_DECLARED {
        // `cargo redrive package --verify` compares them.
        declared.senders.clear();
    }
    // What was read once is read again.
    ParameterText::parse(&declared.encode()).unwrap_or_default()
}

/// The redrive function's environment variables by name.
pub fn redrive_variables(function: &Function) -> BTreeMap<String, Variable> {
    let mut variables = BTreeMap::from([
        (names::DLQ_ARN.to_owned(), Variable::DlqArn),
        (names::DLQ_URL.to_owned(), Variable::DlqUrl),
        (names::SOURCE_ARN.to_owned(), Variable::QueueArn),
    ]);
    if declares(function) {
        let declared = Variable::Text(declared_text(function));
        variables.insert(names::DECLARED.to_owned(), declared);
        variables.insert(names::QUEUE_URL.to_owned(), Variable::QueueUrl);
    }
    if let Some(rate) = function.redrive_max_per_second {
        variables.insert(
            names::MAX_PER_SECOND.to_owned(),
            Variable::Text(rate.to_string().into()),
        );
    }
    variables
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::{ParameterText, Variable, redrive_variables, worker_variables};
    use crate::tests::sample;

    fn text(text: &str) -> Variable {
        Variable::Text(text.into())
    }

    #[test]
    fn a_worker_knows_the_queues_that_it_calls() {
        let variables = |attribute| {
            let variables = worker_variables(&sample::with("orders", attribute).function);
            variables.into_iter().collect::<Vec<_>>()
        };
        assert!(variables(quote!()).is_empty());
        assert_eq!(
            variables(quote!(env(STAGE = "dev"))),
            [("STAGE".to_owned(), text("dev"))]
        );
        assert_eq!(
            variables(quote!(queue_backoff = "1s..1m")),
            [("REDRIVE_QUEUE_URL".to_owned(), Variable::QueueUrl)]
        );
        assert_eq!(
            variables(quote!(on_permanent = "dlq")),
            [("REDRIVE_DLQ_URL".to_owned(), Variable::DlqUrl)]
        );
        assert_eq!(
            variables(quote!(idempotent(key = order.id))),
            [
                ("REDRIVE_QUEUE_URL".to_owned(), Variable::QueueUrl),
                ("REDRIVE_TABLE".to_owned(), Variable::Table),
            ]
        );
    }

    #[test]
    fn a_redrive_function_knows_both_queues_and_its_rate() {
        let variables = |attribute| redrive_variables(&sample::with("orders", attribute).function);
        let plain = variables(quote!(dlq_redrive = "rate(1 day)"));
        let names: Vec<_> = plain.keys().collect();
        assert_eq!(
            names,
            ["REDRIVE_DLQ_ARN", "REDRIVE_DLQ_URL", "REDRIVE_SOURCE_ARN"]
        );
        let limited = variables(quote!(
            dlq_redrive = "rate(1 day)",
            redrive_max_per_second = 7
        ));
        assert_eq!(limited["REDRIVE_RATE"], text("7"));
    }

    #[test]
    fn what_the_keys_declare_of_queues_that_exist_is_a_variable() {
        let declared = |attribute| {
            let variables = redrive_variables(&sample::with("orders", attribute).function);
            variables.get("REDRIVE_DECLARED").cloned()
        };
        assert_eq!(declared(quote!(dlq_redrive = "rate(1 day)")), None);
        let dlq = quote!(
            dlq = "arn:aws:sqs:eu-west-1:123456789012:dead",
            dlq_redrive = "rate(1 day)",
            senders = "arn:aws:s3:::uploads"
        );
        // The template has the policy of the queue.
        assert_eq!(declared(dlq), Some(text("dlq_retention=1209600")));
        let senders = (0..100).map(|number| format!("arn:aws:s3:::uploads-{number}"));
        let senders: Vec<_> = senders.collect();
        let both = |senders: &[String]| {
            declared(quote!(
                queue = "${Queue}",
                fifo = false,
                dlq = "arn:aws:sqs:eu-west-1:123456789012:dead",
                dlq_redrive = "rate(1 day)",
                kms_key = "alias/${Stage}",
                senders = [#(#senders),*],
            ))
        };
        let numbers =
            "visibility_timeout=180 redrive_rounds=6 retention=345600 dlq_retention=1209600";
        let parsed = |text: String| ParameterText::parse(&text).ok().map(Variable::Text);
        let account = ["arn:aws:iam::${Id}:root".to_owned()];
        let expected = format!("{numbers} senders=${{Id}} kms_key=alias/${{Stage}}");
        assert_eq!(both(&account), parsed(expected));
        let few = "senders=arn:aws:s3:::uploads-0,arn:aws:s3:::uploads-1";
        let expected = format!("{numbers} {few} kms_key=alias/${{Stage}}");
        assert_eq!(both(&senders[..2]), parsed(expected));
        // All of them would not fit.
        let expected = format!("{numbers} kms_key=alias/${{Stage}}");
        assert_eq!(both(&senders), parsed(expected));
    }
}
