#![allow(unused_variables)]

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

#[derive(serde::Deserialize)]
struct Parcel {
    #[serde(skip)]
    cache: std::rc::Rc<u8>,
}

#[sqs_batch(template = false)]
async fn handle(parcel: redrive::Message<Parcel>) -> Result<(), Error> {
    let _ = parcel.body.cache;
    Ok(())
}
