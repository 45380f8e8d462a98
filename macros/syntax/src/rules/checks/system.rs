//! Checks of what exists outside the stack: queues, senders, topics, keys.

use std::collections::BTreeMap;

use super::{Check, Finding, Rule, catalog, found};
use crate::diagnostic::{Edit, Fix};
use crate::function::{Function, OnPermanent};
use crate::keys;
use crate::kms_key::KmsKey;
use crate::options::Options;
use crate::parameter_text::ParameterText;
use crate::queues::{arn_part, is_fifo};
use crate::senders::{Sender, Service};

pub(super) const CHECKS: &[(&Rule, Check)] = &[
    (&catalog::QUEUE_TYPE, queue_type),
    (&catalog::DLQ_NEEDED, dlq_needed),
    (&catalog::DLQ_PLACE, dlq_place),
    (&catalog::SENDER, sender_place),
    (&catalog::SENDER_FIFO, sender_fifo),
    (&catalog::TOPIC_SETTINGS, topic_settings),
    (&catalog::KMS_KEY, kms_place),
    (&catalog::KMS_SENDER, kms_sender),
    (&catalog::PARAMETER_CONFLICT, two_defaults),
];

fn queue_type(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let of_dlq = function.dlq.as_ref().and_then(is_fifo);
    let both = || Fix::edit([Edit::remove("fifo"), Edit::remove("dlq")]);
    let names = || Fix::advice("the names of all queues end in `.fifo`, or of none");
    match (is_fifo(&function.queue), function.fifo) {
        (None, None) => {
            let problem = "whether the queue is a FIFO queue is not known before deployment";
            let fixes = [Fix::set("fifo", false), Fix::set("fifo", true)];
            Some(found(problem, fixes))
        }
        (Some(known), Some(fifo)) if known != fifo => {
            let problem = match known {
                true => "`fifo` is `false`, but the queue's name ends in `.fifo`",
                false => "`fifo` is `true`, but the queue's name does not end in `.fifo`",
            };
            let renamed = function.queue.clone().followed_by(".fifo");
            let is_new = fifo && function.existing_queue().is_none();
            let end = Fix::advice("for a FIFO queue, end the name in `queue` with `.fifo`");
            let renamed = is_new.then(|| [Fix::set_text("queue", renamed), end]);
            let fixes = [Fix::remove("fifo"), both(), names()];
            let fixes = renamed.into_iter().flatten().chain(fixes);
            Some(found(problem, fixes))
        }
        _ if of_dlq.is_some_and(|is_fifo| is_fifo != function.is_fifo()) => {
            let problem = "`dlq` is of another type than the queue: only one is a FIFO queue";
            Some(found(problem, [Fix::remove("dlq"), both(), names()]))
        }
        _ => None,
    }
}

fn dlq_needed(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let _queue = function.existing_queue()?;
    let advice = || Fix::advice("write its ARN, `dlq = \"arn:aws:sqs:…\"`");
    if function.dlq.is_some() && function.existing_dlq().is_none() {
        let problem = "`dlq` is a name, but the DLQ of a queue that exists is not created";
        return Some(found(problem, [advice()]));
    }
    let (key, does) = match (&function.dlq_redrive, function.on_permanent) {
        (Some(_), _) => ("dlq_redrive", "moves the messages of the DLQ"),
        (None, OnPermanent::Dlq) => ("on_permanent", "sends to the DLQ"),
        (None, OnPermanent::Report | OnPermanent::Park) => return None,
    };
    function.dlq.is_none().then(|| {
        let problem = format!("`{key}` {does}, which is not known for a queue that exists");
        found(problem, [advice(), Fix::remove(key)])
    })
}

fn dlq_place(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let dlq = function.dlq.as_ref()?;
    if *dlq == function.queue {
        let advice = function.existing_queue().map(|_| Fix::advice(DLQ));
        let fixes = [Fix::remove("dlq")].into_iter().chain(advice);
        return Some(found("`dlq` is the queue itself", fixes));
    }
    let (queue, dlq) = (function.existing_queue()?, function.existing_dlq()?);
    let places = match function.dlq_redrive {
        Some(_) => &["partition", "region", "account"][..],
        None => &["partition", "region"],
    };
    let what = differs(queue, dlq, places)?;
    let problem = format!("`dlq` is in another {what} than the queue");
    let why = match what {
        "account" => {
            "message move tasks ignore permissions of other accounts: remove `dlq_redrive`"
        }
        _ => DLQ,
    };
    Some(found(problem, [Fix::advice(why)]))
}

const DLQ: &str = "write the ARN of a DLQ in the place of its queue";

