//! The description of a resource in `stack.md`.

use std::fmt::Display;

use super::{Kind, Resource};
use crate::permissions::in_words;

/// A resource in words.
#[derive(Debug, PartialEq)]
pub(crate) struct Summary {
    /// The place of its function in the stack; `None` if it is of none.
    pub(crate) function: Option<usize>,
    /// The logical id.
    pub(crate) id: String,
    pub(crate) description: String,
    /// Whose rights it defines.
    pub(crate) principal: &'static str,
    /// These rights, first each statement, then each managed policy.
    pub(crate) rights: Vec<String>,
}

impl Resource {
    pub(crate) fn summary(&self) -> Summary {
        let (principal, rights) = match &self.kind {
            Kind::Role(role) => {
                let grants = role.grants.iter().map(|grant| grant.description.clone());
                let policies = role.policies.iter().map(all_of);
                let statements = role.statements.iter().map(in_words);
                (
                    role.name,
                    grants.chain(statements).chain(policies).collect(),
                )
            }
            Kind::QueuePolicy(policy) => {
                let name = &policy.name;
                let tls = format!("access to `{name}` without TLS is denied");
                let senders = policy.senders.iter().map(|it| it.description(name));
                ("all principals", [tls].into_iter().chain(senders).collect())
            }
            _ => ("", Vec::new()),
        };
        Summary {
            function: self.function,
            id: self.id.clone(),
            description: self.description.clone(),
            principal,
            rights,
        }
    }
}

/// The rights of a policy that has its own name.
pub(crate) fn all_of(policy: impl Display) -> String {
    format!("what `{policy}` allows")
}
