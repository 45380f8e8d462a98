#![allow(unused_variables)]

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

struct Parcel;

#[sqs_batch(template = false)]
async fn handle(parcel: Parcel) -> Result<(), Error> {
    let _ = parcel;
    Ok(())
}
