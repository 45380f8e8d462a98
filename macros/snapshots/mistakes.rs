async fn process_order(order: Order) -> Result<(), OrderError> {
    Ok(())
}
pub(crate) fn main() {}
::core::compile_error! {
    "unknown key `batchsize`; did you mean `batch_size`? [unknown_key]"
}
::core::compile_error! {
    "`timeout` takes a duration with its unit; write `timeout = \"30s\"` for seconds [duration]"
}
