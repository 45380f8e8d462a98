#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch]
async fn handle(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}

//- infra/overlay.json
{
  "Resources": {
    "HandleWorker": { "Properties": { "MemorySize": 64, "Handler": "main" } },
    "HandleEventSourceMapping": { "Properties": { "BatchSize": 100 } },
    "HandleQueue": { "Properties": { "RedrivePolicy": null } }
  }
}

//- build.rs
fn main() {
    redrive_infra::Builder::new()
        .overlay("infra/overlay.json")
        .build();
}
//@ mistakes: 5
