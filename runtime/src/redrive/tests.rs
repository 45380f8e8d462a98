//! The configuration of the redrive function's tests.

use redrive_model::names;

use super::config::Config;

/// A pair of standard queues, with the URL that the template gives.
pub(super) fn config(rate: Option<u32>) -> Config {
    let rate = rate.map(|rate| rate.to_string());
    Config::from_lookup(&|name: &str| match name {
        names::DLQ_ARN => Some("arn:aws:sqs:eu-west-1:123456789012:orders-dlq".to_owned()),
        names::SOURCE_ARN => Some("arn:aws:sqs:eu-west-1:123456789012:orders".to_owned()),
        names::DLQ_URL => {
            Some("https://sqs.eu-west-1.amazonaws.com/123456789012/orders-dlq".to_owned())
        }
        names::MAX_PER_SECOND => rate.clone(),
        _ => None,
    })
    .unwrap()
}
