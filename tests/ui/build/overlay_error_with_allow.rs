#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch(allow = "receive_count_low")]
async fn handle(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}

//- build.rs
fn main() {
    redrive_infra::Builder::new()
        .overlay("infra/overlay.json")
        .build();
}

//- infra/overlay.json
{
  "Resources": {
    "HandleQueue": {
      "Properties": {
        "QueueName": "jobs",
        "RedrivePolicy": { "maxReceiveCount": 4 }
      }
    }
  }
}
