use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

#[sqs_batch(
    timout = "900s",
    attempt_timeout = "60s",
    dlq_redrve = "rate(1 day)",
    redrive_timezone = "Asia/Jerusalem",
    alow = "receive_count_low",
    max_receive_count = 3,
    int = connect
)]
async fn handle(order: Order, state: &String) -> Result<(), Error> {
    let _ = (order.id, state);
    Ok(())
}

//@ mistakes: 4
