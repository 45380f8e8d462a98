#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch]
async fn handle(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}

//- build.rs
fn main() {
    // As cargo would say it of a target that may not be installed here.
    unsafe { std::env::set_var("CARGO_CFG_TARGET_ARCH", "riscv64") };
    redrive_infra::build();
}
