//! The policy of a queue that exists, as far as senders need it.
//!
//! A condition that is not known is assumed to hold: a warning is for what is surely
//! missing.

use serde_json::Value;

/// The statements of a queue's policy.
pub(super) struct Policy<'a>(Vec<&'a Value>);

/// Who sends.
struct Sender {
    /// The service; `None` for an account.
    service: Option<String>,
    /// The ARN of the resource.
    source: String,
    /// The account that sends; empty if it is not known.
    account: String,
}

impl Sender {
    /// A sender as `senders` has it.
    fn of(text: &str) -> Self {
        let parts: Vec<_> = text.splitn(6, ':').collect();
        let ["arn", partition, service, _, account, resource] = parts[..] else {
            return Self {
                service: None,
                source: String::new(),
                account: text.to_owned(),
            };
        };
        Self {
            service: Some(format!("{service}.amazonaws.com")),
            source: match service {
                // The account of a bucket is only known if it is given.
                "s3" => format!("arn:{partition}:s3:::{resource}"),
                _ => text.to_owned(),
            },
            account: account.to_owned(),
        }
    }
}

impl<'a> Policy<'a> {
    pub(super) fn of(policy: &'a Value) -> Self {
        Self(entries(&policy["Statement"]).collect())
    }

    /// Whether nobody can send or receive without TLS.
    pub(super) fn denies_plain_text(&self) -> bool {
        let mut denying = self.0.iter().filter(|it| it["Effect"] == "Deny");
        denying.any(|statement| {
            let is_plain = conditions(statement).any(|(operator, key, values)| {
                let mut values = entries(values);
                operator.starts_with("Bool")
                    && key.eq_ignore_ascii_case("aws:SecureTransport")
                    && values.any(|value| *value == false || *value == "false")
            });
            let principal = &statement["Principal"];
            let is_everyone = entries(principal).chain(entries(&principal["AWS"]));
            let mut is_everyone = is_everyone.filter(|it| *it == "*");
            let actions = ["sqs:SendMessage", "sqs:ReceiveMessage"];
            let is_of_all = actions.iter().all(|action| acts(statement, action));
            is_plain && is_of_all && is_everyone.next().is_some()
        })
    }

    /// Whether the sender may send to the queue with this ARN.
    pub(super) fn allows(&self, sender: &str, queue: &str) -> bool {
        let sender = Sender::of(sender);
        // IAM policies allow the account of the queue itself.
        let owner = queue.split(':').nth(4).unwrap_or_default();
        if sender.service.is_none() && sender.account == owner {
            return true;
        }
        let mut allowing = self.0.iter().filter(|it| it["Effect"] == "Allow");
        allowing.any(|statement| {
            let mut resources = entries(&statement["Resource"]).filter_map(Value::as_str);
            let is_of_queue =
                statement["Resource"].is_null() || resources.any(|it| matches(it, queue));
            is_of_queue
                && acts(statement, "sqs:SendMessage")
                && is_principal(&statement["Principal"], &sender)
                && conditions(statement).all(|it| may_hold(it, &sender))
        })
    }
}

fn acts(statement: &Value, action: &str) -> bool {
    let action = action.to_lowercase();
    let mut actions = entries(&statement["Action"]).filter_map(Value::as_str);
    actions.any(|pattern| matches(&pattern.to_lowercase(), &action))
}

fn is_principal(principal: &Value, sender: &Sender) -> bool {
    if principal == "*" {
        return true;
    }
    let (kind, name) = match &sender.service {
        Some(service) => ("Service", service),
        None => ("AWS", &sender.account),
    };
    let mut named = entries(&principal[kind]).filter_map(Value::as_str);
    let is_account = |it: &str| sender.service.is_none() && it.split(':').nth(4) == Some(name);
    let everyone = entries(&principal["AWS"]).any(|it| *it == "*");
    everyone || named.any(|it| it == name || is_account(it))
}

/// The conditions of a statement: operator, key and values.
fn conditions(statement: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let operators = statement["Condition"].as_object().into_iter().flatten();
    operators.flat_map(|(operator, keys)| {
        let keys = keys.as_object().into_iter().flatten();
        keys.map(|(key, values)| (operator.as_str(), key.as_str(), values))
    })
}

fn may_hold((operator, key, values): (&str, &str, &Value), sender: &Sender) -> bool {
    let value = match key.to_lowercase().as_str() {
        "aws:sourcearn" => &sender.source,
        "aws:sourceaccount" => &sender.account,
        _ => return true,
    };
    let mut patterns = entries(values).filter_map(Value::as_str);
    value.is_empty() || operator.contains("Not") || patterns.any(|it| matches(it, value))
}

/// A value alone, or those of a list.
fn entries(value: &Value) -> impl Iterator<Item = &Value> {
    match value {
        Value::Array(list) => list.as_slice(),
        Value::Null => &[],
        one => std::slice::from_ref(one),
    }
    .iter()
}

