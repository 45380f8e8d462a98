use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

#[sqs_batch(dlq_redrive = "cron(60 24 * * ? *)", redrive_timezone = "Mars/Base", redrive_max_per_second = 501)]
async fn handle(order: Order) -> Result<(), Error> {
    let _ = order.id;
    Ok(())
}

//@ mistakes: 4
