//! A store in memory, for tests.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use super::{Claim, Claimed, Store};
use crate::error::BoxError;

/// Remembers keys in memory; its clones share them. It works as the table of DynamoDB
/// does.
#[derive(Clone, Debug, Default)]
pub struct InMemory {
    items: Arc<Mutex<HashMap<String, Item>>>,
}

#[derive(Clone, Debug)]
struct Item {
    owner: String,
    body: [u8; 32],
    /// When the claim ends; `None`: completed.
    lease_end: Option<SystemTime>,
    expires: SystemTime,
}

impl InMemory {
    /// Without any key.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many keys are completed, expired ones included.
    pub fn completed(&self) -> usize {
        let items = self.items();
        items.values().filter(|it| it.lease_end.is_none()).count()
    }

    /// How many keys are claimed, those whose lease has ended included.
    pub fn claimed(&self) -> usize {
        let items = self.items();
        items.values().filter(|it| it.lease_end.is_some()).count()
    }

    /// Who has the key.
    #[cfg(test)]
    pub(crate) fn owner(&self, key: &str) -> Option<String> {
        self.items().get(key).map(|item| item.owner.clone())
    }

    fn items(&self) -> MutexGuard<'_, HashMap<String, Item>> {
        self.items.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for InMemory {
    async fn claim(&self, claim: &Claim) -> Result<Claimed, BoxError> {
        let mut items = self.items();
        if let Some(item) = items.get(&claim.key)
            && item.expires >= claim.now
        {
            match item.lease_end {
                None => {
                    let same_body = item.body == claim.body;
                    return Ok(Claimed::Completed { same_body });
                }
                Some(until) if until >= claim.now && item.owner != claim.owner => {
                    return Ok(Claimed::InProgress { until });
                }
                Some(_) => {}
            }
        }
        let item = Item {
            owner: claim.owner.clone(),
            body: claim.body,
            lease_end: Some(claim.lease_end),
            expires: claim.expires,
        };
        items.insert(claim.key.clone(), item);
        Ok(Claimed::Yes)
    }

    async fn complete(&self, claim: &Claim) -> Result<bool, BoxError> {
        let mut items = self.items();
        let own = items.get_mut(&claim.key);
        let own = own.filter(|item| item.owner == claim.owner);
        Ok(own.is_some_and(|item| {
            (item.lease_end, item.expires) = (None, claim.expires);
            true
        }))
    }

    async fn release(&self, claim: &Claim) -> Result<(), BoxError> {
        let mut items = self.items();
        let is_own = |item: &Item| item.owner == claim.owner && item.lease_end.is_some();
        if items.get(&claim.key).is_some_and(is_own) {
            items.remove(&claim.key);
        }
        Ok(())
    }
}