/// Whether a pattern of IAM, with `*` and `?`, matches the whole text.
fn matches(pattern: &str, text: &str) -> bool {
    let mut rest = text.chars();
    match (pattern.chars().next(), rest.next()) {
        (None, found) => found.is_none(),
        (Some('*'), found) => {
            matches(&pattern[1..], text) || found.is_some() && matches(pattern, rest.as_str())
        }
        (Some(wanted), Some(found)) if wanted == '?' || wanted == found => {
            matches(&pattern[wanted.len_utf8()..], rest.as_str())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Policy, matches};

    const QUEUE: &str = "arn:aws:sqs:eu-west-1:123456789012:orders";
    const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:orders";

    #[test]
    fn patterns_match_as_in_iam() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("a", "ab", false),
            ("*", "", true),
            ("a*", "abc", true),
            ("*c", "abc", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "acb", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*?", "", false),
            ("ab*ab", "ab", false),
            ("*ä?", "xäy", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    /// The policy with one statement that allows SNS to send for the topic, changed by
    /// these members.
    fn allows(sender: &str, changes: &Value) -> bool {
        let mut statement = json!({
            "Effect": "Allow",
            "Principal": { "Service": "sns.amazonaws.com" },
            "Action": "sqs:SendMessage",
            "Resource": QUEUE,
            "Condition": { "ArnEquals": { "aws:SourceArn": TOPIC } },
        });
        for (name, value) in changes.as_object().into_iter().flatten() {
            statement[name] = value.clone();
        }
        let policy = json!({ "Statement": [statement] });
        Policy::of(&policy).allows(sender, QUEUE)
    }

    #[test]
    fn a_statement_for_the_sender_is_found() {
        for changes in [
            json!({}),
            json!({ "Action": ["SQS:SendMessage", "sqs:GetQueueUrl"] }),
            json!({ "Action": "sqs:*", "Resource": "*" }),
            json!({ "Principal": "*" }),
            json!({ "Principal": { "AWS": "*" } }),
            json!({ "Principal": { "Service": ["s3.amazonaws.com", "sns.amazonaws.com"] } }),
            json!({ "Condition": { "ArnLike": { "AWS:sourceArn": "arn:aws:sns:*:*:orders" } } }),
            json!({ "Condition": { "StringEquals": { "aws:SourceAccount": "123456789012" } } }),
            json!({ "Condition": { "Bool": { "aws:Unknown": "true" } } }),
            json!({ "Condition": null }),
        ] {
            assert!(allows(TOPIC, &changes), "{changes}");
        }
        for changes in [
            json!({ "Effect": "Deny" }),
            json!({ "Action": "sqs:ReceiveMessage" }),
            json!({ "Resource": "arn:aws:sqs:eu-west-1:123456789012:other" }),
            json!({ "Principal": { "Service": "s3.amazonaws.com" } }),
            json!({ "Principal": { "AWS": "123456789012" } }),
            json!({ "Condition": { "ArnEquals": { "aws:SourceArn": "arn:aws:sns:*:*:other" } } }),
            json!({ "Condition": { "StringEquals": { "aws:SourceAccount": "210987654321" } } }),
        ] {
            assert!(!allows(TOPIC, &changes), "{changes}");
        }
        assert!(!Policy::of(&Value::Null).allows(TOPIC, QUEUE));
    }

    #[test]
    fn a_bucket_has_no_account_in_its_source_arn() {
        let s3 = |account: &str| {
            json!({
                "Principal": { "Service": "s3.amazonaws.com" },
                "Condition": {
                    "ArnEquals": { "aws:SourceArn": "arn:aws:s3:::uploads" },
                    "StringEquals": { "aws:SourceAccount": account },
                },
            })
        };
        assert!(allows("arn:aws:s3:::uploads", &s3("123456789012")));
        let theirs = "arn:aws:s3::210987654321:uploads";
        assert!(allows(theirs, &s3("210987654321")));
        assert!(!allows(theirs, &s3("123456789012")));
        assert!(!allows("arn:aws:s3:::other", &s3("123456789012")));
    }

    #[test]
    fn another_account_is_named_by_its_id_or_an_arn() {
        let account = "210987654321";
        let named = |principal: &str| {
            let changes = json!({ "Principal": { "AWS": [principal] }, "Condition": null });
            allows(account, &changes)
        };
        assert!(named(account));
        assert!(named("arn:aws:iam::210987654321:root"));
        assert!(!named("arn:aws:iam::123456789012:root"));
        // The account of the queue needs no statement.
        assert!(allows("123456789012", &json!({ "Effect": "Deny" })));
    }

    #[test]
    fn access_without_tls_is_denied_to_everyone() {
        let denies = |changes: &Value| {
            let mut statement = json!({
                "Effect": "Deny",
                "Principal": "*",
                "Action": "sqs:*",
                "Resource": QUEUE,
                "Condition": { "Bool": { "aws:SecureTransport": "false" } },
            });
            for (name, value) in changes.as_object().into_iter().flatten() {
                statement[name] = value.clone();
            }
            Policy::of(&json!({ "Statement": statement })).denies_plain_text()
        };
        for changes in [
            json!({}),
            json!({ "Principal": { "AWS": ["*"] }, "Action": ["SQS:*"] }),
            json!({ "Action": ["sqs:SendMessage", "sqs:ReceiveMessage"] }),
            json!({ "Condition": { "BoolIfExists": { "AWS:securetransport": [false] } } }),
        ] {
            assert!(denies(&changes), "{changes}");
        }
        for changes in [
            json!({ "Effect": "Allow" }),
            json!({ "Principal": { "AWS": "123456789012" } }),
            json!({ "Action": "sqs:SendMessage" }),
            json!({ "Condition": { "Bool": { "aws:SecureTransport": "true" } } }),
            json!({ "Condition": null }),
        ] {
            assert!(!denies(&changes), "{changes}");
        }
    }
}
