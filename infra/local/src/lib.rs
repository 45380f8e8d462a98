//! SQS, Lambda and EventBridge Scheduler in one process, for the functions of a
//! redrive package.
//!
//! A [`Simulation`] is made from the [`Stack`](redrive_infra::stack::Stack) that
//! also renders the template. It holds the queues, polls them as Lambda's event
//! source mapping does, runs the package's binary as a child process over the
//! Lambda Runtime API, and starts the redrive function on its schedule. The SQS
//! API is served over HTTP. Time is simulated unless it is asked not to be.
//!
//! ```no_run
//! # async fn doc(stack: redrive_infra::stack::Stack) -> Result<(), Box<dyn std::error::Error>> {
//! use redrive_local::{Settings, Scenario, Simulation};
//!
//! let settings = Settings {
//!     binaries: [("orders".to_owned(), "target/debug/orders".into())].into(),
//!     ..Settings::new(stack)
//! };
//! let scenario = Scenario::parse(r#"{"body": {"id": 1}}"#, settings.start).unwrap();
//! let mut simulation = Simulation::start(settings, scenario).await?;
//! simulation.run(|output| println!("{output:?}")).await;
//! let summary = simulation.summary();
//! # Ok(()) }
//! ```
//!
//! # What differs from AWS
//!
//! - A redriven message's receive count starts again: AWS's documents disagree,
//!   and "considered new messages" is the plainest of them.
//! - Lambda grows a mapping's concurrency from 5; here it stays 5, or
//!   `max_concurrency` if that is less.
//! - A move task begins after a second and moves once a second, 500 messages at
//!   a time if it has no rate.
//! - Memory is not limited, and credentials and permissions are not checked.
//! - Processes see real time: the function's own clock, and what it waits for, are
//!   real. Its invocations last as long as they do, and simulated time with them.

pub mod clock;
pub mod names;
pub mod sqs;

mod attempts;
mod dependency;
mod event_source_mapping;
mod lambda;
mod ledger;
mod scenario;
mod scheduler;
mod simulation;
mod summary;
mod timeline;
mod until;

pub use dependency::Dependency;
pub use scenario::{BadLine, Scenario, ScenarioMessage};
pub use simulation::{BadMessage, Settings, Simulation, StartError};
pub use summary::{Counts, EndedBy, Fate, MessageSummary, Summary};
pub use timeline::{Event, Happening, Output, Tone, moment};
pub use until::Until;
