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
mod __redrive_process_order {
    pub(super) enum process_order {}
    impl process_order {
        pub(super) const HANDLER: &'static str = "process_order";
        pub(super) const QUEUE: &'static str = "process-order";
        pub(super) const DLQ: &'static str = "process-order-dlq";
    }
}
use __redrive_process_order::*;
const _: () = {
    use ::redrive::__private as __redrive;
    impl __redrive::Handler for __redrive_process_order::process_order {
        type Message = ();
        type Output = ::core::result::Result<(), __redrive::BoxError>;
        type State = ();
        type Sqs = __redrive::NoSqs;
        type Redrive = __redrive::NoRedrive;
        type Idempotency = __redrive::NotIdempotent;
        const SETTINGS: __redrive::Settings = __redrive::Settings::of("process_order");
        async fn init() -> ::core::result::Result<Self::State, __redrive::BoxError> {
            ::core::unreachable!()
        }
        async fn call((): (), _: &Self::State) -> Self::Output {
            ::core::unreachable!()
        }
    }
};
