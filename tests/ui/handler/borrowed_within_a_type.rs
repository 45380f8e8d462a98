#![allow(unused_variables)]

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

#[derive(serde::Deserialize)]
struct Parcel<'a> {
    sku: &'a str,
}

#[sqs_batch]
async fn handle(parcel: redrive::Message<Parcel<'_>>) -> Result<(), Error> {
    let _ = parcel.body.sku;
    Ok(())
}
