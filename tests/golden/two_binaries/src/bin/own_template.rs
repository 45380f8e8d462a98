#[redrive::sqs_batch(infra = false)]
async fn not_ours(invoice: Invoice) -> Result<(), InvoiceError> {}
