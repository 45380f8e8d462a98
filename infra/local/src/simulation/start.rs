//! The start of a simulation.

use std::net::Ipv4Addr;
use std::path::Path;

use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::Simulation;
use super::options::{MessageError, SimulationOptions, StartError};
use super::worker::Worker;
use crate::clock::Clock;
use crate::dependency::Dependencies;
use crate::ledger::Ledger;
use crate::scenario::{Scenario, ScenarioMessage};
use crate::sqs::{self, SharedSqs, Sqs};

impl Simulation {
    /// Creates the queues of the stack, serves their API, and sends the
    /// messages of `scenario`. Nothing is received before [`run`](Self::run).
    ///
    /// # Errors
    /// The options are incomplete, or a message cannot be sent.
    pub async fn start(options: SimulationOptions, scenario: Scenario) -> Result<Self, StartError> {
        let SimulationOptions {
            stack,
            binaries,
            start,
            real_time,
            until,
            seed,
            duplicates,
            logs,
            given,
        } = options;
        if stack.functions.is_empty() {
            let package = stack.package;
            return Err(StartError::NoFunctions { package });
        }
        let stack = given.resolve(&stack).map_err(StartError::Missing)?;
        let clock = if real_time {
            Clock::real_time(start)
        } else {
            Clock::simulated(start)
        };
        let sqs = Sqs::of_stack(&stack, seed).with_duplicates(duplicates);
        let sqs = SharedSqs::new(sqs, clock.clone());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.map_err(StartError::Bind)?;
        let address = listener.local_addr().map_err(StartError::Bind)?;
        let endpoint = format!("http://{address}");
        let router = sqs::api::router(sqs.clone(), &endpoint);
        let dependencies = Dependencies::serve(scenario.dependencies.clone(), clock.clone()).await;
        let dependencies = dependencies.map_err(StartError::Bind)?;

        let mut workers = Vec::new();
        for (index, entry) in stack.functions.iter().enumerate() {
            let binary = binaries.get(&entry.binary).ok_or_else(|| {
                let name = entry.binary.clone();
                StartError::NoBinary { name }
            })?;
            let seed = seed.wrapping_add(index as u64);
            let variables = &dependencies.variables;
            let worker = Worker::new(entry, Path::new(binary), &endpoint, variables, start, seed)?;
            workers.push(worker);
        }
        let mut simulation = Self {
            changes: sqs.changes(),
            released: clock.released(),
            ledger: Ledger::new(start),
            invocations: JoinSet::new(),
            api: tokio::spawn(async move { axum::serve(listener, router).await }),
            _dependencies: dependencies,
            clock,
            sqs,
            endpoint,
            workers,
            start,
            until,
            real_time,
            logs,
        };
        simulation.send(scenario)?;
        Ok(simulation)
    }

    fn send(&mut self, scenario: Scenario) -> Result<(), StartError> {
        let queues: Vec<String> = self
            .workers
            .iter()
            .map(|worker| worker.function.queue_name())
            .collect();
        let mut bad = Vec::new();
        for (index, entry) in scenario.messages.into_iter().enumerate() {
            bad.extend(self.send_one(index, entry, &queues).err());
        }
        if bad.is_empty() {
            Ok(())
        } else {
            Err(StartError::Messages(bad))
        }
    }

    fn send_one(
        &mut self,
        index: usize,
        mut entry: ScenarioMessage,
        queues: &[String],
    ) -> Result<(), MessageError> {
        let queue = match (&entry.queue, queues) {
            (None, [only]) => only.clone(),
            (Some(queue), _) if queues.contains(queue) => queue.clone(),
            (specified, _) => {
                return Err(MessageError::WhichQueue {
                    message: entry.name,
                    specified: specified.clone(),
                    queues: queues.to_vec(),
                });
            }
        };
        if queue.ends_with(".fifo") {
            // Two equal lines are two messages.
            let id = || format!("line-{index}");
            entry.message.deduplication.get_or_insert_with(id);
        }
        let sent = self
            .sqs
            .change(|sqs, now| sqs.send(&queue, entry.message, now));
        match sent {
            Ok(sent) => {
                self.ledger.name(sent.origin, &entry.name);
                Ok(())
            }
            Err(reason) => Err(MessageError::Rejected {
                message: entry.name,
                queue,
                reason,
            }),
        }
    }
}
