#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[cfg_attr(beta, redrive::sqs_batch(memory = 512))]
#[cfg_attr(not(beta), redrive::sqs_batch)]
async fn handle(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}

//- build.rs
fn main() {
    println!("cargo::rustc-check-cfg=cfg(beta)");
    println!("cargo::rustc-cfg=beta");
    redrive_infra::build();
}
