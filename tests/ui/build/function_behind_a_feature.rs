#[cfg(feature = "more")]
#[redrive::sqs_batch]
async fn handle(_: Order) -> Result<(), String> {
    Ok(())
}

#[cfg(feature = "more")]
#[derive(serde::Deserialize)]
struct Order {}

#[cfg(not(feature = "more"))]
fn main() {}
