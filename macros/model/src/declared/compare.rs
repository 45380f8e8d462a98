//! Compares queues that exist with what the keys declare.

use std::time::Duration;

use serde_json::Value;

use super::policy::Policy;
use super::{Declared, Number, ROUNDS};
use crate::duration::{show, written};

/// A queue that exists, with its attributes as `GetQueueAttributes` returns them.
#[derive(Clone, Copy, Debug)]
pub struct Existing<'a, F> {
    /// Its ARN.
    pub arn: &'a str,
    /// Whether it is the DLQ, and not the source queue.
    pub is_dlq: bool,
    /// The ARN of the other of the two queues, if it is known.
    pub other: Option<&'a str>,
    /// The value of an attribute.
    pub attribute: F,
}

/// What is not as the keys declare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The key that declares it.
    pub key: &'static str,
    /// The rule that needs it.
    pub rule: &'static str,
    /// What is different, in words.
    pub problem: String,
    /// What would declare what the queue has.
    pub write: Option<Declaration>,
    /// What to change of the queue, or of the keys in another way.
    pub change: Option<String>,
    /// The number that is declared.
    pub declared: Option<u32>,
    /// The number of the queue.
    pub found: Option<u32>,
}

/// A key with a value that declares what a queue has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// The key.
    pub key: &'static str,
    /// Its value, as it is written in the attribute.
    pub value: String,
    /// The same as a number, of seconds for a duration.
    pub number: Option<u32>,
}

impl Declaration {
    fn text(key: &'static str, text: &str) -> Self {
        Self {
            key,
            value: format!("\"{text}\""),
            number: None,
        }
    }
}

impl Difference {
    fn new(key: &'static str, rule: &'static str, problem: String) -> Self {
        Self {
            key,
            rule,
            problem,
            write: None,
            change: None,
            declared: None,
            found: None,
        }
    }

    /// What to do.
    pub fn help(&self) -> String {
        let write = self.write.as_ref();
        let write = write.map(|it| format!("write `{} = {}`", it.key, it.value));
        let ways: Vec<_> = write.into_iter().chain(self.change.clone()).collect();
        ways.join(", or ")
    }
}

impl Declared {
    /// How a queue differs from what is declared of it; nothing, if nothing is.
    pub fn differences<F>(&self, queue: &Existing<'_, F>) -> Vec<Difference>
    where
        F: Fn(&str) -> Option<String>,
    {
        if !self.is_of(queue.is_dlq) {
            return Vec::new();
        }
        let own = self.numbers.iter();
        let own = own.filter(|(number, _)| number.is_of_dlq == queue.is_dlq);
        let mut differences: Vec<_> = own
            .filter_map(|(number, declared)| queue.number(number, *declared))
            .collect();
        differences.extend(queue.dead_letters());
        differences.extend(queue.key(self.kms_key.as_deref()));
        if !queue.is_dlq {
            differences.extend(queue.policy(&self.senders));
        }
        differences
    }
}

impl<F: Fn(&str) -> Option<String>> Existing<'_, F> {
    fn number(&self, number: &Number, declared: u32) -> Option<Difference> {
        let Number {
            key,
            attribute,
            rule,
            ..
        } = *number;
        let is_count = attribute == "maxReceiveCount";
        let found = match is_count {
            true => self.redrive_policy(attribute),
            false => (self.attribute)(attribute),
        };
        let found = found.and_then(|number| number.parse().ok());
        if found == Some(declared) {
            return None;
        }
        let duration = |number: u32| Duration::from_secs(number.into());
        let shown = |number: u32| match is_count {
            true => number.to_string(),
            false => show(duration(number)),
        };
        let has = match found {
            Some(found) => shown(found),
            None if is_count => "no DLQ".to_owned(),
            None => "none".to_owned(),
        };
        let write = found.and_then(|found| {
            let (key, number) = match key {
                ROUNDS => (
                    "max_receive_count",
                    found.checked_sub(1).filter(|it| *it > 0)?,
                ),
                _ => (key, found),
            };
            let value = match is_count {
                true => number.to_string(),
                false => format!("\"{}\"", written(duration(number))),
            };
            Some(Declaration {
                key,
                value,
                number: Some(number),
            })
        });
        let declares = shown(declared);
        let problem = match key {
            ROUNDS => format!(
                "`{attribute}` must be {declares}, `max_receive_count` + 1, because the worker counts, but the queue has {has}"
            ),
            _ => format!("`{key}` is {declares}, but the queue has {has}"),
        };
        Some(Difference {
            write,
            change: Some(format!("set `{attribute}` of the queue to {declared}")),
            declared: Some(declared),
            found,
            ..Difference::new(key, rule, problem)
        })
    }

