//! The usual hand-written batch loop on the stock types.

use std::future::Future;

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use lambda_runtime::{Error, LambdaEvent, run, service_fn, tracing};
use serde::Deserialize;

/// The body of a message.
#[derive(Debug, Deserialize)]
pub struct Order {
    /// Its number.
    pub id: u64,
    /// What is ordered.
    pub sku: String,
    /// How many of it.
    pub quantity: u32,
}

/// Serves Lambda with `process`, one record after another.
///
/// # Errors
///
/// The Runtime API cannot be reached.
pub async fn serve<P, F>(process: P) -> Result<(), Error>
where
    P: Fn(Order) -> F,
    F: Future<Output = Result<(), Error>>,
{
    tracing::init_default_subscriber();
    run(service_fn(|event: LambdaEvent<SqsEvent>| {
        handle(event.payload, &process)
    }))
    .await
}

async fn handle<P, F>(event: SqsEvent, process: &P) -> Result<SqsBatchResponse, Error>
where
    P: Fn(Order) -> F,
    F: Future<Output = Result<(), Error>>,
{
    let mut response = SqsBatchResponse::default();
    for record in event.records {
        let id = record.message_id.unwrap_or_default();
        let body = record.body.unwrap_or_default();
        let result = match serde_json::from_str(&body) {
            Ok(order) => process(order).await,
            Err(error) => Err(error.into()),
        };
        if let Err(error) = result {
            tracing::error!(id, error, "record failed");
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = id;
            response.batch_item_failures.push(failure);
        }
    }
    Ok(response)
}
