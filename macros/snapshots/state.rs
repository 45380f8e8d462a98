/// Ships an order.
pub(crate) async fn process_order(
    order: Message<Order>,
    pool: &Pool,
) -> anyhow::Result<()> {
    pool.ship(order).await
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
pub(crate) fn main() -> ::std::process::ExitCode {
    __redrive_process_order::process_order::__main()
}
const _: () = {
    use ::renamed::__private as __redrive;
    use __redrive::UncheckedFuture as _;
    impl __redrive::Handler for __redrive_process_order::process_order {
        type Message = Message<Order>;
        type Output = anyhow::Result<()>;
        type State = Pool;
        fn init() -> impl ::core::future::Future<
            Output = ::core::result::Result<Self::State, __redrive::BoxError>,
        > + ::core::marker::Send {
            __redrive::handler_init::<Self::State, _, _>(connect)
        }
        type Sqs = __redrive::Sqs;
        type Redrive = __redrive::NoRedrive;
        type Idempotency = __redrive::NotIdempotent;
        const SETTINGS: __redrive::Settings = __redrive::Settings {
            concurrency: 10,
            attempt_timeout: ::core::option::Option::Some(
                ::core::time::Duration::new(1, 0),
            ),
            on_permanent: __redrive::model::policy::OnPermanent::Dlq,
            queue_backoff: ::core::option::Option::Some(
                __redrive::model::Backoff::new(
                    ::core::time::Duration::new(30, 0),
                    ::core::time::Duration::new(900, 0),
                ),
            ),
            ..__redrive::Settings::of("process_order")
        };
        const MANIFEST: ::core::option::Option<&'static str> = ::core::option_env!(
            "REDRIVE_MANIFEST"
        );
        fn call(
            message: Self::Message,
            state: &Self::State,
        ) -> impl ::core::future::Future<Output = Self::Output> + ::core::marker::Send {
            __redrive::Captured::<
                Self::Message,
                Self::State,
            >::handler_future(self::process_order(message, state))
        }
        fn is_permanent(error: &__redrive::ErrorOf<Self::Output>) -> bool {
            __redrive::handler_permanent(error, OrderError::is_permanent)
        }
    }
    impl __redrive_process_order::process_order {
        fn __main() -> ::std::process::ExitCode {
            __redrive::main::<Self>()
        }
    }
    let _ = main;
};
