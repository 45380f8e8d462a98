#[redrive::sqs_batch]
async fn handle(message: Order) -> Result<(), Error> {}
