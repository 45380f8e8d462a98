/// Ships an order.
pub(crate) async fn process_order(
    order: Message<Order>,
    pool: &Pool,
) -> anyhow::Result<()> {
    pool.ship(order).await
}
pub(crate) fn main() -> ::renamed::__private::ExitCode {
    struct __RedriveHandler;
    impl ::renamed::__private::Handler for __RedriveHandler {
        type Message = Message<Order>;
        type Output = anyhow::Result<()>;
        type State = Pool;
        fn init() -> impl ::core::future::Future<
            Output = ::core::result::Result<Self::State, ::renamed::__private::BoxError>,
        > + ::core::marker::Send {
            ::renamed::__private::handler_init::<Self::State, _, _>(connect)
        }
        type Sqs = ::renamed::__private::Sqs;
        type Redrive = ::renamed::__private::NoRedrive;
        const SETTINGS: ::renamed::__private::Settings = ::renamed::__private::Settings {
            function: "process_order",
            timeout_seconds: 30u32,
            retries: 2u32,
            backoff_min_ms: 200u64,
            backoff_max_ms: 5000u64,
            concurrency: 10u32,
            attempt_timeout_ms: ::core::option::Option::Some(1000u64),
            on_total_failure: ::renamed::__private::OnTotalFailure::Error,
            on_group_failure: ::renamed::__private::OnGroupFailure::SkipGroup,
            on_permanent: ::renamed::__private::OnPermanent::Dlq,
            queue_backoff_seconds: ::core::option::Option::Some((30u32, 900u32)),
            metrics: true,
        };
        fn call(
            message: Self::Message,
            state: &Self::State,
        ) -> impl ::core::future::Future<Output = Self::Output> + ::core::marker::Send {
            ::renamed::__private::handler_future(process_order(message, state))
        }
        fn is_permanent(
            error: &<Self::Output as ::renamed::__private::HandlerResult>::Error,
        ) -> bool {
            ::renamed::__private::handler_permanent(error, OrderError::is_permanent)
        }
    }
    ::renamed::__private::main::<__RedriveHandler>()
}
const _: fn() -> ::renamed::__private::ExitCode = main;
