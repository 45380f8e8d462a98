//! Rules that are judged where a value or a token is read, or where the function
//! is expanded.

use super::redrive::SCHEDULES;
use super::{Rule, rule, see, warning};

pub(super) const RULES: &[Rule] = &[
    rule(
        "syntax",
        "The attribute holds `key = value` and `env(NAME = \"value\")`, separated by commas.",
        "#[sqs_batch(retries 3)]",
        "#[sqs_batch(retries = 3)]",
    ),
    rule(
        "nesting",
        "What is nested hundreds of levels deep would overflow the stack of what reads it; no value is, and a type that is takes names for its parts.",
        "// #[sqs_batch(init = build::<A<A<A<…>>>)], with hundreds of `A<`",
        "// type Parts = A<A<A<…>>>;\n#[sqs_batch(init = build::<Parts>)]",
    ),
    rule(
        "unknown_key",
        "A key that is misspelt would silently leave its default in place.",
        "#[sqs_batch(batchsize = 5)]",
        "#[sqs_batch(batch_size = 5)]",
    ),
    rule(
        "duplicate_key",
        "Of two values for one key one would be silently dropped, and of two attributes on a function only one can make its Lambda.",
        "#[sqs_batch(retries = 1, retries = 2)]",
        "#[sqs_batch(retries = 2)]",
    ),
    rule(
        "wrong_type",
        "Numbers and booleans stand without quotes, names and durations with them, functions as paths.",
        "#[sqs_batch(retries = \"3\")]",
        "#[sqs_batch(retries = 3)]",
    ),
    rule(
        "out_of_range",
        "AWS refuses the value, or redrive cannot keep its promises with it; the error says what is allowed.",
        "#[sqs_batch(batch_size = 0)]",
        "#[sqs_batch(batch_size = 1)]",
    ),
    rule(
        "unknown_choice",
        "The key takes one of a few words.",
        "#[sqs_batch(on_total_failure = \"fail\")]",
        "#[sqs_batch(on_total_failure = \"error\")]",
    ),
    rule(
        "duration",
        "A duration has its unit (`ms`, `s`, `m`, `h`, `d`), so that nobody takes seconds for minutes.",
        "#[sqs_batch(timeout = \"30 sec\")]",
        "#[sqs_batch(timeout = \"30s\")]",
    ),
    rule(
        "backoff_order",
        "Waits grow from the first duration to the second.",
        "#[sqs_batch(backoff = \"1s..500ms\")]",
        "#[sqs_batch(backoff = \"500ms..1s\")]",
    ),
    rule(
        "env_name",
        "Lambda takes names of a letter and then letters, digits and `_`.",
        "#[sqs_batch(env(_LEVEL = \"info\"))]",
        "#[sqs_batch(env(LEVEL = \"info\"))]",
    ),
    rule(
        "env_reserved",
        "Lambda refuses to overwrite what it sets itself, and the template sets those with `REDRIVE_`.",
        "#[sqs_batch(env(AWS_REGION = \"eu-west-1\"))]",
        "#[sqs_batch(env(BUCKET_REGION = \"eu-west-1\"))]",
    ),
    rule(
        "policy_arn",
        "IAM takes the ARN of a managed policy, not its name.",
        "#[sqs_batch(policies = \"AmazonS3ReadOnlyAccess\")]",
        "#[sqs_batch(policies = \"arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess\")]",
    ),
    rule(
        "unknown_rule",
        "`allow` takes the id of a warning, or of an error that may be a deliberate choice; what AWS refuses cannot be allowed.",
        "#[sqs_batch(queue = \"orders.fifo\", allow = \"fifo_order\")]",
        "#[sqs_batch(queue = \"orders.fifo\", allow = \"fifo_dlq_order\")]",
    ),
    warning(rule(
        "allow_unneeded",
        "As long as a rule is allowed, nobody is told when something breaks it later; allow what is broken now. What only the build can judge, such as `panic_abort`, may be allowed at any time.",
        "#[sqs_batch(allow = \"receive_count_low\")]",
        "#[sqs_batch(max_receive_count = 4, allow = \"receive_count_low\")]",
    )),
    see(
        SCHEDULES,
        rule(
            "schedule_form",
            "A schedule is `cron(minutes hours day-of-month month day-of-week year)` or `rate(number unit)`. The year may be left out, which means every year; the template then writes `*` for it.",
            "#[sqs_batch(dlq_redrive = \"0 23 * * *\")]",
            "#[sqs_batch(dlq_redrive = \"cron(0 23 * * ? *)\")]",
        ),
    ),
    see(
        SCHEDULES,
        rule(
            "schedule_field",
            "Each field of `cron(…)` takes certain numbers, names and signs; EventBridge Scheduler refuses others at deploy time.",
            "#[sqs_batch(dlq_redrive = \"cron(0 25 * * ? *)\")]",
            "#[sqs_batch(dlq_redrive = \"cron(0 23 * * ? *)\")]",
        ),
    ),
    see(
        SCHEDULES,
        rule(
            "schedule_days",
            "Of day-of-month and day-of-week one says the days and the other is `?`.",
            "#[sqs_batch(dlq_redrive = \"cron(0 23 * * SUN *)\")]",
            "#[sqs_batch(dlq_redrive = \"cron(0 23 ? * SUN *)\")]",
        ),
    ),
    see(
        SCHEDULES,
        rule(
            "schedule_rate",
            "`rate(…)` takes a positive whole number and minutes, hours or days.",
            "#[sqs_batch(dlq_redrive = \"rate(0 days)\")]",
            "#[sqs_batch(dlq_redrive = \"rate(2 days)\")]",
        ),
    ),
    see(
        SCHEDULES,
        rule(
            "schedule_at",
            "`at(…)` runs once, and a DLQ that fills again must be redriven again.",
            "#[sqs_batch(dlq_redrive = \"at(2030-01-01T00:00:00)\")]",
            "#[sqs_batch(dlq_redrive = \"rate(1 day)\")]",
        ),
    ),
    see(
        SCHEDULES,
        rule(
            "schedule_never_runs",
            "A schedule whose date no calendar has never runs, and the DLQ fills.",
            "#[sqs_batch(dlq_redrive = \"cron(0 23 30 2 ? *)\")]",
            "#[sqs_batch(dlq_redrive = \"cron(0 23 * * ? *)\")]",
        ),
    ),
    see(
        SCHEDULES,
        rule(
            "schedule_timezone",
            "EventBridge Scheduler takes the names of the IANA time zone database.",
            "#[sqs_batch(dlq_redrive = \"rate(1 day)\", redrive_timezone = \"Asia/Jeruslem\")]",
            "#[sqs_batch(dlq_redrive = \"rate(1 day)\", redrive_timezone = \"Asia/Jerusalem\")]",
        ),
    ),
    rule(
        "handler_function",
        "The attribute turns one async function of a module into a Lambda function: it writes `main` beside it, which an `impl` or another function has no place for.",
        "#[sqs_batch] struct Order;",
        "#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
    ),
    rule(
        "handler_async",
        "Messages are handled at once and cut off in time, which needs a future.",
        "#[sqs_batch] fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
        "#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
    ),
    rule(
        "handler_plain",
        "The handler is an ordinary Rust function.",
        "#[sqs_batch] async unsafe fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
        "#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
    ),
    rule(
        "handler_generic",
        "A queue holds messages of one type, so nothing would choose the parameters.",
        "#[sqs_batch] async fn handle<T>(order: T) -> Result<(), Error> { Ok(()) }",
        "#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
    ),
    rule(
        "handler_name",
        "The attribute writes `main` itself.",
        "#[sqs_batch] async fn main(order: Order) -> Result<(), Error> { Ok(()) }",
        "#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
    ),
    rule(
        "own_main",
        "The attribute writes the binary's `main`. What yours does first, such as setting up logging, belongs into `init`, which runs once per cold start.",
        "// src/main.rs\n#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }\nfn main() { set_up_logging(); }",
        "// src/main.rs\n#[sqs_batch(init = start)] async fn handle(order: Order, _: &()) -> Result<(), Error> { Ok(()) }\nasync fn start() -> Result<(), Error> { set_up_logging(); Ok(()) }",
    ),
    rule(
        "handler_name_length",
        "The name is the worker's handler, and with `.redrive` behind it that of the redrive function: Lambda takes 128 characters.",
        "#[sqs_batch] async fn process_order_order_order_order_order_order_order_order_order_order_order_order_order_order_order_order_order_order_order_(order: Order) -> Result<(), Error> { Ok(()) }",
        "#[sqs_batch] async fn process_order(order: Order) -> Result<(), Error> { Ok(()) }",
    ),
    rule(
        "handler_parameters",
        "The handler takes the message, and a state if it needs one.",
        "#[sqs_batch] async fn handle() -> Result<(), Error> { Ok(()) }",
        "#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
    ),
    rule(
        "handler_message",
        "The message is passed by value, decoded anew for each attempt, and its type decides how it is read.",
        "#[sqs_batch] async fn handle(order: &str) -> Result<(), Error> { Ok(()) }",
        "#[sqs_batch] async fn handle(order: redrive::Text) -> Result<(), Error> { Ok(()) }",
    ),
    warning(rule(
        "handler_message_list",
        "The handler is called once for each message; a `Vec` as its message reads a JSON array from each body, and refuses every other body as malformed.",
        "#[sqs_batch] async fn handle(orders: Vec<Order>) -> Result<(), Error> { Ok(()) }",
        "#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
    )),
    rule(
        "handler_state",
        "The state is built once per cold start by `init` and lent to each message.",
        "#[sqs_batch] async fn handle(order: Order, state: &State) -> Result<(), Error> { Ok(()) }",
        "#[sqs_batch(init = connect)] async fn handle(order: Order, state: &State) -> Result<(), Error> { Ok(()) }",
    ),
    rule(
        "handler_result",
        "`Ok` deletes the message and `Err` keeps it, so the handler has to say which.",
        "#[sqs_batch] async fn handle(order: Order) { }",
        "#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
    ),
    rule(
        "handler_error",
        "The error becomes a `Box<dyn std::error::Error + Send + Sync>`, so that the log and Lambda can show it; `thiserror` derives what that takes.",
        "// src/main.rs\nstruct Failed;\n#[sqs_batch] async fn handle(order: Order) -> Result<(), Failed> { Ok(()) }",
        "// src/main.rs\n#[derive(Debug, thiserror::Error)]\n#[error(\"it failed\")]\nstruct Failed;\n#[sqs_batch] async fn handle(order: Order) -> Result<(), Failed> { Ok(()) }",
    ),
    rule(
        "handler_future",
        "Lambda may run the worker on several threads, and a future moves between them at each `.await`; what the handler, or `init`, holds across one must be `Send`. Drop it before, or use the type that is: `Arc` for `Rc`, `tokio::sync::Mutex` if it is the guard of a `std` one.",
        "// src/main.rs\n#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> {\n    let seen = Rc::new(order.id);\n    ship(&order).await?;\n    log(&seen)\n}",
        "// src/main.rs\n#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> {\n    let seen = Arc::new(order.id);\n    ship(&order).await?;\n    log(&seen)\n}",
    ),
    rule(
        "handler_init",
        "`init` is called once per cold start, without arguments, and waited for; it gives the state that the handler takes, or the error that Lambda shows.",
        "// src/main.rs\nasync fn connect() -> Pool { Pool::new() }\n#[sqs_batch(init = connect)] async fn handle(order: Order, pool: &Pool) -> Result<(), Error> { Ok(()) }",
        "// src/main.rs\nasync fn connect() -> Result<Pool, Error> { Ok(Pool::new()) }\n#[sqs_batch(init = connect)] async fn handle(order: Order, pool: &Pool) -> Result<(), Error> { Ok(()) }",
    ),
    rule(
        "handler_permanent",
        "`is_permanent` looks at the error that the handler returned, as it is, and says whether no further attempt can succeed; where the handler returns a boxed error, it takes that: `fn(&redrive::BoxError) -> bool`.",
        "// src/main.rs\nfn is_gone(error: Error) -> bool { matches!(error, Error::Gone) }\n#[sqs_batch(is_permanent = is_gone)] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
        "// src/main.rs\nfn is_gone(error: &Error) -> bool { matches!(error, Error::Gone) }\n#[sqs_batch(is_permanent = is_gone)] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
    ),
    rule(
        "sqs_client_feature",
        "What calls SQS is behind the feature `sqs-client` of the crate `redrive`, which is on by default: add it to the dependency's `features`.",
        "// Cargo.toml: redrive = { version = \"0.1\", default-features = false }\n#[sqs_batch(dlq_redrive = \"rate(1 day)\")]",
        "// Cargo.toml: redrive = \"0.1\"\n#[sqs_batch(dlq_redrive = \"rate(1 day)\")]",
    ),
    rule(
        "library_target",
        "A Lambda function is a binary; a library has no `main` to write.",
        "// src/lib.rs\n#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
        "// src/main.rs\n#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
    ),
    rule(
        "one_function_per_binary",
        "One binary is one function and one zip. Put each function in a file of its own under `src/bin/`.",
        "// src/main.rs\n#[sqs_batch] async fn orders(order: Order) -> Result<(), Error> { Ok(()) }\n#[sqs_batch] async fn invoices(invoice: Invoice) -> Result<(), Error> { Ok(()) }",
        "// src/bin/orders.rs\n#[sqs_batch] async fn orders(order: Order) -> Result<(), Error> { Ok(()) }\n\n// src/bin/invoices.rs\n#[sqs_batch] async fn invoices(invoice: Invoice) -> Result<(), Error> { Ok(()) }",
    ),
    rule(
        "build_script",
        "The template is written by the build script; without it the function would compile and never be deployed.",
        "// no build.rs\n#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
        "// build.rs\nfn main() { redrive_infra::build(); }\n\n// src/main.rs\n#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
    ),
    rule(
        "function_not_listed",
        "The template lacks the function, because the build script does not see what another macro writes, nor a file outside the module tree, nor anything but binary targets.",
        "// src/main.rs\nmacro_rules! function { ($name:ident) => {\n    #[sqs_batch] async fn $name(order: Order) -> Result<(), Error> { Ok(()) }\n} }\nfunction!(handle);",
        "// src/main.rs\n#[sqs_batch] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
    ),
    rule(
        "function_differs",
        "The template describes the function with other settings than it is compiled with.",
        "// build.rs prints cargo::rustc-cfg=beta and calls redrive_infra::build()\n#[cfg_attr(beta, sqs_batch(retries = 5))]\n#[cfg_attr(not(beta), sqs_batch)]\nasync fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
        "// build.rs prints it and calls redrive_infra::Builder::new().cfg(\"beta\").build()\n#[cfg_attr(beta, sqs_batch(retries = 5))]\n#[cfg_attr(not(beta), sqs_batch)]\nasync fn handle(order: Order) -> Result<(), Error> { Ok(()) }",
    ),
    warning(rule(
        "panic_abort",
        "With `panic = \"abort\"` a panic in one message ends the whole process: Lambda fails the batch and SQS delivers all of it again. Nothing is lost, but good messages are handled again. cargo-lambda sets it for release builds unless the workspace says `panic = \"unwind\"`.",
        "// Cargo.toml of the workspace, or cargo-lambda's default\n[profile.release]\npanic = \"abort\"",
        "// Cargo.toml of the workspace\n[profile.release]\npanic = \"unwind\"",
    )),
];
