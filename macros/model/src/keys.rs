//! The keys of `#[sqs_batch]`: what each is, and where its value is used.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::limits;
use crate::policy::OnConflict;

mod table;

/// What the rows of [`keys!`](crate::keys!) name.
pub mod prelude {
    pub use std::time::Duration;

    pub use super::{milliseconds, seconds};
    pub use crate::policy::*;
    pub use crate::{Alarms, Backoff, Pollers, Rounds};
}

/// One key of the attribute.
#[derive(Clone, Debug)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What it does, as the reference describes it.
    pub about: &'static str,
    /// Former names, and names by which users look for it.
    pub aliases: &'static [&'static str],
    /// What its value is.
    pub kind: Kind,
    /// A value, as it is written after the key.
    pub example: &'static str,
    /// What applies without the key, where that is not a value to write.
    pub without: &'static str,
    /// AWS's name for it, if it is not that of its place in the template; empty if it
    /// has none.
    aws: &'static str,
    /// The page that documents it; empty if there is none.
    pub link: &'static str,
    /// Where the template has its value; `None` if the template does not depend on
    /// it, or not in one place.
    pub place: Option<Place>,
}

impl Key {
    /// What a row of the table need not name.
    const ROW: Self = member("", Kind::Boolean, "");

    /// AWS's name for it; empty if it has none.
    pub fn aws(&self) -> String {
        let property = self.place.as_ref().map(|place| place.property);
        property.unwrap_or(self.aws).replace('/', ".")
    }

    /// The key with its example, as it is written in the attribute.
    pub fn shown(&self) -> String {
        self.with(self.example)
    }

    /// The key with a value, as it is written in the attribute.
    pub fn with(&self, value: &str) -> String {
        let equals = if value.starts_with('(') { "" } else { " = " };
        format!("{}{equals}{value}", self.name)
    }
}

/// What a key's value is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A whole number, and what it counts.
    Integer(RangeInclusive<u32>, &'static str),
    /// A duration: in whole seconds, unless the shortest is under a second.
    Duration(RangeInclusive<Duration>),
    /// A shortest and a longest wait, `"200ms..5s"`, counted like a duration.
    Backoff(RangeInclusive<Duration>),
    /// A number of redrives, or `"unlimited"`.
    Rounds(RangeInclusive<u32>),
    /// `true` or `false`.
    Boolean,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// The name of a queue.
    Queue,
    /// A schedule of EventBridge Scheduler.
    Schedule,
    /// The name of an IANA time zone.
    Timezone,
    /// The path of a file.
    File,
    /// ARNs of managed policies.
    Policies,
    /// ARNs of resources that send, and accounts.
    Senders,
    /// ARNs of SNS topics.
    Topics,
    /// A key of AWS KMS.
    KmsKey,
    /// A JSON text.
    Json,
    /// Ids of rules.
    Rules,
    /// `env(NAME = "value")`.
    Variables,
    /// `tags(name = "value")`.
    Tags,
    /// `alarms(dlq_depth = 10)` or `alarms = false`.
    Alarms,
    /// `idempotent(key = order.id, ttl = "60d")`.
    Idempotency,
    /// The name or the ARN of a table.
    Table,
    /// A least and a most number of event pollers, `"2..50"`.
    Pollers,
    /// The path of a function.
    Function,
    /// The path of a crate.
    Crate,
}

impl Kind {
    /// What is in parentheses after the key, without an equals sign; `None` if the
    /// value has none.
    pub fn group(&self) -> Option<&'static str> {
        match self {
            Kind::Variables => Some("variables"),
            Kind::Tags => Some("tags"),
            Kind::Alarms => Some("thresholds"),
            Kind::Idempotency => Some("settings"),
            _ => None,
        }
    }
}

/// Where the template has a key's value, so that an overlay can replace it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The resource.
    pub resource: Resource,
    /// The property, with `/` between the names of nested ones.
    pub property: &'static str,
    /// The value that AWS uses if the template has none.
    pub missing: Missing,
}

/// A resource that has the value of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// The source queue.
    Queue,
    /// The DLQ.
    Dlq,
    /// The worker.
    Worker,
    /// The worker's role.
    WorkerRole,
    /// The mapping from the queue to the worker.
    EventSourceMapping,
    /// The schedule of the redrive function.
    Schedule,
}

/// What AWS does without a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// It uses this number.
    Number(u32),
    /// It uses this text.
    Text(&'static str),
    /// It has no limit, no items, or no such feature.
    Nothing,
    /// The value is not known then.
    Unknown,
}

/// Where the template has a key's value.
const fn at(resource: Resource, property: &'static str, missing: Missing) -> Option<Place> {
    Some(Place {
        resource,
        property,
        missing,
    })
}

/// A number of seconds.
pub const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A number of milliseconds.
pub const fn milliseconds(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

macro_rules! rows {
    (
        $function:ident;
        template { $($(#[doc = $about:literal])+ $name:ident: $type:ty = $default:expr => { $($row:tt)* })* }
        worker { $($(#[doc = $about_w:literal])+ $name_w:ident: $type_w:ty = $default_w:expr => { $($row_w:tt)* })* }
        rust { $($(#[doc = $about_r:literal])+ $name_r:ident as $field:ident => { $($row_r:tt)* })* }
    ) => {
        /// All keys, in the order of the reference.
        // A row may name every field.
        #[allow(clippy::needless_update)]
        pub const KEYS: &[Key] = &[
            $(Key { name: stringify!($name), about: concat!($($about),+).trim_ascii(), $($row)* ..Key::ROW },)*
            $(Key { name: stringify!($name_w), about: concat!($($about_w),+).trim_ascii(), $($row_w)* ..Key::ROW },)*
            $(Key { name: stringify!($name_r), about: concat!($($about_r),+).trim_ascii(), $($row_r)* ..Key::ROW },)*
        ];
    };
}

mod all {
    use super::Missing;
    use super::Resource::*;
    use super::{Key, Kind, at, milliseconds, seconds};
    use crate::limits;
    use crate::policy::{FilterScope, OnGroupFailure, OnPermanent, OnTotalFailure};

    crate::keys!(rows);
}

pub use all::KEYS;

/// The thresholds of `alarms(…)`.
pub const THRESHOLDS: &[Key] = &[
    member("dlq_depth", Kind::Integer(1..=1_000_000, "messages"), "10"),
    member(
        "oldest",
        Kind::Duration(seconds(60)..=limits::LONGEST_RETENTION),
        "\"1d\"",
    ),
    member("errors", Kind::Integer(1..=1_000_000, "errors"), "3"),
];

/// The settings of `idempotent(…)`.
pub const IDEMPOTENCY: &[Key] = &[
    member("key", Kind::Function, "order.id"),
    member(
        "ttl",
        Kind::Duration(seconds(60)..=seconds(3 * 366 * 86_400)),
        "\"60d\"",
    ),
    member(
        "on_conflict",
        Kind::Choice(OnConflict::WORDS),
        "\"permanent\"",
    ),
    member("table", Kind::Table, "\"completed-orders\""),
];

/// What is in the parentheses after a key.
const fn member(name: &'static str, kind: Kind, example: &'static str) -> Key {
    Key {
        name,
        about: "",
        aliases: &[],
        kind,
        example,
        without: "",
        aws: "",
        link: "",
        place: None,
    }
}

/// The key of this name.
pub fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}
