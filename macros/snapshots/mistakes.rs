async fn process_order(order: Order) -> Result<(), OrderError> {
    Ok(())
}
pub(crate) fn main() {}
::core::compile_error! {
    "unknown key `batchsize` [unknown_key]\nhelp: write `batch_size = 5`"
}
::core::compile_error! {
    "`timeout` has no unit [duration]\nhelp: write `timeout = \"30s\"`"
}
