//! Checks of what exists outside the stack: queues, senders, topics, keys.

use super::{Check, Finding, Rule, catalog, these};
use crate::diagnostic::{Edit, Fix};
use crate::function::{Function, OnPermanent};
use crate::kms_key::KmsKey;
use crate::options::Options;
use crate::parameter_text::ParameterText;
use crate::problem::Problem;
use crate::queues::{arn_part, is_fifo};
use crate::senders::{Sender, Service};

pub(super) const CHECKS: &[(&Rule, Check)] = &[
    (&catalog::QUEUE_TYPE, queue_type),
    (&catalog::DLQ_NEEDED, dlq_needed),
    (&catalog::DLQ_PLACE, dlq_place),
    (&catalog::SENDER_FIFO, sender_fifo),
    (&catalog::TOPIC_SETTINGS, topic_settings),
    (&catalog::KMS_SENDER, kms_sender),
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
            Some((problem.into(), these(fixes)))
        }
        (Some(known), Some(fifo)) if known != fifo => {
            let end = match known {
                true => " is `false`, but the queue's name ends in `.fifo`",
                false => " is `true`, but the queue's name does not end in `.fifo`",
            };
            let problem = Problem::new().key("fifo").text(end);
            Some((problem, these([Fix::remove("fifo"), both(), names()])))
        }
        _ if of_dlq.is_some_and(|is_fifo| is_fifo != function.is_fifo()) => {
            let problem = Problem::new()
                .key("dlq")
                .text(" is of another type than the queue: only one is a FIFO queue");
            Some((problem, these([Fix::remove("dlq"), both(), names()])))
        }
        _ => None,
    }
}

fn dlq_needed(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let _queue = function.existing_queue()?;
    let advice = || Fix::advice("write its ARN, `dlq = \"arn:aws:sqs:…\"`");
    if function.dlq.is_some() && function.existing_dlq().is_none() {
        let problem = Problem::new()
            .key("dlq")
            .text(" is a name, but the DLQ of a queue that exists is not created");
        return Some((problem, these([advice()])));
    }
    let user = match function.on_permanent {
        OnPermanent::Dlq => Some(("on_permanent", " sends to the DLQ")),
        OnPermanent::Report | OnPermanent::Park => None,
    };
    let redrive = function.dlq_redrive.as_ref();
    let user = redrive
        .map(|_| ("dlq_redrive", " moves the messages of the DLQ"))
        .or(user)?;
    function.dlq.is_none().then(|| {
        let problem = Problem::new().key(user.0).text(format!(
            "{}, which is not known for a queue that exists",
            user.1
        ));
        (problem, these([advice(), Fix::remove(user.0)]))
    })
}

fn dlq_place(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let (queue, dlq) = (function.existing_queue()?, function.existing_dlq()?);
    let differs = |index| {
        let parts = [queue, dlq].map(|arn| arn_part(arn, index).unwrap_or_default());
        let is_known = parts
            .iter()
            .all(|part| !part.is_empty() && !part.contains('$'));
        is_known && parts[0] != parts[1]
    };
    let what = match () {
        () if differs(1) => "partition",
        () if differs(3) => "region",
        () if differs(4) && function.dlq_redrive.is_some() => "account",
        () => return None,
    };
    let problem = Problem::new()
        .key("dlq")
        .text(format!(" is in another {what} than the queue"));
    let why = match what {
        "account" => {
            "message move tasks ignore permissions of other accounts: remove `dlq_redrive`"
        }
        _ => "write the ARN of a DLQ in the place of its queue",
    };
    Some((problem, these([Fix::advice(why)])))
}

/// The services that send, with their resources.
fn services(function: &Function) -> impl Iterator<Item = (Service, ParameterText)> {
    let senders = function
        .senders
        .iter()
        .filter_map(|text| Sender::of(text).ok());
    let topics = function.topics.iter().filter_map(Sender::topic);
    senders.chain(topics).filter_map(|sender| match sender {
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
    Some((problem.into(), these([Fix::advice(advice)])))
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
    let problem = Problem::new().key(given.first()?);
    let problem = problem.text(format!(" has no effect without `{other}`"));
    let removed = given.into_iter().map(Edit::remove);
    Some((problem, these([Fix::edit(removed)])))
}

fn kms_sender(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let key = KmsKey::of(function.kms_key.as_ref()?)?;
    let (_, arn) = services(function).next()?;
    (key == KmsKey::ManagedByAws).then(|| {
        let problem = Problem::new().key("kms_key").text(format!(
            " is the key that AWS manages, which `{arn}` cannot use"
        ));
        let own = Fix::advice("use a key of your own, whose policy lets the service use it");
        (problem, these([Fix::remove("kms_key"), own]))
    })
}
