use redrive::{sqs_batch, testing::Batch};

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

struct Pool;

#[sqs_batch(retries = 300, init = connect)]
async fn handle(order: Order, _: &Pool) -> Result<(), redrive::BoxError> {
    let _ = order.id;
    Ok(())
}

async fn connect() -> Result<Pool, redrive::BoxError> {
    Ok(Pool)
}

fn in_a_test() {
    let report = Batch::of::<handle>().state(Pool).text("{}").run();
    assert_eq!(report.attempts("m1"), 1);
    assert_eq!(handle::HANDLER, "handle");
}
