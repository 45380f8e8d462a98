use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

#[sqs_batch(batchsize = 5, retries = "3", timeout = 30, memory = 64, on_total_failure = "fail", retries = 2)]
async fn handle(order: Order) -> Result<(), Error> {
    let _ = order.id;
    Ok(())
}

//@ mistakes: 6
