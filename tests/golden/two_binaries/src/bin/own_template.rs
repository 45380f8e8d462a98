#[redrive::sqs_batch(template = false)]
async fn not_ours(invoice: Invoice) -> Result<(), InvoiceError> {}
