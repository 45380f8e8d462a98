//! Who sends to a queue: AWS services and accounts.

use crate::arn::{self, is_account, is_name, is_partition};
use crate::parameter_text::{Parameter, ParameterText};
use crate::tokens::excerpt;

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

const SENDERS: &str = "write `\"arn:aws:sns:…:topic\"`, `\"arn:aws:events:…:rule/name\"`, `\"arn:aws:s3:::bucket\"` or \
     the 12 digits of an account";
const RULE: &str = "write the rule that sends, `\"arn:aws:events:…:rule/name\"`";
const TOPIC: &str = "for example, `\"arn:aws:sns:eu-west-1:123456789012:orders\"`";
const ROLE: &str =
    "write its account, which decides what its roles may do, such as `\"123456789012\"`";

/// The problem and the help.
type Refused = (String, String);

impl Sender {
    /// The sender that a text of `senders` is.
    ///
    /// # Errors
    /// If its service is not known, or it is more than one sender.
    pub fn of(text: &ParameterText) -> Result<Self, Refused> {
        if text
            .literal()
            .is_some_and(|id| is_account(id) && !id.contains('$'))
        {
            return Ok(Sender::Account(text.clone()));
        }
        of_arn(text).map_err(|(why, help)| {
            let shown = text.to_string();
            // Most ARNs are longer than an excerpt.
            let is_short = shown.chars().count() < 80 && !shown.contains(char::is_control);
            let shown = if is_short { shown } else { excerpt(&shown) };
            let why = why.map(|why| format!(": {why}")).unwrap_or_default();
            let problem = format!("`\"{}\"` does not name a sender{why}", shown);
            (problem, help)
        })
    }

    /// The SNS topic that a text of `topics` is.
    ///
    /// # Errors
    /// If it is not one.
    pub fn topic(text: &ParameterText) -> Result<Self, Refused> {
        let topic = of_service(Service::Sns, text);
        if text.only_parameter().is_some() || of_arn(text).as_ref() == Ok(&topic) {
            return Ok(topic);
        }
        let why = arn::problem(text, "sns").map(|why| format!(": {why}"));
        let problem = format!(
            "this is not the ARN of an SNS topic{}",
            why.unwrap_or_default()
        );
        Err((problem, TOPIC.to_owned()))
    }
}

fn of_service(service: Service, arn: &ParameterText) -> Sender {
    Sender::Service {
        service,
        arn: arn.clone(),
        account: None,
    }
}

/// The sender with this ARN; an error is the reason, if it is not obvious, and the help.
fn of_arn(text: &ParameterText) -> Result<Sender, (Option<String>, String)> {
    let refused = |why: &str, help: &str| Err((Some(why.to_owned()), help.to_owned()));
    if let Some(Parameter { name, .. }) = text.only_parameter() {
        let help = format!(
            "write the service in front of it, such as `\"arn:aws:s3:::${{{name}}}\"`, or \
             `\"arn:aws:iam::${{{name}}}:root\"` for an account"
        );
        return refused("its service is not known before deployment", &help);
    }
    let Some(parts) = arn::parts(text) else {
        let shown = text.to_string();
        let uri = shown.strip_prefix("s3://").unwrap_or_default();
        return match uri.split('/').next().filter(|it| !it.is_empty()) {
            Some(bucket) => Err((None, format!("write `\"arn:aws:s3:::{bucket}\"`"))),
            None => Err((None, SENDERS.to_owned())),
        };
    };
    let [_, partition, service, _, account, resource] = parts.each_ref().map(String::as_str);
    if !is_partition(partition) {
        return refused(&format!("`{partition}` is not a partition"), SENDERS);
    }
    // In a condition they would match other senders, too.
    if resource.contains(['*', '?']) {
        return refused("it has a wildcard", "list each sender");
    }
    match service {
        "sns" | "events" if let Some(why) = arn::problem(text, service) => refused(&why, SENDERS),
        "sns" if is_name(resource, "-_.") => Ok(of_service(Service::Sns, text)),
        "sns" => refused(&format!("`{}` is not a topic", excerpt(resource)), TOPIC),
        "events" => match resource.strip_prefix("rule/") {
            Some(rule) if is_name(rule, "/-_.") => Ok(of_service(Service::Events, text)),
            _ => refused("it is not a rule", RULE),
        },
        "s3" => bucket(&parts).map_err(|help| (None, help)),
        // As IAM names an account.
        "iam" if resource == "root" && is_account(account) => {
            Ok(Sender::Account(read_again(account)))
        }
        "iam" | "sts" => refused("it is not an account", ROLE),
        _ => Err((None, SENDERS.to_owned())),
    }
}

