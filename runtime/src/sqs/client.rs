//! The SQS client, and what Lambda's environment says for any client.
//!
//! Lambda puts credentials and region into the environment and renews them by
//! starting a new process. The provider chain of `aws-config` (profiles, SSO, STS,
//! container and instance metadata) would only add size and time to each start; of
//! the rest of it, a function needs the few variables that are read here.

use std::{env, time::Duration};

use aws_sdk_sqs::{
    Client,
    config::{
        BehaviorVersion, Credentials, Region, SharedCredentialsProvider, retry::RetryConfig,
        timeout::TimeoutConfig,
    },
};
use aws_types::SdkConfig;

const ACCESS_KEY_ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET_ACCESS_KEY: &str = "AWS_SECRET_ACCESS_KEY";
const SESSION_TOKEN: &str = "AWS_SESSION_TOKEN";
/// The first one set wins; Lambda sets both.
const REGION: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];
/// The variable of all services.
const ENDPOINT: &str = "AWS_ENDPOINT_URL";

/// Which of the region's endpoints, if they are `true`:
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html>.
const FIPS: &str = "AWS_USE_FIPS_ENDPOINT";
const DUAL_STACK: &str = "AWS_USE_DUALSTACK_ENDPOINT";

/// A call transfers a few kilobytes to the same region: a longer one is
/// lost, and a retry is better than waiting.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(5);

/// Reads what the environment says about calls to `service`, from any lookup, so that a
/// test need not set variables. `endpoint` is the service's own variable, which has
/// precedence, as in every AWS SDK:
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>.
///
/// # Errors
///
/// Names every variable for credentials or region that is not set.
pub(crate) fn sdk_config(
    lookup: impl Fn(&str) -> Option<String>,
    service: &str,
    endpoint: &str,
    attempt_timeout: Duration,
) -> Result<SdkConfig, String> {
    // An empty variable is how templates and shells say "none".
    let get = |name: &str| lookup(name).filter(|value| !value.is_empty());
    let first = |names: [&str; 2]| names.into_iter().find_map(get);

    let (key, secret, region) = (get(ACCESS_KEY_ID), get(SECRET_ACCESS_KEY), first(REGION));
    let (Some(key), Some(secret), Some(region)) = (&key, &secret, &region) else {
        let required = [
            (ACCESS_KEY_ID, key),
            (SECRET_ACCESS_KEY, secret),
            (REGION[0], region),
        ];
        let missing = required.into_iter().filter(|(_, value)| value.is_none());
        let missing: Vec<_> = missing.map(|(name, _)| name).collect();
        return Err(format!(
            "cannot call {service} without {}; Lambda sets them for every function, set them yourself to run elsewhere",
            missing.join(", ")
        ));
    };
    let is_on = |name| get(name).map(|value| value.eq_ignore_ascii_case("true"));
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(attempt_timeout);
    let credentials = Credentials::new(key, secret, get(SESSION_TOKEN), None, "LambdaEnvironment");
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .region(Region::new(region.clone()))
        .retry_config(RetryConfig::standard())
        .timeout_config(timeouts.build());
    config.set_endpoint_url(first([endpoint, ENDPOINT]));
    config.set_use_fips(is_on(FIPS));
    config.set_use_dual_stack(is_on(DUAL_STACK));
    Ok(config.build())
}

/// Creates a client from the environment of this process.
///
/// Does no input or output: the connection is opened by the first call.
///
/// # Errors
///
/// Names every variable for credentials or region that is not set.
pub(crate) fn client() -> Result<Client, String> {
    client_from(|name| env::var(name).ok())
}

/// As [`client`], from any lookup.
pub(crate) fn client_from(lookup: impl Fn(&str) -> Option<String>) -> Result<Client, String> {
    let config = sdk_config(lookup, "SQS", "AWS_ENDPOINT_URL_SQS", ATTEMPT_TIMEOUT)?;
    Ok(Client::new(&config))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use aws_sdk_sqs::config::{HttpClient, RuntimeComponents};
    use aws_smithy_runtime_api::{
        client::{
            http::{
                HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
            },
            orchestrator::HttpRequest,
            result::ConnectorError,
        },
        shared::IntoShared as _,
    };

    use super::*;

    /// Where calls go, none of which arrives.
    #[derive(Clone, Debug, Default)]
    struct Nowhere(Arc<Mutex<Option<String>>>);

    impl HttpClient for Nowhere {
        fn http_connector(
            &self,
            _: &HttpConnectorSettings,
            _: &RuntimeComponents,
        ) -> SharedHttpConnector {
            self.clone().into_shared()
        }
    }

    impl HttpConnector for Nowhere {
        fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
            *self.0.lock().unwrap() = Some(request.uri().to_owned());
            HttpConnectorFuture::ready(Err(ConnectorError::user("nowhere".into())))
        }
    }

    #[tokio::test]
    async fn calls_go_to_the_endpoint_of_the_region_that_is_asked_for() {
        for (region, more, expected) in [
            ("eu-west-1", "", "https://sqs.eu-west-1.amazonaws.com/"),
            ("cn-north-1", "", "https://sqs.cn-north-1.amazonaws.com.cn/"),
            (
                "us-gov-west-1",
                "",
                "https://sqs.us-gov-west-1.amazonaws.com/",
            ),
            (
                "us-east-1",
                FIPS,
                "https://sqs-fips.us-east-1.amazonaws.com/",
            ),
            ("us-east-1", DUAL_STACK, "https://sqs.us-east-1.api.aws/"),
        ] {
            let nowhere = Nowhere::default();
            let client = client_from(|name| match name {
                "AWS_REGION" => Some(region.to_owned()),
                "AWS_ENDPOINT_URL" | "AWS_ENDPOINT_URL_SQS" => None,
                _ if name == more => Some("True".to_owned()),
                FIPS | DUAL_STACK => None,
                _ => Some("test".to_owned()),
            })
            .unwrap();
            let config = client.config().to_builder().http_client(nowhere.clone());

            let call = Client::from_conf(config.build()).list_queues().send();
            assert!(call.await.is_err());

            assert_eq!(nowhere.0.lock().unwrap().as_deref(), Some(expected));
        }
    }

    fn lookup<'a>(
        variables: &'a [(&'a str, &'a str)],
    ) -> impl Fn(&str) -> Option<String> + use<'a> {
        move |name| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        }
    }

    #[test]
    fn names_every_missing_variable() {
        let error = client_from(lookup(&[("AWS_ACCESS_KEY_ID", "")])).unwrap_err();

        assert_eq!(
            error,
            "cannot call SQS without AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION; \
             Lambda sets them for every function, set them yourself to run elsewhere"
        );
    }

    #[test]
    fn takes_the_region_from_either_variable() {
        let credentials = [
            ("AWS_ACCESS_KEY_ID", "AKID"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
        ];
        for (variables, region) in [
            (vec![("AWS_DEFAULT_REGION", "eu-west-1")], "eu-west-1"),
            (
                vec![
                    ("AWS_DEFAULT_REGION", "eu-west-1"),
                    ("AWS_REGION", "il-central-1"),
                ],
                "il-central-1",
            ),
        ] {
            let variables = [&credentials[..], &variables].concat();
            let client = client_from(lookup(&variables)).unwrap();

            assert_eq!(client.config().region().unwrap().as_ref(), region);
        }
    }
}
