//! Rules about the handler's signature and its types.

use super::{examples, rules};

rules! {
    /// The attribute generates `main` next to the function. An `impl`, a trait or another function cannot
    /// contain it.
    HANDLER_FUNCTION: Error = examples(
        "#[sqs_batch] struct Order;",
        "#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
    );

    /// Messages are handled concurrently and within a time limit, which needs an `async fn`.
    HANDLER_ASYNC: Error = examples(
        "#[sqs_batch] fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
        "#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
    );

    /// The handler is an ordinary Rust function.
    HANDLER_PLAIN: Error = examples(
        "#[sqs_batch] async unsafe fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
        "#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
    );

    /// A queue contains messages of one type, so nothing would choose the parameters.
    HANDLER_GENERIC: Error = examples(
        "#[sqs_batch] async fn handle<T>(order: T) -> Result<(), Error> { Ok(()) }",
        "#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
    );

    /// The attribute also generates `main`.
    HANDLER_NAME: Error = examples(
        "#[sqs_batch] async fn main(order: Order) -> Result<(), Error> { Ok(()) }",
        "#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
    );

    /// `#[sqs_batch]` generates `main` and starts the async runtime; a macro that starts one as well would
    /// make the handler a function that is not async.
    HANDLER_MAIN_MACRO: Error = examples(
        "#[sqs_batch] #[tokio::main] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
        "#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
    );

    /// The attribute also generates `main`, so don't write one. Move start-up code, such as setting up logging,
    /// to `init`, which runs once per cold start.
    OWN_MAIN: Error = examples(
        r#"// src/main.rs
#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }
fn main() { set_up_logging(); }"#,
        r#"// src/main.rs
#[sqs_batch(init = start)] async fn handle(order: Order, _: &()) -> Result<(), Error> { Ok(()) }
async fn start() -> Result<(), Error> { set_up_logging(); Ok(()) }"#,
    );

    /// The name is the handler of the worker; with `.redrive` appended it is the handler of the redrive
    /// function. Lambda allows 128 characters.
    HANDLER_NAME_LENGTH: Error = examples(
        "#[sqs_batch] async fn process_order_order_order_order_order_order_order_order_order_order_order_order_order_order_order_order_order_order_order_(order: Order) -> Result<(), Error> { Ok(()) }",
        "#[sqs_batch] async fn process_order(order: Order) -> Result<(), Error> { Ok(()) }",
    );

    /// The handler has a parameter for the message, and one for the state if it needs a state.
    HANDLER_PARAMETERS: Error = examples(
        "#[sqs_batch] async fn handle() -> Result<(), Error> { Ok(()) }",
        "#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
    );

    /// The message is decoded for each attempt and passed by value. Its type decides how it is read.
    HANDLER_MESSAGE: Error = examples(
        "#[sqs_batch] async fn handle(order: &str) -> Result<(), Error> { Ok(()) }",
        "#[sqs_batch] async fn handle(order: redrive::Text) -> Result<(), Error> { Ok(()) }",
    );

    /// The handler is called once for each message. A `Vec` reads a JSON array from the body of one message,
    /// and any other body is malformed.
    HANDLER_MESSAGE_LIST: Warning = examples(
        "#[sqs_batch] async fn handle(orders: Vec<Order>) -> Result<(), Error> { Ok(()) }",
        "#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
    );

    /// `init` builds the state once per cold start, and each call of the handler gets a reference to it.
    HANDLER_STATE: Error = examples(
        "#[sqs_batch] async fn handle(order: Order, state: &State) -> Result<(), Error> { Ok(()) }",
        "#[sqs_batch(init = connect)] async fn handle(order: Order, state: &State) -> Result<(), Error> { Ok(()) }",
    );

    /// `Ok` deletes the message and `Err` keeps it, so the handler has to say which.
    HANDLER_RESULT: Error = examples(
        "#[sqs_batch] async fn handle(order: Order) { }",
        "#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
    );

    /// The error is converted into a `Box<dyn std::error::Error + Send + Sync>`, so that the log and Lambda can
    /// show it. `thiserror` derives what is needed.
    HANDLER_ERROR: Error = examples(
        r#"// src/main.rs
struct Failed;
#[sqs_batch] async fn handle(order: Order) -> Result<(), Failed> { Ok(()) }"#,
        r#"// src/main.rs
#[derive(Debug, thiserror::Error)]
#[error("it failed")]
struct Failed;
#[sqs_batch] async fn handle(order: Order) -> Result<(), Failed> { Ok(()) }"#,
    );

    /// Lambda may run the worker on several threads, and a future moves between them at each `.await`; what
    /// the handler, or `init`, holds across one must be `Send`. Drop it before, or use the type that is:
    /// `Arc` for `Rc`, `tokio::sync::Mutex` if it is the guard of a `std` one.
    HANDLER_FUTURE: Error = examples(
        r#"// src/main.rs
#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> {
    let seen = Rc::new(order.id);
    ship(&order).await?;
    log(&seen)
}"#,
        r#"// src/main.rs
#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> {
    let seen = Arc::new(order.id);
    ship(&order).await?;
    log(&seen)
}"#,
    );

    /// `init` is called once per cold start, without arguments, and awaited. It returns the state of the
    /// handler, or an error that Lambda shows.
    HANDLER_INIT: Error = examples(
        r#"// src/main.rs
async fn connect() -> Pool { Pool::new() }
#[sqs_batch(init = connect)] async fn handle(order: Order, pool: &Pool) -> Result<(), Error> { Ok(()) }"#,
        r#"// src/main.rs
async fn connect() -> Result<Pool, Error> { Ok(Pool::new()) }
#[sqs_batch(init = connect)] async fn handle(order: Order, pool: &Pool) -> Result<(), Error> { Ok(()) }"#,
    );

    /// `flush` is called after each answer, with the state or without parameters, and awaited; it returns
    /// nothing, because the messages are answered already.
    HANDLER_FLUSH: Error = examples(
        r#"// src/main.rs
fn flush() {}
#[sqs_batch(flush = flush)] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }"#,
        r#"// src/main.rs
async fn flush() {}
#[sqs_batch(flush = flush)] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }"#,
    );

    /// `is_permanent` returns whether no further attempt can succeed after this error of the handler. If the
    /// handler returns a boxed error, its type is `fn(&redrive::BoxError) -> bool`.
    HANDLER_PERMANENT: Error = examples(
        r#"// src/main.rs
fn is_gone(error: Error) -> bool { matches!(error, Error::Gone) }
#[sqs_batch(is_permanent = is_gone)] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }"#,
        r#"// src/main.rs
fn is_gone(error: &Error) -> bool { matches!(error, Error::Gone) }
#[sqs_batch(is_permanent = is_gone)] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }"#,
    );
}
