#[redrive::sqs_batch(queue = "invoices", dlq_redrive = "rate(1 day)")]
async fn send_invoice(invoice: Invoice) -> Result<(), InvoiceError> {}
