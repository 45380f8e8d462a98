//! What the tests of this crate share.

// Each test binary uses its part of this.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use redrive_infra::stack::{Architecture, Stack, StackFunction};
use redrive_local::{
    EventKind, Fate, OutputLine, Scenario, Simulation, SimulationOptions, Summary, TimelineEvent,
};
use redrive_syntax::Function;

/// The function `work` on the queue `jobs`: visibility 60 s, 2 receives, a
/// redrive each night at 23:00 UTC. Its stub counts no rounds.
pub(crate) fn function() -> Function {
    let attribute = "queue = \"jobs\", timeout = \"10s\", visibility_timeout = \"1m\", max_receive_count = 2, \
         retries = 0, metrics = false, dlq_redrive = \"cron(0 23 * * ? *)\", \
         redrive_rounds = \"unlimited\", allow = \"receive_count_low\"";
    let item = "async fn work(job: Job) -> Result<(), Error> {}";
    redrive_syntax::parse(attribute.parse().unwrap(), item.parse().unwrap()).function
}

/// A simulation's options for `function`, with the binary of
/// `bootstrap.rs`.
pub(crate) fn options(function: Function) -> SimulationOptions {
    let binary = "jobs".to_owned();
    let functions = vec![StackFunction { binary, function }];
    let stack = Stack::new("jobs", Architecture::X86_64, functions);
    SimulationOptions {
        binaries: BTreeMap::from([("jobs".to_owned(), bootstrap())]),
        logs: true,
        ..SimulationOptions::new(stack)
    }
}

/// Cargo builds examples with the tests, next to the folder of this binary.
fn bootstrap() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(|deps| deps.parent()).unwrap();
    let path = profile.join("examples").join("bootstrap");
    assert!(
        path.exists(),
        "{} is missing; build it with `cargo build -p redrive-local --examples`",
        path.display()
    );
    path
}

/// The result of a simulation.
pub(crate) struct Run {
    pub(crate) events: Vec<TimelineEvent>,
    pub(crate) log: Vec<String>,
    pub(crate) summary: Summary,
}

impl Run {
    /// The fate of the message `name`.
    pub(crate) fn fate(&self, name: &str) -> &Fate {
        let message = self
            .summary
            .messages
            .iter()
            .find(|message| message.name == name);
        &message.unwrap_or_else(|| panic!("no {name}")).fate
    }

    /// The labels of the events of the message `name`.
    pub(crate) fn scenario(&self, name: &str) -> Vec<&'static str> {
        self.events
            .iter()
            .filter(|event| event.message.as_deref() == Some(name))
            .map(|event| event.kind.label())
            .collect()
    }

    /// Why the message `name` failed, each time.
    pub(crate) fn reasons(&self, name: &str) -> Vec<&str> {
        self.events
            .iter()
            .filter(|event| event.message.as_deref() == Some(name))
            .filter_map(|event| match &event.kind {
                EventKind::Failed { reason, .. } => Some(&**reason),
                _ => None,
            })
            .collect()
    }
}

/// Runs a simulation to its end.
pub(crate) async fn run(options: SimulationOptions, scenario: &str) -> Run {
    let scenario = Scenario::parse(scenario).unwrap();
    let mut simulation = Simulation::start(options, scenario).await.unwrap();
    let (mut events, mut log) = (Vec::new(), Vec::new());
    simulation
        .run(|output| match output {
            OutputLine::Event(event) => events.push(event),
            OutputLine::Log { line, .. } => log.push(line),
            OutputLine::Summary(_) => {}
        })
        .await;
    let summary = simulation.summary();
    assert_eq!(summary.unaccounted().count(), 0, "{summary:?}");
    Run {
        events,
        log,
        summary,
    }
}

/// The AWS SDK, on the queues at `endpoint`.
pub(crate) fn client(endpoint: &str) -> aws_sdk_sqs::Client {
    let config = aws_sdk_sqs::Config::builder()
        .behavior_version_latest()
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(endpoint)
        .region(aws_sdk_sqs::config::Region::new("us-east-1"))
        .credentials_provider(aws_sdk_sqs::config::Credentials::new(
            "key", "secret", None, None, "test",
        ))
        .build();
    aws_sdk_sqs::Client::from_conf(config)
}
