async fn process_order(order: Order) -> Result<(), OrderError> {
    ship(order).await
}
mod __redrive_process_order {
    pub(super) enum process_order {}
    impl process_order {
        pub(super) const HANDLER: &'static str = "process_order";
        pub(super) const REDRIVE_HANDLER: &'static str = "process_order.redrive";
        pub(super) const QUEUE: &'static str = "process-order";
        pub(super) const DLQ: &'static str = "process-order-dlq";
        pub(super) const PARKING: &'static str = "process-order-parked";
    }
}
use __redrive_process_order::*;
pub(crate) fn main() -> ::std::process::ExitCode {
    __redrive_process_order::process_order::__main()
}
const _: () = {
    use ::redrive::__private as __redrive;
    use __redrive::UncheckedFuture as _;
    impl __redrive::Handler for __redrive_process_order::process_order {
        type Message = Order;
        type Output = Result<(), OrderError>;
        type State = ();
        async fn init() -> ::core::result::Result<Self::State, __redrive::BoxError> {
            ::core::result::Result::Ok(())
        }
        type Sqs = __redrive::RedriveSqs;
        type Redrive = __redrive::Redrive;
        type Idempotency = __redrive::NotIdempotent;
        const SETTINGS: __redrive::Settings = __redrive::Settings {
            rounds: ::core::option::Option::Some(3),
            retries: 3,
            ..__redrive::Settings::of("process_order")
        };
        const MANIFEST: ::core::option::Option<&'static str> = ::core::option_env!(
            "REDRIVE_MANIFEST"
        );
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
    impl __redrive_process_order::process_order {
        fn __main() -> ::std::process::ExitCode {
            #[cfg(panic = "abort")]
            let () = __redrive::PANICS_ARE_NOT_CAUGHT;
            __redrive::main::<Self>()
        }
    }
    let _ = main;
};