/// The bucket with this ARN, which may have an account; an error is the help.
fn bucket(parts: &[String; 6]) -> Result<Sender, String> {
    let [_, partition, _, _, account, resource] = parts.each_ref().map(String::as_str);
    let name = resource.split('/').next().unwrap_or_default();
    let account = Some(account).filter(|it| is_account(it));
    let meant = |account: &str| format!("arn:{partition}:s3::{account}:{name}");
    let written = meant(account.unwrap_or_default());
    match is_name(name, "-.") && written == parts.join(":") {
        true => Ok(Sender::Service {
            service: Service::S3,
            arn: read_again(&meant("")),
            account: account.map(read_again),
        }),
        false => Err(format!("write the bucket, `\"{written}\"`")),
    }
}

/// A part of a text that was read once.
fn read_again(text: &str) -> ParameterText {
    ParameterText::parse(text).unwrap_or_default()
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
        assert!(topic("${TopicArn}").is_ok());
        assert!(topic("arn:aws:sns:eu-west-1:123456789012:t.fifo").is_ok());
        for (wrong, why) in [
            ("arn:aws:s3:::uploads", "an SNS topic: its service is `s3`"),
            ("orders", "an SNS topic: an ARN has six parts"),
            ("arn:aws:sns:eu-west-1:1:t", "`1` is not an account"),
            // A subscription.
            (
                "arn:aws:sns:eu-west-1:123456789012:t:8a21d249",
                "an SNS topic",
            ),
            ("arn:aws:sns:eu-west-1:123456789012:*", "an SNS topic"),
        ] {
            let (problem, _) = topic(wrong).expect_err(wrong);
            assert!(problem.contains(why), "{wrong}: {problem}");
        }
    }

    #[test]
    fn an_account_may_be_a_parameter() {
        let id = ParameterText::parse("${Id}").expect("a text");
        assert_eq!(of("arn:aws:iam::${Id}:root"), Ok(Sender::Account(id)));
        let account = Sender::Account("123456789012".into());
        assert_eq!(of("arn:aws:iam::123456789012:root"), Ok(account));
    }

    #[test]
    fn what_is_wrong_with_a_sender_is_said() {
        for (wrong, words) in [
            (
                "${S}",
                "write the service in front of it, such as `\"arn:aws:s3:::${S}\"`",
            ),
            ("s3://uploads/in", "write `\"arn:aws:s3:::uploads\"`"),
            (
                "arn:aws:s3:eu-west-1:123456789012:uploads/*",
                "it has a wildcard",
            ),
            (
                "arn:aws:s3:eu-west-1:123456789012:uploads/in",
                "write the bucket, `\"arn:aws:s3::123456789012:uploads\"`",
            ),
            ("arn:aws:sns:eu-west-1:123456789012:*", "it has a wildcard"),
            (
                "arn:aws:events:eu-west-1:123456789012:rule/*",
                "it has a wildcard",
            ),
            (
                "arn:aws:events:eu-west-1:123456789012:new-order",
                "it is not a rule",
            ),
            (
                "arn:aws:events:eu-west-1:12:rule/a",
                "`12` is not an account",
            ),
            ("arn:aws:iam::123456789012:role/app", "it is not an account"),
            ("arn:awss:s3:::uploads", "`awss` is not a partition"),
            (
                "arn:aws:sns:eu-west-1:123456789012:t:8a21",
                "`t:8a21` is not a topic",
            ),
        ] {
            let (problem, help) = of(wrong).expect_err(wrong);
            let text = format!("{problem}\n{help}");
            assert!(text.contains(words), "{wrong}: {text}");
        }
    }
}
