//! What the environment specifies for the redrive function.

use std::fmt;

use redrive_model::{
    declared::Declared,
    limits::MOVED_PER_SECOND,
    names::{DECLARED, DLQ_ARN, DLQ_URL, MAX_PER_SECOND, QUEUE_URL, SOURCE_ARN},
};

/// From where to where, and how fast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Config {
    pub(super) dlq: QueueArn,
    pub(super) source: QueueArn,
    /// Only to count the waiting messages: without it the answer has no count.
    pub(super) dlq_url: Option<String>,
    /// To compare a queue that exists.
    pub(super) queue_url: Option<String>,
    /// What the keys declare of queues that exist.
    pub(super) declared: Declared,
    /// Messages per second, 1 to 500; `None`: SQS decides.
    pub(super) rate: Option<u32>,
}

impl Config {
    /// # Errors
    ///
    /// All variables that are missing or wrong.
    pub(super) fn from_lookup(
        lookup: &impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Vec<String>> {
        let get = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let mut problems = Vec::new();
        let mut arn = |name: &str, queue: &str| {
            let value = get(name);
            let arn = value.as_deref().and_then(QueueArn::parse);
            match (&value, &arn) {
                (_, Some(_)) => {}
                (None, _) => {
                    problems.push(format!("{name} is not set; set it to the ARN of {queue}"));
                }
                (Some(value), None) => problems.push(format!(
                    "{name} is `{value}`, which is not the ARN of an SQS queue; \
                     set it to `arn:aws:sqs:<region>:<account>:<name>` of {queue}"
                )),
            }
            arn
        };
        let dlq = arn(DLQ_ARN, "the dead-letter queue");
        let source = arn(SOURCE_ARN, "the source queue");

        let rate = get(MAX_PER_SECOND);
        let number = rate.as_deref().and_then(|rate| rate.parse().ok());
        let number = number.filter(|rate| MOVED_PER_SECOND.contains(rate));
        if let (Some(rate), None) = (rate, number) {
            problems.push(format!(
                "{MAX_PER_SECOND} is `{rate}`; set it to a whole number of messages per second \
                 from {} to {}, or remove it to let SQS decide",
                MOVED_PER_SECOND.start(),
                MOVED_PER_SECOND.end()
            ));
        }
        let dlq_url = get(DLQ_URL);
        if let (Some(url), Some(dlq)) = (&dlq_url, &dlq)
            && !is_url_of(url, dlq)
        {
            let name = dlq.name();
            problems.push(format!(
                "{DLQ_URL} is `{url}`, which is not a URL of the queue that {DLQ_ARN} names, `{name}`"
            ));
        }
        if let (Some(dlq), Some(source)) = (&dlq, &source)
            && let Some(problem) = pair_problem(dlq, source)
        {
            problems.push(format!("{DLQ_ARN} and {SOURCE_ARN} {problem}"));
        }
        match (dlq, source) {
            (Some(dlq), Some(source)) if problems.is_empty() => Ok(Config {
                dlq,
                source,
                dlq_url,
                queue_url: get(QUEUE_URL),
                declared: Declared::decode(&get(DECLARED).unwrap_or_default()),
                rate: number,
            }),
            _ => Err(problems),
        }
    }
}

fn is_url_of(url: &str, queue: &QueueArn) -> bool {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    is_web && url.rsplit('/').next() == Some(queue.name())
}

/// Why no messages can move between these queues.
fn pair_problem(dlq: &QueueArn, source: &QueueArn) -> Option<&'static str> {
    if dlq == source {
        Some("are the same queue; messages can only be moved to another one")
    } else if dlq.place() != source.place() {
        Some(
            "are in different regions or accounts; a dead-letter queue is where its source queue is",
        )
    } else if dlq.is_fifo() != source.is_fifo() {
        Some("are one FIFO and one standard queue; messages move between queues of the same kind")
    } else {
        None
    }
}

/// The ARN of an SQS queue: `arn:<partition>:sqs:<region>:<account>:<name>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct QueueArn(String);

