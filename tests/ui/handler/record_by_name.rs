#![allow(unused_variables)]

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

use aws_lambda_events::sqs::SqsMessage;

#[sqs_batch]
async fn handle(record: SqsMessage) -> Result<(), Error> {
    let _ = record;
    Ok(())
}
