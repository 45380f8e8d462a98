#![allow(unused_variables)]

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

use aws_lambda_events::sqs::SqsEvent;

#[sqs_batch]
async fn handle(event: SqsEvent) -> Result<(), Error> {
    let _ = event;
    Ok(())
}
