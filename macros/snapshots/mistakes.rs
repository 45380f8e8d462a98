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
        const SETTINGS: __redrive::Settings = __redrive::Settings {
            function: "process_order",
            rounds: ::core::option::Option::None,
            timeout: ::core::time::Duration::new(30, 0),
            max_receive_count: 5,
            retries: 2,
            backoff: __redrive::model::Backoff::new(
                ::core::time::Duration::new(0, 200000000),
                ::core::time::Duration::new(5, 0),
            ),
            concurrency: 1,
            attempt_timeout: ::core::option::Option::None,
            on_total_failure: __redrive::model::policy::OnTotalFailure::Error,
            on_group_failure: __redrive::model::policy::OnGroupFailure::SkipGroup,
            on_permanent: __redrive::model::policy::OnPermanent::Report,
            queue_backoff: ::core::option::Option::None,
            metrics: true,
        };
        const IS_FIFO: bool = false;
        async fn init() -> ::core::result::Result<Self::State, __redrive::BoxError> {
            ::core::unreachable!()
        }
        async fn call((): (), _: &Self::State) -> Self::Output {
            ::core::unreachable!()
        }
    }
};
