//! What it costs that a body without any field of a struct is rejected: the same
//! struct, read at the top of the body and from a list of one, where nothing is
//! checked, through the engine.

use std::hint::black_box;
use std::time::{Duration, Instant};

use redrive::testing::Batch;
use redrive::{BoxError, FromMessage};

const RECORDS: usize = 1_000;
const ROUNDS: usize = 101;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
    sku: String,
    quantity: u32,
}

fn check(order: &Order) -> Result<(), BoxError> {
    black_box((order.id, &order.sku, order.quantity));
    Ok(())
}

fn time<M: FromMessage + Send>(body: &str, read: fn(M) -> Result<(), BoxError>) -> Duration {
    let batch = (0..RECORDS).fold(Batch::new(), |batch, _| batch.text(body));
    let start = Instant::now();
    let report = batch.run(async |message: M| read(message));
    let elapsed = start.elapsed();
    assert!(report.failed().is_empty(), "every order is read");
    elapsed
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e9 / RECORDS as f64
}

fn main() {
    let order = r#"{"id": 1042, "sku": "lamp", "quantity": 3}"#;
    let list = format!("[{order}]");
    let (mut checked, mut unchecked) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        checked.push(time(order, |order: Order| check(&order)));
        unchecked.push(time(&list, |(order,): (Order,)| check(&order)));
    }
    let (checked, unchecked) = (median(checked), median(unchecked));
    println!("a record through the engine, median of {ROUNDS} rounds of {RECORDS}");
    println!("struct, checked:             {checked:6.0} ns");
    println!("struct in a list, unchecked: {unchecked:6.0} ns");
    println!("ratio:                       {:6.2}", checked / unchecked);
}
