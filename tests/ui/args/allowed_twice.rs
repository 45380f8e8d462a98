use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

#[sqs_batch(max_receive_count = 4, allow = ["receive_count_low", "receive_count_low"])]
async fn handle(order: Order) -> Result<(), Error> {
    let _ = order.id;
    Ok(())
}
