//! Tells Lambda that the function did not start, and why.

use lambda_runtime_api_client::{PooledClient, RuntimeApiClient, body::Body, build_request};
use serde_json::json;

/// Posts to Lambda's init error endpoint:
/// <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-initerror>.
///
/// What fails here is logged and no more: the process is about to end with
/// `error`, which counts.
pub(super) async fn report(error: &(dyn std::error::Error + Send + Sync)) {
    tracing::error!(%error, "init failed");
    // The client panics without it, and outside Lambda nobody listens.
    if std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_none() {
        return;
    }
    if let Err(lost) = report_to(&PooledClient::builder().build(), error).await {
        tracing::error!(error = lost, "the init error endpoint could not be told");
    }
}

async fn report_to(
    client: &PooledClient,
    error: &(dyn std::error::Error + Send + Sync),
) -> Result<(), lambda_runtime::Error> {
    let body = json!({"errorType": "Runtime.InitError", "errorMessage": error.to_string()});
    let request = build_request()
        .method("POST")
        .uri("/2018-06-01/runtime/init/error")
        .header("lambda-runtime-function-error-type", "Runtime.InitError")
        .body(Body::from(body.to_string()))?;
    RuntimeApiClient::call(client, request).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::FakeAws;
    use super::*;

    #[tokio::test]
    async fn posts_type_and_message() {
        let path = "/2018-06-01/runtime/init/error";
        let lambda = FakeAws::start([(path, (202, json!({"status": "OK"})))]).await;
        let client = PooledClient::builder()
            .with_endpoint(lambda.address.parse().unwrap())
            .build();

        report_to(&client, &std::fmt::Error).await.unwrap();

        assert_eq!(
            lambda.request(path),
            json!({
                "errorType": "Runtime.InitError",
                "errorMessage": std::fmt::Error.to_string(),
            })
        );
    }
}
