//! The items of `idempotent`, as the worker writes them, the template declares them
//! and the local simulator judges them.

use std::time::Duration;

use crate::policy::OnConflict;

/// What the worker knows of `idempotent(…)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdempotencySettings {
    /// How long a completed key is remembered.
    pub ttl: Duration,
    /// What happens to a message with a known key and another body.
    pub on_conflict: OnConflict,
}

/// The attributes of an item. `owner` and `state` are
/// [reserved words](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html),
/// so expressions name them `#owner` and `#state`.
pub mod attribute {
    /// The function's name and the hash of the key: the partition key, a string.
    pub const ID: &str = "id";
    /// Who has claimed the key: the ids of the request and of the message, and the message's
    /// place in the batch.
    pub const OWNER: &str = "owner";
    /// One of [`state`](super::state).
    pub const STATE: &str = "state";
    /// The SHA-256 of the body, binary.
    pub const BODY: &str = "body";
    /// When the claim ends, in milliseconds since 1970; only of a claim.
    pub const LEASE: &str = "lease";
    /// When the item is forgotten, in seconds since 1970: the table's TTL attribute.
    pub const EXPIRES: &str = "expires";
}

/// The values of [`attribute::STATE`].
pub mod state {
    /// A message with this key is being processed, until the lease ends.
    pub const CLAIMED: &str = "claimed";
    /// A message with this key was processed.
    pub const COMPLETED: &str = "completed";
}

/// The condition of a claim: the key is not known, forgotten, or its lease has ended.
pub const CLAIM: &str =
    "attribute_not_exists(id) OR expires < :now OR (#state = :claimed AND lease < :now_ms)";

/// The condition of an update: a late run must not change the item of another. An item
/// that is already completed by this owner is completed again, without a difference.
pub const COMPLETE: &str = "#owner = :owner";

/// The update itself.
pub const COMPLETE_UPDATE: &str = "SET #state = :completed, expires = :expires REMOVE lease";

/// The condition of a release.
pub const RELEASE: &str = "#owner = :owner AND #state = :claimed";

/// The actions that the worker calls.
pub const ACTIONS: [&str; 3] = [
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
];
