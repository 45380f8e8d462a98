//! Who may send to the source queue, and the topics it is subscribed to.

use redrive_model::digest::digest;
use redrive_model::policy::FilterScope;
use redrive_syntax::ParameterText;
use redrive_syntax::senders::{Sender, Service};

use super::resource::{Allowed, Kind, Resource, Subscription};
use super::{Part, Scope};

/// The statements of the queue's policy for its senders: one for each service, and
/// for S3 one for each account.
pub(crate) fn statements(function: &redrive_syntax::Function) -> Vec<Allowed> {
    let mut statements: Vec<Allowed> = Vec::new();
    for sender in function.known_senders() {
        let (service, source, account) = match sender {
            Sender::Service {
                service,
                arn,
                account,
            } => (Some(service), arn, account),
            Sender::Account(account) => (None, account, None),
        };
        let is_same = |it: &&mut Allowed| it.service == service && it.account == account;
        match statements.iter_mut().find(is_same) {
            Some(statement) if statement.sources.contains(&source) => {}
            Some(statement) => statement.sources.push(source),
            None => statements.push(Allowed {
                sid: match service {
                    Some(Service::Sns) => "AllowSns".to_owned(),
                    Some(Service::Events) => "AllowEvents".to_owned(),
                    Some(Service::S3) => {
                        let account = account.as_ref().map(ToString::to_string);
                        format!(
                            "AllowS3{}",
                            account.map(|it| short(&it)).unwrap_or_default()
                        )
                    }
                    None => "AllowAccounts".to_owned(),
                },
                service,
                sources: vec![source],
                account,
            }),
        }
    }
    statements
}

/// A part of a logical id, which does not change when others are added.
fn short(text: &str) -> String {
    digest(text).chars().take(8).collect()
}

/// The subscriptions of the topics.
pub(super) fn subscriptions(scope: &Scope<'_>) -> Vec<Resource> {
    let function = scope.function;
    let is_raw = function.raw.unwrap_or(true);
    let is_new = function.existing_queue().is_none();
    let (reads, of) = match function.filter_policy_scope {
        FilterScope::Attributes => ("MessageAttributes", "attributes"),
        FilterScope::Body => ("MessageBody", "bodies"),
    };
    let policy = function.filter_policy.as_ref();
    let subscriptions = function.topics.iter().map(|topic| {
        let how = match is_raw {
            true => "raw messages",
            false => "messages in SNS's envelope",
        };
        let filtered = match policy {
            Some(_) => format!(" that a filter of {of} lets through"),
            None => String::new(),
        };
        let id = format!("{}{}", scope.id(Part::Subscription), short(&sub(topic)));
        let subscription = Kind::Subscription(Subscription {
            topic: topic.clone(),
            queue: scope.queue().arn(),
            is_raw,
            filter: policy.map(|policy| (policy.clone(), reads)),
            policy: is_new.then(|| scope.id(Part::QueuePolicy)),
        });
        let description = format!("subscription of `{topic}`: {how}{filtered}");
        Resource::new(id, Some(scope.index), description, subscription)
    });
    subscriptions.collect()
}

/// The text without the defaults of its parameters, as `Fn::Sub` reads it.
pub(crate) fn sub(text: &ParameterText) -> String {
    text.with(|parameter| format!("${{{}}}", parameter.name))
}

impl Allowed {
    /// The statement for people.
    pub(crate) fn description(&self, queue: &str) -> String {
        let sources: Vec<_> = self.sources.iter().map(|it| format!("`{it}`")).collect();
        let sources = sources.join(", ");
        let account = match &self.account {
            Some(account) => format!(" of account `{account}`"),
            None => String::new(),
        };
        match self.service {
            Some(service) => format!(
                "`{}` may send to `{queue}` for {sources}{account}",
                service.principal()
            ),
            None => format!("the accounts {sources} may send to `{queue}`"),
        }
    }
}
