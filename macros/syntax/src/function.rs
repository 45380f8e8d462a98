//! What one `#[sqs_batch]` function asks for, checked and with its defaults
//! filled in. Plain data: the macro expands it, the build script renders it.

use std::collections::BTreeMap;

use redrive_model::keys::Key;
use redrive_model::keys::prelude::*;
use redrive_model::names;

pub use redrive_model::Backoff;
pub use redrive_model::policy::{OnGroupFailure, OnPermanent, OnTotalFailure};

use crate::diagnostic::Rejected;
use crate::idempotent::Idempotent;
use crate::parameter_text::{Parameter, ParameterText};
use crate::queues;
use crate::reader::Reader;
use crate::schedule::Schedule;
use crate::senders::Sender;
use crate::setting::{Setting, TemplateValue};

/// How long a message is kept after its last redrive, where a person redrives it, and in a
/// DLQ that is not known.
const PARKED: Duration = Duration::from_secs(14 * 86_400);

macro_rules! function {
    (
        $function:ident;
        template { $($(#[doc = $about:literal])+ $name:ident: $type:ty = $default:expr => { $($row:tt)* })* }
        worker { $($(#[doc = $about_w:literal])+ $name_w:ident: $type_w:ty = $default_w:expr => { $($row_w:tt)* })* }
        rust { $($(#[doc = $about_r:literal])+ $name_r:ident as $field:ident => { $($row_r:tt)* })* }
    ) => {
        /// A checked `#[sqs_batch]` function: its name, and the value of each key.
        ///
        /// Every value is within the limits of AWS and of the rules in [`crate::rules`];
        /// whoever holds one need not check again.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        pub struct Function {
            /// The Rust function's name; also the worker's handler (`_HANDLER`).
            pub name: String,
            $($(#[doc = $about])+ pub $name: $type,)*
            $($(#[doc = $about_w])+ pub $name_w: $type_w,)*
        }

        impl Function {
            /// Reads the value of each key of the function of this name.
            pub(crate) fn read($function: &str, reader: &mut Reader<'_>) -> Self {
                let name = $function.to_owned();
                $(let $name_w: $type_w = reader.read(stringify!($name_w)).unwrap_or_else(|| $default_w);)*
                $(let $name: $type = reader.read(stringify!($name)).unwrap_or_else(|| $default);)*
                Function { name, $($name,)* $($name_w,)* }
            }

            /// The value of a key as it is written in the attribute; `None` if there is
            /// none.
            pub fn written(&self, key: &Key) -> Option<String> {
                match key.name {
                    $(stringify!($name) => self.$name.written(),)*
                    $(stringify!($name_w) => self.$name_w.written(),)*
                    _ => None,
                }
            }

            /// Replaces the value of a key by what a template has in its place.
            ///
            /// # Errors
            /// If the key cannot have the value.
            pub fn read_back(&mut self, key: &Key, value: &TemplateValue<'_>) -> Result<(), Rejected> {
                match key.name {
                    $(stringify!($name) => self.$name = Setting::read_back(key, value)?,)*
                    $(stringify!($name_w) => self.$name_w = Setting::read_back(key, value)?,)*
                    _ => return Err(Vec::new()),
                }
                Ok(())
            }
        }

        /// The attribute's values that are Rust and not settings.
        #[derive(Default)]
        pub struct Paths {
            $($(#[doc = $about_r])+ pub $field: Option<syn::Path>,)*
        }

        impl Paths {
            /// Reads the path of each key.
            pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
                Paths { $($field: reader.read(stringify!($name_r)),)* }
            }
        }
    };
}

redrive_model::keys!(function);

impl Function {
    /// The senders of `senders` and `topics`.
    pub fn known_senders(&self) -> impl Iterator<Item = Sender> {
        let senders = self.senders.iter().map(Sender::of);
        let topics = self.topics.iter().map(Sender::topic);
        // What is not one is reported where it is read.
        senders.chain(topics).flatten()
    }

    /// Whether the source queue, and so the DLQ, is a FIFO queue.
    pub fn is_fifo(&self) -> bool {
        let known = queues::is_fifo(&self.queue);
        known.or(self.fifo).unwrap_or_default()
    }

    /// The ARN of the source queue, if it exists already.
    pub fn existing_queue(&self) -> Option<&ParameterText> {
        Some(&self.queue).filter(|queue| queues::is_arn(queue))
    }

    /// The ARN of the DLQ, if it exists already.
    pub fn existing_dlq(&self) -> Option<&ParameterText> {
        self.dlq.as_ref().filter(|dlq| queues::is_arn(dlq))
    }

    /// Whether redrive knows the DLQ: that of a queue that exists has to be given.
    pub fn has_dlq(&self) -> bool {
        self.dlq.is_some() || self.existing_queue().is_none()
    }

    /// The source queue's name.
    pub fn queue_name(&self) -> String {
        queues::name(&self.queue)
    }

    /// The DLQ's name, or its ARN if it exists. Without a key it is the source queue's name
    /// with `-dlq`, before `.fifo`.
    pub fn dlq(&self) -> ParameterText {
        if let Some(dlq) = &self.dlq {
            return dlq.clone();
        }
        let queue = match self.existing_queue() {
            Some(_) => self.queue_name().into(),
            None => self.queue.clone(),
        };
        queues::suffixed(&queue, "-dlq")
    }

    /// The DLQ's name.
    pub fn dlq_name(&self) -> String {
        queues::name(&self.dlq())
    }

    /// How long a completed idempotency key is remembered.
    pub fn idempotency_ttl(&self) -> Duration {
        let ttl = self.idempotent.as_ref().and_then(|it| it.ttl);
        ttl.unwrap_or_else(|| self.key_lifetime())
    }

    /// How long a copy of a message may be on its way: in the source queue, in the DLQ
    /// before each redrive, and where a person finds it after the last, and then in the
    /// source queue again.
    pub(crate) fn key_lifetime(&self) -> Duration {
        let (kept, in_dlq) = (self.retention, self.dlq_retention);
        match self.dlq_redrive {
            Some(_) => {
                // Without a limit there is no lifetime either, and `ttl` has to be set.
                let rounds = self.rounds().unwrap_or(1);
                (rounds + 1) * kept + rounds * in_dlq + PARKED + kept
            }
            None if self.has_dlq() => kept + in_dlq + kept,
            None => kept + PARKED + kept,
        }
    }

    /// The most redrives of a message, which the worker counts; `None`: there is no
    /// redrive, or no limit.
    pub fn rounds(&self) -> Option<u32> {
        self.dlq_redrive.as_ref()?;
        self.redrive_rounds.most()
    }

    /// The receives after which SQS moves a message to the DLQ. A worker that counts
    /// rounds sends it there itself before that, unless it cannot.
    pub fn receives(&self) -> u32 {
        self.max_receive_count + u32::from(self.rounds().is_some())
    }

    /// Whether there is a queue for messages that are not redriven any more.
    pub fn has_parking(&self) -> bool {
        self.rounds().is_some() || self.on_permanent == OnPermanent::Park
    }

    /// The ARN of the parking queue, if it exists already.
    pub fn existing_parking(&self) -> Option<&ParameterText> {
        self.parking.as_ref().filter(|queue| queues::is_arn(queue))
    }

    /// The parking queue's name, or its ARN if it exists. Without a key it is the source
    /// queue's name with `-parked`, before `.fifo`, or the function's if that is not known.
    pub fn parking(&self) -> ParameterText {
        if let Some(parking) = &self.parking {
            return parking.clone();
        }
        let queue = match self.existing_queue() {
            None => self.queue.clone(),
            Some(_) if !self.queue_name().contains('$') => self.queue_name().into(),
            Some(_) => {
                let end = if self.is_fifo() { ".fifo" } else { "" };
                format!("{}{end}", self.name.replace('_', "-")).into()
            }
        };
        queues::suffixed(&queue, "-parked")
    }

    /// The parking queue's name.
    pub fn parking_name(&self) -> String {
        queues::name(&self.parking())
    }

    /// All texts that may have parameters, each with its key.
    pub fn texts(&self) -> impl Iterator<Item = (&'static str, &ParameterText)> {
        let variables = self.env.values().map(|value| ("env", value));
        let policies = self.policies.iter().map(|arn| ("policies", arn));
        let senders = self.senders.iter().map(|sender| ("senders", sender));
        let topics = self.topics.iter().map(|topic| ("topics", topic));
        let dlq = self.dlq.iter().map(|dlq| ("dlq", dlq));
        let parking = self.parking.iter().map(|queue| ("parking", queue));
        let key = self.kms_key.iter().map(|key| ("kms_key", key));
        let queues = [("queue", &self.queue)].into_iter().chain(dlq);
        let queues = queues.chain(parking);
        let table = self.idempotent.iter().flat_map(|it| &it.table);
        let key = key.chain(table.map(|table| ("idempotent", table)));
        let lists = policies.chain(senders).chain(topics);
        variables.chain(queues).chain(key).chain(lists)
    }

    /// All texts that may have parameters.
    pub fn texts_mut(&mut self) -> impl Iterator<Item = &mut ParameterText> {
        let variables = self.env.values_mut();
        let queues = [&mut self.queue].into_iter().chain(&mut self.dlq);
        let queues = queues.chain(&mut self.parking);
        let lists = self.policies.iter_mut().chain(&mut self.senders);
        let lists = lists.chain(&mut self.topics).chain(&mut self.kms_key);
        let table = self.idempotent.iter_mut().flat_map(|it| &mut it.table);
        let lists = lists.chain(table);
        variables.chain(queues).chain(lists)
    }

    /// Puts this in front of the names of the queues that the template creates.
    pub fn prefix_new_queues(&mut self, prefix: &str) {
        let others = self.dlq.iter_mut().chain(&mut self.parking);
        for name in [&mut self.queue].into_iter().chain(others) {
            if !queues::is_arn(name) {
                *name = format!("{prefix}{}", queues::name(name)).into();
            }
        }
    }

    /// The parameters of all texts.
    pub fn parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.texts().flat_map(|(_, text)| text.parameters())
    }

    /// The visibility timeout that AWS recommends.
    pub(crate) fn recommended_visibility(&self) -> Duration {
        6 * self.timeout + self.batch_window
    }

    /// The variables that the template adds for the worker: the URLs of the queues
    /// that it calls, and its table.
    pub fn queue_variables(&self) -> impl Iterator<Item = &'static str> + use<> {
        // A duplicate of a message in progress is delivered when the other run has ended.
        let delays = self.queue_backoff.is_some() || self.idempotent.is_some();
        let queue = delays.then_some(names::QUEUE_URL);
        let table = self.idempotent.as_ref().map(|_| names::TABLE);
        let dlq = self.sends_to_dlq().then_some(names::DLQ_URL);
        let parking = self.has_parking().then_some(names::PARKING_URL);
        queue.into_iter().chain(dlq).chain(parking).chain(table)
    }

    /// Whether the worker sends messages to the DLQ.
    pub fn sends_to_dlq(&self) -> bool {
        self.rounds().is_some() || self.on_permanent == OnPermanent::Dlq
    }

    /// The scheduled redrive of the DLQ, if there is one.
    pub fn redrive(&self) -> Option<Redrive> {
        Some(Redrive {
            schedule: self.dlq_redrive.clone()?,
            timezone: self.redrive_timezone.clone(),
            max_per_second: self.redrive_max_per_second,
        })
    }

    /// A short hash of all settings, by which the macro sees that the template
    /// was written from the same ones.
    pub fn fingerprint(&self) -> String {
        redrive_model::digest::digest(&format!("{self:?}"))
    }
}

/// The scheduled redrive of the DLQ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redrive {
    /// When it runs (`ScheduleExpression`).
    pub schedule: Schedule,
    /// The IANA time zone the schedule is in (`ScheduleExpressionTimezone`).
    pub timezone: String,
    /// Messages moved in a second (`MaxNumberOfMessagesPerSecond`); `None`:
    /// SQS decides.
    pub max_per_second: Option<u32>,
}
