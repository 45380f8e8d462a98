//! SQS, SNS, Lambda and EventBridge Scheduler in one process, for the functions of a
//! redrive package.
//!
//! A [`Simulation`] is created from the [`Stack`](redrive_infra::stack::Stack) of
//! the template. It contains the queues, polls them as Lambda's event source
//! mapping does, runs the package's binary as a child process over the Lambda
//! Runtime API, and invokes the redrive function on its schedule. The SQS API is
//! served over HTTP, and SNS's `Publish` for the topics of the stack. Time is
//! simulated by default.
//!
//! ```no_run
//! # async fn doc(stack: redrive_infra::stack::Stack) -> Result<(), Box<dyn std::error::Error>> {
//! use redrive_local::{Scenario, Simulation, SimulationOptions};
//!
//! let options = SimulationOptions {
//!     binaries: [("orders".to_owned(), "target/debug/orders".into())].into(),
//!     ..SimulationOptions::new(stack)
//! };
//! let scenario = Scenario::parse(r#"{"body": {"id": 1}}"#).unwrap();
//! let mut simulation = Simulation::start(options, scenario).await?;
//! simulation.run(|line| println!("{line:?}")).await;
//! let summary = simulation.summary();
//! # Ok(()) }
//! ```
//!
//! # Differences from AWS
//!
//! - The receive count of a redriven message starts again. AWS's documents
//!   disagree; "considered new messages" is the clearest statement.
//! - Lambda increases a mapping's concurrency beyond 5, or with `pollers` beyond 10
//!   for each of the least; here it is at most that, or
//!   `max_concurrency` or `reserved_concurrency` if that is less. Invocations beyond
//!   `reserved_concurrency` are not started, where Lambda throttles them.
//! - A move task moves messages once per second, 500 at a time without a rate, and
//!   the first ones after a second.
//! - A queue that exists already is as its keys declare it, and without `dlq` has a
//!   new DLQ. Topics deliver at once, and FIFO topics leave deduplication to
//!   FIFO queues, by the message if the publisher gives no id.
//! - DynamoDB answers only the calls of `idempotent`. SNS has no `MessageStructure`.
//! - Memory is not limited, and credentials and permissions are not checked.
//! - Functions see real time. Simulated time runs with it during an invocation.
//! - Idle processes are not frozen. They are shut down with SIGTERM only if they
//!   have registered an internal extension, which gets no events.

pub mod clock;
pub mod names;
pub mod sns;
pub mod sqs;

mod attempts;
mod dependency;
mod dynamodb;
mod event_source_mapping;
mod lambda;
mod ledger;
mod scenario;
mod scheduler;
mod server;
mod simulation;
mod summary;
mod timeline;
mod until;

pub use dependency::{Dependency, DownUntil};
pub use scenario::{Destination, Scenario, ScenarioMessage};
pub use simulation::{Given, Simulation, SimulationOptions, StartError};
pub use summary::{Counts, EndedBy, Fate, MessageSummary, Summary};
pub use timeline::{EventKind, OutputLine, TimelineEvent, moment};
pub use until::Until;
