//! A key and who processes its message.

use std::time::SystemTime;

/// A message's key, hashed, and its body's hash.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    /// The function's name and the SHA-256 of the key.
    pub(crate) id: String,
    /// The SHA-256 of the body, inside all envelopes.
    pub(crate) body: [u8; 32],
}

/// The claim of a key by one run of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claim {
    /// The key of the message: the function's name and the SHA-256 of what the user's
    /// `key` is.
    pub key: String,
    /// Who processes the message: the ids of the request and of the message, and
    /// the message's place in the batch.
    pub owner: String,
    /// The SHA-256 of the message's body.
    pub body: [u8; 32],
    /// The time of the call.
    pub now: SystemTime,
    /// When the claim ends by itself: the end of the invocation.
    pub lease_end: SystemTime,
    /// When the key may be forgotten: `ttl` after the call.
    pub expires: SystemTime,
}

/// The answer to a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Claimed {
    /// The owner of the claim may process the message.
    Yes,
    /// Another owner processes a message with this key.
    InProgress {
        /// When its lease ends.
        until: SystemTime,
    },
    /// A message with this key was completed.
    Completed {
        /// Whether its body has the same hash.
        same_body: bool,
    },
}
