//! `crate = path` finds a dependency that has another name.

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[renamed::sqs_batch(crate = ::renamed, dlq_redrive = "rate(1 day)")]
async fn renamed_dependency(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}
