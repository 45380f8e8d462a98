#[redrive::sqs_batch(
    queue = "orders-${Stage:-dev}",
    dlq_redrive = "rate(1 day)",
    env(
        TABLE = "${TableName}",
        PRICES = "https://${Host}/prices?stage=${Stage}",
        FORMAT = "$${id} of ${Stage}"
    ),
    policies = ["${TablePolicyArn}", "arn:aws:iam::${PolicyAccount}:policy/orders"],
)]
async fn process_order(order: Order) -> Result<(), OrderError> {}
