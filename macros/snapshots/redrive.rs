async fn process_order(order: Order) -> Result<(), OrderError> {
    ship(order).await
}
pub(crate) fn main() -> ::std::process::ExitCode {
    use ::redrive::__private as __redrive;
    use __redrive::UncheckedFuture as _;
    struct __RedriveHandler;
    impl __redrive::Handler for __RedriveHandler {
        type Message = Order;
        type Output = Result<(), OrderError>;
        type State = ();
        async fn init() -> ::core::result::Result<Self::State, __redrive::BoxError> {
            ::core::result::Result::Ok(())
        }
        type Sqs = __redrive::NoSqs;
        type Redrive = __redrive::Redrive;
        const SETTINGS: __redrive::Settings = __redrive::Settings {
            function: "process_order",
            timeout: ::core::time::Duration::new(30, 0),
            retries: 3,
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
        fn call(
            message: Self::Message,
            _: &Self::State,
        ) -> impl ::core::future::Future<Output = Self::Output> + ::core::marker::Send {
            __redrive::Captured::<
                Self::Message,
                Self::State,
            >::handler_future(self::process_order(message))
        }
    }
    #[cfg(panic = "abort")]
    {
        #[deprecated(
            note = "with `panic = \"abort\"` a panic in one message ends the process and all of its batch is delivered again; set `panic = \"unwind\"` under `[profile.release]` in the workspace's Cargo.toml (cargo-lambda sets \"abort\" unless you do), or accept it with `allow = \"panic_abort\"` [panic_abort]"
        )]
        const PANICS_ARE_NOT_CAUGHT: () = ();
        let () = PANICS_ARE_NOT_CAUGHT;
    }
    __redrive::main::<__RedriveHandler>()
}
const _: () = {
    let _ = main;
};
