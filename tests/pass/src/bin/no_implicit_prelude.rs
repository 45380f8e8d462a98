//! Generated code names everything by its absolute path.
#![no_implicit_prelude]

#[derive(::serde::Deserialize)]
struct Order {
    id: u64,
}

#[::redrive::sqs_batch(dlq_redrive = "rate(1 day)", attempt_timeout = "1s", batch_size = 1)]
async fn no_prelude(order: Order) -> ::std::result::Result<(), ::std::string::String> {
    let _ = order.id;
    ::std::result::Result::Ok(())
}
