async fn process_order(order: Order) -> Result<(), OrderError> {
    Ok(())
}
pub(crate) fn main() {}
::core::compile_error! {
    "unknown key `batchsize`; write `batch_size = 5` [unknown_key]"
}
::core::compile_error! {
    "`timeout` has no unit; write `timeout = \"30s\"` [duration]"
}