impl QueueArn {
    fn parse(arn: &str) -> Option<Self> {
        let parts: Vec<&str> = arn.split(':').collect();
        let &["arn", partition, "sqs", region, account, name] = parts.as_slice() else {
            return None;
        };
        let stem = name.strip_suffix(".fifo").unwrap_or(name);
        let is_queue = !partition.is_empty()
            && !region.is_empty()
            && account.len() == 12
            && account.bytes().all(|byte| byte.is_ascii_digit())
            && !stem.is_empty()
            && name.len() <= 80
            && stem
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        is_queue.then(|| QueueArn(arn.to_owned()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The part after the last colon.
    fn name(&self) -> &str {
        self.0.rsplit(':').next().unwrap_or_default()
    }

    /// Partition, region and account.
    fn place(&self) -> &str {
        self.0.strip_suffix(self.name()).unwrap_or_default()
    }

    fn is_fifo(&self) -> bool {
        self.0.ends_with(".fifo")
    }
}

impl fmt::Display for QueueArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DLQ: (&str, &str) = (DLQ_ARN, "arn:aws:sqs:eu-west-1:123456789012:orders-dlq");
    const SOURCE: (&str, &str) = (SOURCE_ARN, "arn:aws:sqs:eu-west-1:123456789012:orders");

    fn read(variables: &[(&str, &str)]) -> Result<Config, String> {
        let lookup = |name: &str| {
            let found = variables.iter().rev().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Config::from_lookup(&lookup).map_err(|problems| problems.join("; "))
    }

    #[test]
    fn reads_a_complete_environment() {
        let url = (
            DLQ_URL,
            "https://sqs.eu-west-1.amazonaws.com/123456789012/orders-dlq",
        );
        let config = read(&[DLQ, SOURCE, url, (MAX_PER_SECOND, "500")]).unwrap();

        assert_eq!(config.dlq.as_str(), DLQ.1);
        assert_eq!(config.source.as_str(), SOURCE.1);
        assert_eq!(config.dlq_url.as_deref(), Some(url.1));
        assert_eq!(config.rate, Some(500));
    }

    #[test]
    fn rate_and_url_may_be_absent_or_empty() {
        for variables in [
            vec![DLQ, SOURCE],
            vec![DLQ, SOURCE, (MAX_PER_SECOND, ""), (DLQ_URL, "")],
        ] {
            let config = read(&variables).unwrap();
            assert_eq!((config.rate, config.dlq_url), (None, None));
        }
    }

    #[test]
    fn one_error_names_everything_that_is_wrong() {
        assert_eq!(
            read(&[(DLQ_ARN, "orders-dlq"), (MAX_PER_SECOND, "501")]).unwrap_err(),
            "REDRIVE_DLQ_ARN is `orders-dlq`, which is not the ARN of an SQS queue; \
             set it to `arn:aws:sqs:<region>:<account>:<name>` of the dead-letter queue; \
             REDRIVE_SOURCE_ARN is not set; set it to the ARN of the source queue; \
             REDRIVE_RATE is `501`; set it to a whole number of messages per second \
             from 1 to 500, or remove it to let SQS decide"
        );
    }

    #[test]
    fn refuses_what_is_not_the_arn_of_a_queue() {
        for arn in [
            "",
            "orders",
            "https://sqs.eu-west-1.amazonaws.com/123456789012/orders",
            "arn:aws:sns:eu-west-1:123456789012:orders",
            "arn:aws:sqs::123456789012:orders",
            "arn:aws:sqs:eu-west-1:12345:orders",
            "arn:aws:sqs:eu-west-1:12345678901x:orders",
            "arn:aws:sqs:eu-west-1:123456789012:",
            "arn:aws:sqs:eu-west-1:123456789012:.fifo",
            "arn:aws:sqs:eu-west-1:123456789012:or.ders",
            "arn:aws:sqs:eu-west-1:123456789012:orders:more",
        ] {
            assert_eq!(QueueArn::parse(arn), None, "{arn}");
        }
        for partition in ["aws-cn", "aws-us-gov"] {
            let arn = format!("arn:{partition}:sqs:some-region-1:123456789012:orders.fifo");
            assert!(QueueArn::parse(&arn).is_some(), "{arn}");
        }
        let longest = format!("arn:aws:sqs:eu-west-1:123456789012:{}", "q".repeat(80));
        assert!(QueueArn::parse(&longest).is_some());
        assert!(QueueArn::parse(&format!("{longest}q")).is_none());
    }

    #[test]
    fn refuses_rates_that_sqs_does_not_have() {
        for rate in ["0", "-1", "501", "1.5", "fast", " 5", "99999999999"] {
            let error = read(&[DLQ, SOURCE, (MAX_PER_SECOND, rate)]).unwrap_err();
            assert!(error.contains("REDRIVE_RATE is `"), "{rate}: {error}");
        }
    }

    #[test]
    fn refuses_two_queues_that_cannot_be_a_pair() {
        for (dlq, problem) in [
            (SOURCE.1, "the same queue"),
            (
                "arn:aws:sqs:eu-west-1:123456789012:orders-dlq.fifo",
                "one FIFO and one standard",
            ),
            (
                "arn:aws:sqs:eu-west-2:123456789012:orders-dlq",
                "different regions or accounts",
            ),
            (
                "arn:aws:sqs:eu-west-1:210987654321:orders-dlq",
                "different regions or accounts",
            ),
        ] {
            let error = read(&[SOURCE, (DLQ_ARN, dlq)]).unwrap_err();
            assert!(error.contains(problem), "{dlq}: {error}");
        }
    }

    #[test]
    fn refuses_the_url_of_another_queue() {
        for url in [
            "https://sqs.eu-west-1.amazonaws.com/123456789012/orders",
            "orders-dlq",
            "sqs.eu-west-1.amazonaws.com/123456789012/orders-dlq",
        ] {
            let error = read(&[DLQ, SOURCE, (DLQ_URL, url)]).unwrap_err();
            assert!(error.contains("REDRIVE_DLQ_URL is `"), "{url}: {error}");
        }
    }
}
