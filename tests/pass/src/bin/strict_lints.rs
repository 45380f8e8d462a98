//! Generated code needs no `allow` and survives lints that cannot be allowed.
#![forbid(unsafe_code, missing_docs, unreachable_pub)]
#![deny(
    warnings,
    unused,
    nonstandard_style,
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used
)]

struct Warehouse {
    name: &'static str,
}

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

async fn connect() -> Result<Warehouse, std::io::Error> {
    std::future::ready(()).await;
    Ok(Warehouse { name: "main" })
}

fn is_permanent(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::NotFound
}

#[redrive::sqs_batch(
    queue = "strict",
    init = connect,
    is_permanent = is_permanent,
    retries = 1,
    idempotent(key = order.id),
    dlq_redrive = "cron(0 23 ? * SUN-THU *)",
    redrive_timezone = "Asia/Jerusalem"
)]
async fn strict_lints(order: Order, warehouse: &Warehouse) -> Result<(), std::io::Error> {
    std::future::ready(()).await;
    if order.id == 0 {
        return Err(std::io::Error::other(warehouse.name));
    }
    Ok(())
}
