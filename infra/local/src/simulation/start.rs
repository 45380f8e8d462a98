//! The start of a simulation.

use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;

use redrive_infra::parameters;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::Simulation;
use super::options::SimulationOptions;
use super::start_error::StartError;
use super::worker::Worker;
use crate::clock::Clock;
use crate::dependency::Dependencies;
use crate::dynamodb::{self, DynamoDb};
use crate::ledger::Ledger;
use crate::scenario::Scenario;
use crate::sns::{self, Topics};
use crate::sqs::{self, SharedSqs, Sqs};

impl Simulation {
    /// Creates the queues of the stack, serves their API, and sends the
    /// messages of `scenario`. Nothing is received before [`run`](Self::run).
    ///
    /// # Errors
    /// The options are incomplete, or a message cannot be sent.
    pub async fn start(options: SimulationOptions, scenario: Scenario) -> Result<Self, StartError> {
        let start = options.start;
        if options.stack.functions.is_empty() {
            let package = options.stack.package.clone();
            return Err(StartError::NoFunctions { package });
        }
        let stack = &options.given.resolve(&options.stack)?;
        let clock = match options.real_time {
            true => Clock::real_time(start),
            false => Clock::simulated(start),
        };
        let sqs = Sqs::of_stack(stack, options.seed).with_duplicates(options.duplicates);
        let sqs = SharedSqs::new(sqs, clock.clone());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.map_err(StartError::Bind)?;
        let address = listener.local_addr().map_err(StartError::Bind)?;
        let endpoint = format!("http://{address}");
        let topics = Topics::of_stack(stack)
            .map_err(|(function, problem)| StartError::FilterPolicy { function, problem })?;
        let topics = Arc::new(topics);
        let router = sqs::api::router(sqs.clone(), &endpoint);
        let router = sns::api::with_topics(router, Arc::clone(&topics), sqs.clone());
        let dependencies = Dependencies::serve(scenario.dependencies.clone(), clock.clone()).await;
        let dependencies = dependencies.map_err(StartError::Bind)?;
        let tables = DynamoDb::serve(clock.clone()).await;
        let tables = tables.map_err(StartError::Bind)?;

        let mut workers = Vec::new();
        for (index, entry) in stack.functions.iter().enumerate() {
            let binary = options.binaries.get(&entry.binary).ok_or_else(|| {
                let name = entry.binary.clone();
                StartError::NoBinary { name }
            })?;
            let seed = options.seed.wrapping_add(index as u64);
            let mut variables = dependencies.variables.clone();
            if entry.function.idempotent.is_some() {
                variables.insert(dynamodb::ENDPOINT.to_owned(), tables.endpoint.clone());
            }
            let given = &options.given.parameters;
            let enabled = given.get(&parameters::enabled(&entry.function));
            let worker = Worker::new(entry, Path::new(binary), &endpoint, &variables, start, seed)?;
            workers.push(Worker {
                is_paused: enabled.is_some_and(|value| value == "false"),
                ..worker
            });
        }
        let mut simulation = Self {
            changes: sqs.changes(),
            released: clock.released(),
            ledger: Ledger::new(start),
            invocations: JoinSet::new(),
            api: tokio::spawn(async move { axum::serve(listener, router).await }),
            _dependencies: dependencies,
            _tables: tables,
            clock,
            sqs,
            endpoint,
            workers,
            options,
        };
        simulation.send(scenario, &topics)?;
        Ok(simulation)
    }
}