/// The first of these parts that is known and different in two ARNs.
fn differs(
    one: &ParameterText,
    other: &ParameterText,
    places: &[&'static str],
) -> Option<&'static str> {
    let part = |arn: &ParameterText, place| {
        let index = match place {
            "partition" => 1,
            "region" => 3,
            _ => 4,
        };
        arn_part(arn, index).filter(|part| !part.is_empty() && !part.contains('$'))
    };
    let mut places = places.iter().copied();
    places.find(|place| {
        let parts = part(one, place).zip(part(other, place));
        parts.is_some_and(|(one, other)| one != other)
    })
}

/// One account is in one partition, and rules send to queues of their region.
fn sender_place(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let (first, than) = match function.existing_queue() {
        Some(queue) => (queue.clone(), "the queue"),
        None => (services(function).next()?.1, "the first sender"),
    };
    services(function).find_map(|(service, arn)| {
        let places = match (service, function.existing_queue()) {
            (Service::Events, Some(_)) => &["partition", "region"][..],
            _ => &["partition"],
        };
        let what = differs(&first, &arn, places)?;
        let problem = format!("`{arn}` is in another {what} than {than}");
        let advice = match what {
            "region" => "use a rule in the region of the queue",
            _ => "use the partition of the account",
        };
        Some(found(problem, [Fix::advice(advice)]))
    })
}

/// A queue is encrypted with a key of its region.
fn kms_place(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let (queue, key) = (function.existing_queue()?, function.kms_key.as_ref()?);
    let what = differs(queue, key, &["partition", "region"])?;
    let problem = format!("`kms_key` is in another {what} than the queue");
    let advice = "write the ARN of the key of the queue";
    Some(found(problem, [Fix::advice(advice)]))
}

/// The services that send, with their resources.
fn services(function: &Function) -> impl Iterator<Item = (Service, ParameterText)> {
    function.known_senders().filter_map(|sender| match sender {
        Sender::Service { service, arn, .. } => Some((service, arn)),
        Sender::Account(_) => None,
    })
}

fn sender_fifo(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let mut senders = services(function).filter(|_| function.is_fifo());
    let is_standard = |arn: &ParameterText| is_fifo(arn) == Some(false);
    let (service, arn) = senders.find(|(service, arn)| match service {
        Service::S3 => true,
        Service::Sns => is_standard(arn),
        Service::Events => false,
    })?;
    let (what, advice) = match service {
        Service::S3 => (
            "the bucket",
            "let S3 send to a standard queue or to EventBridge",
        ),
        _ => (
            "the standard topic",
            "use a FIFO topic, or a standard queue",
        ),
    };
    let problem = format!("{what} `{arn}` cannot send to a FIFO queue");
    Some(found(problem, [Fix::advice(advice)]))
}

fn topic_settings(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let (keys, other) = match (function.topics.is_empty(), &function.filter_policy) {
        (true, _) => (
            &["raw", "filter_policy", "filter_policy_scope"][..],
            "topics",
        ),
        (false, None) => (&["filter_policy_scope"][..], "filter_policy"),
        (false, Some(_)) => return None,
    };
    let given = keys.iter().copied().filter(|key| options.is_given(key));
    let given: Vec<_> = given.collect();
    let problem = format!("`{}` has no effect without `{other}`", given.first()?);
    let removed = given.into_iter().map(Edit::remove);
    Some(found(problem, [Fix::edit(removed)]))
}

/// A parameter has one default. The build script compares those of several functions.
fn two_defaults(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let mut known = BTreeMap::new();
    let mut all = function.texts().flat_map(|(key, text)| {
        let parameters = text.parameters();
        parameters.filter_map(move |it| Some((key, &it.name, it.default.as_ref()?)))
    });
    let (key, name, problem) = all.find_map(|(key, name, default)| {
        let (first, known) = *known.entry(name).or_insert((key, default));
        let problem = || {
            format!(
                "`${{{name}}}` has two defaults: `{known}` in `{first}` and `{default}` in `{key}`"
            )
        };
        (known != default).then(|| (key, name, problem()))
    })?;
    let mut without = function.clone();
    for text in without.texts_mut() {
        text.remove_default(name);
    }
    let written = keys::find(key).and_then(|it| without.written(it));
    let removed = written.map(|value| Fix::set(key, value));
    let advice = format!("write the default once, and `${{{name}}}` elsewhere");
    let fixes = removed.into_iter().chain([Fix::advice(advice)]);
    Some(found(problem, fixes))
}

fn kms_sender(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let key = KmsKey::of(function.kms_key.as_ref()?)?;
    let (_, arn) = services(function).next()?;
    (key == KmsKey::ManagedByAws).then(|| {
        let problem = format!("`kms_key` is the key that AWS manages, which `{arn}` cannot use");
        let own = Fix::advice("use a key of your own, whose policy lets the service use it");
        found(problem, [Fix::remove("kms_key"), own])
    })
}
