//! Where keys are remembered.

use std::{fmt, future::Future, pin::Pin, sync::Arc};

use super::{Claim, Claimed};
use crate::error::BoxError;

/// Where the keys of messages are remembered.
///
/// Each call is atomic for its key. The worker makes a call again only if it failed, so
/// an answer may be lost and the call be made twice.
pub trait Store: Send + Sync + 'static {
    /// Claims a key for its owner until the lease ends, if it is not known, if it has
    /// expired, or if the lease of its claim has ended before `claim.now`. A claim by
    /// the same owner is claimed again.
    ///
    /// # Errors
    ///
    /// If it is not known whether the key is claimed.
    fn claim(&self, claim: &Claim) -> impl Future<Output = Result<Claimed, BoxError>> + Send;

    /// Marks the key as completed until `claim.expires`, if its owner is still that of the
    /// claim. `false`: it is not, and nothing has changed. A key that this owner has
    /// completed already is completed.
    ///
    /// # Errors
    ///
    /// If it is not known whether the key is completed.
    fn complete(&self, claim: &Claim) -> impl Future<Output = Result<bool, BoxError>> + Send;

    /// Forgets the key, if it is claimed and its owner is still that of the claim.
    ///
    /// # Errors
    ///
    /// If it is not known whether the key is forgotten.
    fn release(&self, claim: &Claim) -> impl Future<Output = Result<(), BoxError>> + Send;
}

type Answer<'s, T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send + 's>>;

/// [`Store`] as a trait object.
trait DynStore: Send + Sync {
    fn claim<'s>(&'s self, claim: &'s Claim) -> Answer<'s, Claimed>;
    fn complete<'s>(&'s self, claim: &'s Claim) -> Answer<'s, bool>;
    fn release<'s>(&'s self, claim: &'s Claim) -> Answer<'s, ()>;
}

impl<S: Store> DynStore for S {
    fn claim<'s>(&'s self, claim: &'s Claim) -> Answer<'s, Claimed> {
        Box::pin(Store::claim(self, claim))
    }

    fn complete<'s>(&'s self, claim: &'s Claim) -> Answer<'s, bool> {
        Box::pin(Store::complete(self, claim))
    }

    fn release<'s>(&'s self, claim: &'s Claim) -> Answer<'s, ()> {
        Box::pin(Store::release(self, claim))
    }
}

/// Any store.
///
/// Boxed calls: the SDK's futures are so deep that, inside those of the engine, they pass
/// the compiler's recursion limit in the user's crate.
#[derive(Clone)]
pub struct SharedStore(Arc<dyn DynStore>);

impl SharedStore {
    pub(crate) fn new(store: impl Store) -> Self {
        Self(Arc::new(store))
    }

    pub(crate) async fn claim(&self, claim: &Claim) -> Result<Claimed, BoxError> {
        self.0.claim(claim).await
    }

    pub(crate) async fn complete(&self, claim: &Claim) -> Result<bool, BoxError> {
        self.0.complete(claim).await
    }

    pub(crate) async fn release(&self, claim: &Claim) -> Result<(), BoxError> {
        self.0.release(claim).await
    }
}

impl fmt::Debug for SharedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedStore")
    }
}
