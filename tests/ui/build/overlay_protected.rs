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

//- infra/overlay.json
{
  "Resources": {
    "HandleEventSourceMapping": {
      "Properties": { "EventSourceArn": { "Fn::ImportValue": "OtherQueue" } }
    },
    "OtherPolicy": {
      "Type": "AWS::SQS::QueuePolicy",
      "Properties": {
        "Queues": [{ "Ref": "HandleQueue" }],
        "PolicyDocument": {
          "Statement": [
            {
              "Effect": "Allow",
              "Principal": { "Service": "sns.amazonaws.com" },
              "Action": "sqs:SendMessage",
              "Resource": "*"
            }
          ]
        }
      }
    },
    "HandleQueuePolicy": {
      "Properties": {
        "PolicyDocument": {
          "Statement": [
            {
              "Sid": "DenyInsecureTransport",
              "Effect": "Allow",
              "Principal": "*",
              "Action": "sqs:*",
              "Resource": "*"
            }
          ]
        }
      }
    },
    "HandleWorkerRole": {
      "Properties": {
        "AssumeRolePolicyDocument": {
          "Statement": [{ "Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole" }]
        }
      }
    },
    "HandleRedriveRole": {
      "Properties": { "Policies": [] }
    },
    "HandleSchedule": {
      "Properties": { "EndDate": "2020-01-01T00:00:00Z" }
    },
    "HandleRedrive": {
      "Properties": { "ReservedConcurrentExecutions": 0, "Timeout": 1 }
    },
    "HandleDlq": {
      "UpdateReplacePolicy": "Delete",
      "DeletionPolicy": "Delete"
    },
    "HandleDlqPolicy": null,
    "FailedRedrives": {
      "Properties": { "FifoQueue": true }
    }
  }
}

//- build.rs
fn main() {
    redrive_infra::Builder::new()
        .overlay("infra/overlay.json")
        .build();
}
//@ mistakes: 12
