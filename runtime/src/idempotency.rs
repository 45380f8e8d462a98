//! Completed messages are remembered by a key, so that none is processed twice.
//!
//! A record is looked up before it runs, and its key is *claimed*: until the claim's
//! lease ends, nobody else runs a message with the same key. After the function has
//! succeeded the key is *completed*, and after a failure it is *released*. A claim
//! that is neither, because the process ended, ends with its lease, which is the end
//! of the invocation.
//!
//! Between the effect of the function and the completion of its key, a crash leaves a
//! claim: after its lease the message is processed again.

mod claim;
#[cfg(feature = "idempotency")]
mod dynamodb;
#[cfg(feature = "idempotency")]
mod key;
#[cfg(all(feature = "idempotency", any(test, feature = "testing")))]
mod memory;
#[cfg(feature = "idempotency")]
mod store;

use std::fmt::Display;

#[doc(hidden)]
pub use redrive_model::idempotency::IdempotencySettings;

pub(crate) use self::claim::Key;
pub use self::claim::{Claim, Claimed};
#[cfg(all(feature = "idempotency", any(test, feature = "testing")))]
pub use self::memory::InMemory;
#[cfg(feature = "idempotency")]
pub(crate) use self::store::SharedStore;
#[cfg(feature = "idempotency")]
pub use self::store::Store;
use crate::{
    error::BoxError,
    settings::Settings,
    shape::{Never, Right, Wrong},
};

/// Where the worker remembers completed messages.
///
/// A type of the handler specifies it, not a value: DynamoDB's client is linked only
/// into a binary that names [`Idempotent`].
#[diagnostic::on_unimplemented(
    message = "`idempotent` needs the feature `idempotency` of the crate `redrive` [idempotency_feature]",
    label = "the client of DynamoDB is part of that feature",
    note = "add `features = [\"idempotency\"]` to the dependency on `redrive`"
)]
#[doc(hidden)]
pub trait Idempotency: Sized + Send + Sync + 'static {
    /// Reads from the environment what it needs.
    ///
    /// # Errors
    ///
    /// Names every variable that is missing.
    fn from_env(settings: &Settings) -> Result<Self, BoxError>;

    /// The store, if there is one.
    #[cfg(feature = "idempotency")]
    fn store(self) -> Option<SharedStore>;
}

/// Every message is processed, however often it is delivered.
#[derive(Debug)]
#[doc(hidden)]
pub struct NotIdempotent;

impl Idempotency for NotIdempotent {
    fn from_env(_settings: &Settings) -> Result<Self, BoxError> {
        Ok(Self)
    }

    #[cfg(feature = "idempotency")]
    fn store(self) -> Option<SharedStore> {
        None
    }
}

/// Keys of completed messages are in a table of DynamoDB.
#[derive(Debug)]
#[doc(hidden)]
pub struct Idempotent {
    #[cfg(feature = "idempotency")]
    store: dynamodb::DynamoDb,
}

#[cfg(feature = "idempotency")]
impl Idempotency for Idempotent {
    fn from_env(settings: &Settings) -> Result<Self, BoxError> {
        let store = dynamodb::DynamoDb::from_env(settings)?;
        Ok(Self { store })
    }

    fn store(self) -> Option<SharedStore> {
        Some(SharedStore::new(self.store))
    }
}

/// What can be the key of a message.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an idempotency key [handler_key]",
    label = "this does not implement `Display`",
    note = "the key is the text of a field that implements `std::fmt::Display`, such as a number or a `String`; for others, write the path of a `fn(&M) -> impl Display`"
)]
#[doc(hidden)]
pub trait IdempotencyKey {
    /// Its text.
    fn text(&self) -> String;
}

#[diagnostic::do_not_recommend]
impl<T: Display + ?Sized> IdempotencyKey for T {
    fn text(&self) -> String {
        self.to_string()
    }
}

/// The text of the field that `key` names. The function has the name of its rule, for the
/// compiler shows it.
#[doc(hidden)]
pub fn handler_key<K: IdempotencyKey + ?Sized>(field: &K) -> String {
    field.text()
}

/// What `key = path` names; `Shape` is for the compiler alone.
#[diagnostic::on_unimplemented(
    message = "`key` must be a `fn(&{M}) -> impl Display` [handler_key]",
    label = "this is not a `fn(&{M}) -> impl Display`",
    note = "its parameter is the message; write a field as `order.id`, beginning with the name of the parameter"
)]
#[doc(hidden)]
pub trait KeyOf<'m, M, Shape> {
    /// The key's text.
    fn of(self, message: &'m M) -> String;
}

impl<'m, M: 'm, F, K> KeyOf<'m, M, Right> for F
where
    F: FnOnce(&'m M) -> K,
    K: Display,
{
    fn of(self, message: &'m M) -> String {
        self(message).to_string()
    }
}

impl<'m, M: 'm, F: Never> KeyOf<'m, M, Wrong> for F {
    fn of(self, _: &'m M) -> String {
        String::new()
    }
}

/// The key of a message by the user's function; named as [`handler_key`] is.
#[doc(hidden)]
pub fn handler_key_of<'m, M, F: KeyOf<'m, M, Shape>, Shape>(message: &'m M, key: F) -> String {
    key.of(message)
}
