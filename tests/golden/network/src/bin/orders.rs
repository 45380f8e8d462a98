#[redrive::sqs_batch(
    vpc = true,
    pollers = "2..50",
    reserved_concurrency = 500,
    timeout = "30m",
    on_permanent = "dlq",
    alarms(dlq_depth = 10, oldest = "1d", errors = 3),
    allow = ["vpc_endpoint", "timeout_over_15_min"],
)]
async fn process_order(order: Order) -> Result<(), OrderError> {}