    /// The two queues name each other: the source queue its DLQ, and the DLQ the queues
    /// whose messages it accepts.
    fn dead_letters(&self) -> Option<Difference> {
        let (problem, write, change) = match self.is_dlq {
            false => {
                let found = self.redrive_policy("deadLetterTargetArn")?;
                let dlq = self.other.filter(|dlq| *dlq != found)?;
                let problem = format!("the DLQ of the queue is `{found}`, not `{dlq}`");
                (problem, Some(Declaration::text("dlq", &found)), None)
            }
            true => {
                let allowed = parsed((self.attribute)("RedriveAllowPolicy"));
                let sources = allowed["sourceQueueArns"].as_array();
                let is_refused = match allowed["redrivePermission"].as_str() {
                    Some("denyAll") => true,
                    Some("byQueue") => self.other.is_some_and(|source| {
                        sources.is_none_or(|it| !it.contains(&source.into()))
                    }),
                    _ => false,
                };
                is_refused.then_some(())?;
                let problem = "the DLQ does not accept messages of the queue";
                let change = "add the queue to the `RedriveAllowPolicy` of the DLQ";
                (problem.to_owned(), None, Some(change.to_owned()))
            }
        };
        Some(Difference {
            write,
            change,
            ..Difference::new("dlq", "dlq_needed", problem)
        })
    }

    /// Without the right key, messages cannot be read.
    fn key(&self, declared: Option<&str>) -> Option<Difference> {
        let found = (self.attribute)("KmsMasterKeyId").filter(|found| !is_of_aws(found));
        let declared = declared.filter(|declared| !is_of_aws(declared));
        let problem = match (declared, &found) {
            (Some(declared), Some(found)) if is_same_key(declared, found) => return None,
            (Some(declared), Some(found)) => {
                format!("`kms_key` is `{declared}`, but the key of the queue is `{found}`")
            }
            (None, Some(found)) => format!("the queue is encrypted with the KMS key `{found}`"),
            (Some(declared), None) if !self.is_dlq => {
                format!("`kms_key` is `{declared}`, but the queue has no KMS key")
            }
            // Rights that nothing needs.
            (_, None) => return None,
        };
        let remove = found.is_none().then(|| "remove `kms_key`".to_owned());
        Some(Difference {
            write: found.map(|found| Declaration::text("kms_key", &found)),
            change: remove,
            ..Difference::new("kms_key", "kms_key", problem)
        })
    }

    fn policy(&self, senders: &[String]) -> Vec<Difference> {
        let policy = parsed((self.attribute)("Policy"));
        let policy = Policy::of(&policy);
        let mut differences = Vec::new();
        if !policy.denies_plain_text() {
            let problem = "the policy of the queue does not deny access without TLS";
            let change = "deny `sqs:*` there if `aws:SecureTransport` is `false`";
            differences.push(Difference {
                change: Some(change.to_owned()),
                ..Difference::new("queue", "sender", problem.to_owned())
            });
        }
        let refused = senders.iter();
        let refused = refused.filter(|sender| !policy.allows(sender, self.arn));
        differences.extend(refused.map(|sender| {
            let problem = format!("the policy of the queue does not allow `{sender}` to send");
            let change = "add the statement that `stack.md` has for it";
            Difference {
                change: Some(change.to_owned()),
                ..Difference::new("senders", "sender", problem)
            }
        }));
        differences
    }

