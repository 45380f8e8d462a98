#[redrive::sqs_batch(queue = "invoices", dlq_redrive = "rate(1 day)")]
async fn handle(invoice: Invoice) -> Result<(), InvoiceError> {}
