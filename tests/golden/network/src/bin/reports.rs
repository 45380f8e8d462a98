#[redrive::sqs_batch(alarms = false, dlq_redrive = "rate(1 day)")]
async fn write_report(report: Report) -> Result<(), ReportError> {}