    /// A value of the queue's redrive policy; a number may be in quotes.
    fn redrive_policy(&self, name: &str) -> Option<String> {
        match &parsed((self.attribute)("RedrivePolicy"))[name] {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }
}

/// `null` for what is missing or not JSON.
fn parsed(json: Option<String>) -> Value {
    let json = json.unwrap_or_default();
    serde_json::from_str(&json).unwrap_or_default()
}

/// Whether every role of the account may use the key.
fn is_of_aws(key: &str) -> bool {
    key.is_empty() || key.ends_with("alias/aws/sqs")
}

/// An alias is not compared with an id, as the key that it names is not known.
fn is_same_key(one: &str, other: &str) -> bool {
    let name = |key: &str| {
        let name = key.rsplit(':').next().unwrap_or_default();
        name.trim_start_matches("key/").to_owned()
    };
    let (one, other) = (name(one), name(other));
    let is_alias = |name: &str| name.starts_with("alias/");
    is_alias(&one) != is_alias(&other) || one == other
}

#[cfg(test)]
mod tests {
    use super::{Declared, Difference, Existing, is_same_key};

    const QUEUE: &str = "arn:aws:sqs:eu-west-1:123456789012:orders";
    const DLQ: &str = "arn:aws:sqs:eu-west-1:123456789012:dead";
    const TLS: &str = r#"{"Statement":{"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"*",
        "Condition":{"Bool":{"aws:SecureTransport":"false"}}}}"#;

    /// The source queue with these attributes, in addition to a policy and numbers.
    fn of_queue(declared: &str, attributes: &[(&str, &str)]) -> Vec<Difference> {
        let known = [
            ("VisibilityTimeout", "30"),
            ("MessageRetentionPeriod", "345600"),
            ("Policy", TLS),
        ];
        compared(declared, false, DLQ, &[attributes, &known].concat())
    }

    fn compared(
        declared: &str,
        is_dlq: bool,
        other: &str,
        attributes: &[(&str, &str)],
    ) -> Vec<Difference> {
        Declared::decode(declared).differences(&Existing {
            arn: if is_dlq { DLQ } else { QUEUE },
            is_dlq,
            other: Some(other),
            attribute: |name: &str| {
                let mut attributes = attributes.iter();
                let found = attributes.find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            },
        })
    }

    fn problems(differences: &[Difference]) -> Vec<(&str, &str)> {
        let differences = differences.iter();
        differences
            .map(|it| (it.rule, it.problem.as_str()))
            .collect()
    }

    #[test]
    fn what_is_as_declared_is_not_mentioned() {
        let declared = "visibility_timeout=30 max_receive_count=5 retention=345600";
        for count in ["5", "\"5\""] {
            let policy = format!(r#"{{"maxReceiveCount":{count},"deadLetterTargetArn":"{DLQ}"}}"#);
            assert_eq!(of_queue(declared, &[("RedrivePolicy", &policy)]), []);
        }
        // Of a queue that the template creates nothing is declared.
        assert_eq!(of_queue("dlq_retention=60 kms_key=alias/a", &[]), []);
    }

    #[test]
    fn each_difference_has_its_rule_its_numbers_and_what_to_change() {
        let declared = "visibility_timeout=180 max_receive_count=5 retention=60";
        let found = of_queue(declared, &[]);
        let expected = [
            (
                "visibility_timeout",
                "`visibility_timeout` is 3 min, but the queue has 30 s",
            ),
            (
                "receive_count_low",
                "`max_receive_count` is 5, but the queue has no DLQ",
            ),
            (
                "expires_before_dlq",
                "`retention` is 1 min, but the queue has 4 d",
            ),
        ];
        assert_eq!(problems(&found), expected);
        let help =
            "write `visibility_timeout = \"30s\"`, or set `VisibilityTimeout` of the queue to 180";
        assert_eq!(found[0].help(), help);
        let numbers = |it: &Difference| (it.declared, it.found);
        assert_eq!(numbers(&found[0]), (Some(180), Some(30)));
        assert_eq!(numbers(&found[1]), (Some(5), None));

        let policy = r#"{"maxReceiveCount":3}"#;
        let found = of_queue("max_receive_count=5", &[("RedrivePolicy", policy)]);
        let help = "write `max_receive_count = 3`, or set `maxReceiveCount` of the queue to 5";
        assert_eq!(found[0].help(), help);
    }

    #[test]
    fn another_dlq_is_found() {
        let other = QUEUE.replace("orders", "other");
        let policy = format!(r#"{{"maxReceiveCount":5,"deadLetterTargetArn":"{other}"}}"#);
        let found = of_queue("max_receive_count=5", &[("RedrivePolicy", &policy)]);
        let problem = format!("the DLQ of the queue is `{other}`, not `{DLQ}`");
        assert_eq!(problems(&found), [("dlq_needed", problem.as_str())]);
    }

    #[test]
    fn a_worker_that_counts_needs_a_receive_more() {
        let policy = r#"{"maxReceiveCount":5}"#;
        let found = of_queue("redrive_rounds=6", &[("RedrivePolicy", policy)]);
        let help = "write `max_receive_count = 4`, or set `maxReceiveCount` of the queue to 6";
        assert_eq!(found[0].help(), help);
        let problem = "`maxReceiveCount` must be 6, `max_receive_count` + 1, because the worker counts, but the queue has 5";
        assert_eq!(found[0].problem, problem);
    }

    #[test]
    fn a_dlq_that_refuses_the_queue_is_found() {
        let of_dlq = |policy: &str| {
            let retention = ("MessageRetentionPeriod", "60");
            let attributes = [retention, ("RedriveAllowPolicy", policy)];
            compared("dlq_retention=60", true, QUEUE, &attributes).len()
        };
        let by_queue =
            |queue| format!(r#"{{"redrivePermission":"byQueue","sourceQueueArns":["{queue}"]}}"#);
        assert_eq!(of_dlq(""), 0);
        assert_eq!(of_dlq(r#"{"redrivePermission":"allowAll"}"#), 0);
        assert_eq!(of_dlq(&by_queue(QUEUE)), 0);
        assert_eq!(of_dlq(&by_queue(DLQ)), 1);
        assert_eq!(of_dlq(r#"{"redrivePermission":"denyAll"}"#), 1);
    }

    #[test]
    fn the_key_of_the_queue_is_the_declared_one() {
        let of_queue = |declared: &str, key: &str| {
            let declared = format!("visibility_timeout=30{declared}");
            let found = of_queue(&declared, &[("KmsMasterKeyId", key)]);
            found.into_iter().map(|it| it.help()).collect::<Vec<_>>()
        };
        assert!(of_queue("", "").is_empty());
        assert!(of_queue("", "alias/aws/sqs").is_empty());
        assert!(of_queue(" kms_key=alias/orders", "alias/orders").is_empty());
        assert_eq!(
            of_queue("", "alias/orders"),
            ["write `kms_key = \"alias/orders\"`"]
        );
        assert_eq!(
            of_queue(" kms_key=alias/a", "alias/b"),
            ["write `kms_key = \"alias/b\"`"]
        );
        assert_eq!(of_queue(" kms_key=alias/a", ""), ["remove `kms_key`"]);

        // A DLQ need not have it.
        let retention = ("MessageRetentionPeriod", "60");
        let declared = "dlq_retention=60 kms_key=alias/a";
        assert_eq!(compared(declared, true, QUEUE, &[retention]), []);
        let other = ("KmsMasterKeyId", "alias/b");
        assert_eq!(
            compared(declared, true, QUEUE, &[retention, other]).len(),
            1
        );
    }

    #[test]
    fn a_key_has_several_names() {
        let arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd";
        assert!(is_same_key(arn, "1234abcd"));
        assert!(is_same_key(
            "arn:aws:kms:eu-west-1:123456789012:alias/a",
            "alias/a"
        ));
        assert!(is_same_key(arn, "alias/a"));
        assert!(!is_same_key(arn, "5678abcd"));
    }

    #[test]
    fn the_policy_denies_plain_text_and_allows_the_senders() {
        let topic = "arn:aws:sns:eu-west-1:123456789012:orders";
        let declared = format!("visibility_timeout=30 senders={topic}");
        let found = of_queue(&declared, &[]);
        let problem = format!("the policy of the queue does not allow `{topic}` to send");
        assert_eq!(problems(&found), [("sender", problem.as_str())]);
        let found = of_queue("visibility_timeout=30", &[("Policy", "")]);
        let problem = "the policy of the queue does not deny access without TLS";
        assert_eq!(problems(&found), [("sender", problem)]);
    }
}
