//! Who sends to a queue: AWS services and accounts.

use crate::parameter_text::ParameterText;
use crate::queues::arn_part;

/// A sender of `senders` or `topics`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sender {
    /// A resource of a service.
    Service {
        /// The service.
        service: Service,
        /// The resource's ARN.
        arn: ParameterText,
        /// The account of a bucket, if it is not that of the deployment.
        account: Option<ParameterText>,
    },
    /// An account.
    Account(ParameterText),
}

/// A service that sends for one of its resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// SNS.
    Sns,
    /// EventBridge.
    Events,
    /// S3.
    S3,
}

impl Service {
    /// The service's principal.
    pub fn principal(self) -> &'static str {
        match self {
            Service::Sns => "sns.amazonaws.com",
            Service::Events => "events.amazonaws.com",
            Service::S3 => "s3.amazonaws.com",
        }
    }
}

/// What a sender looks like.
pub(crate) const EXAMPLES: &str = "write `\"arn:aws:sns:…:topic\"`, `\"arn:aws:events:…:rule/name\"`, `\"arn:aws:s3:::bucket\"` or \
     the 12 digits of an account";

impl Sender {
    /// The sender that a text of `senders` is.
    ///
    /// # Errors
    /// If its service is not known.
    pub fn of(text: &ParameterText) -> Result<Self, (String, String)> {
        if text.literal().is_some_and(is_account) {
            return Ok(Sender::Account(text.clone()));
        }
        let parts: Option<Vec<_>> = (0..6).map(|index| arn_part(text, index)).collect();
        let parts = parts.unwrap_or_default();
        let parts: Vec<_> = parts.iter().map(String::as_str).collect();
        let service = |service, arn, account| Sender::Service {
            service,
            arn,
            account,
        };
        match parts.as_slice() {
            ["arn", _, "sns", region, account, topic] if is_given(&[region, account, topic]) => {
                Ok(service(Service::Sns, text.clone(), None))
            }
            ["arn", _, "events", region, account, rule]
                if rule.starts_with("rule/") && is_given(&[region, account]) =>
            {
                Ok(service(Service::Events, text.clone(), None))
            }
            ["arn", partition, "s3", "", account, bucket]
                if is_given(&[bucket]) && !bucket.contains('/') =>
            {
                // What was read once is read again.
                let read = |text: String| ParameterText::parse(&text).ok();
                let arn = read(format!("arn:{partition}:s3:::{bucket}"));
                let account = Some((*account).to_owned()).filter(|it| !it.is_empty());
                let arn = arn.unwrap_or_default();
                Ok(service(Service::S3, arn, account.and_then(read)))
            }
            _ => {
                let problem = format!("`\"{text}\"` does not name a sender");
                Err((problem, EXAMPLES.to_owned()))
            }
        }
    }

    /// The SNS topic that a text of `topics` is.
    pub fn topic(text: &ParameterText) -> Option<Self> {
        let arn = text.clone();
        let topic = Sender::Service {
            service: Service::Sns,
            arn,
            account: None,
        };
        (text.only_parameter().is_some() || Sender::of(text) == Ok(topic.clone())).then_some(topic)
    }
}

fn is_given(parts: &[&str]) -> bool {
    parts.iter().all(|part| !part.is_empty())
}

pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{ParameterText, Sender, Service};

    fn of(text: &str) -> Result<Sender, (String, String)> {
        Sender::of(&ParameterText::parse(text).expect(text))
    }

    #[test]
    fn a_sender_is_known_by_its_arn() {
        let service = |text| match of(text) {
            Ok(Sender::Service { service, .. }) => Some(service),
            _ => None,
        };
        assert_eq!(
            service("arn:aws:sns:eu-west-1:123456789012:t"),
            Some(Service::Sns)
        );
        assert_eq!(service("arn:aws:sns:${R}:${A}:${T}"), Some(Service::Sns));
        let rule = "arn:aws:events:eu-west-1:123456789012:rule/bus/name";
        assert_eq!(service(rule), Some(Service::Events));
        assert!(matches!(of("123456789012"), Ok(Sender::Account(_))));
        for wrong in [
            "",
            "12345",
            "${Sender}",
            "arn:aws:sns:eu-west-1:123456789012",
            "arn:aws:sns:::t",
            "arn:aws:events:eu-west-1:123456789012:event-bus/name",
            "arn:aws:s3:::",
            "arn:aws:s3:::bucket/key",
            "arn:aws:lambda:eu-west-1:123456789012:function:f",
        ] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_bucket_may_have_an_account() {
        for (text, owner) in [
            ("arn:aws:s3:::uploads-${Stage}", None),
            (
                "arn:aws:s3::123456789012:uploads-${Stage}",
                Some("123456789012".into()),
            ),
        ] {
            let Ok(Sender::Service { arn, account, .. }) = of(text) else {
                panic!("{text}");
            };
            assert_eq!(arn.to_string(), "arn:aws:s3:::uploads-${Stage}");
            assert_eq!(account, owner);
        }
    }

    #[test]
    fn a_topic_may_be_a_parameter() {
        let topic = |text| Sender::topic(&ParameterText::parse(text).expect(text));
        assert!(topic("${TopicArn}").is_some());
        assert!(topic("arn:aws:sns:eu-west-1:123456789012:t").is_some());
        assert!(topic("arn:aws:s3:::uploads").is_none());
        assert!(topic("orders").is_none());
    }
}
