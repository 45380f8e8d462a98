//@ --features sqs-client
#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch(dlq_redrive = "rate(1 day)")]
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
        "KmsMasterKeyId": "alias/orders",
        "SqsManagedSseEnabled": null
      }
    },
    "WorkerKey": {
      "Type": "AWS::IAM::RolePolicy",
      "Properties": {
        "RoleName": { "Ref": "HandleWorkerRole" },
        "PolicyName": "key",
        "PolicyDocument": {
          "Statement": [{ "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*" }]
        }
      }
    }
  }
}
