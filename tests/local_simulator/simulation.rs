//! Simulations with the binaries of this workspace.

use redrive_infra::stack::Stack;
use redrive_local::{EventKind, Scenario, Simulation, SimulationOptions, Summary, TimelineEvent};
use redrive_syntax::Function;
use redrive_tests::binary::{binary, template};

/// The result of a simulation.
pub(crate) struct Run {
    pub(crate) events: Vec<TimelineEvent>,
    pub(crate) summary: Summary,
}

impl Run {
    /// What happened to the message `name`.
    pub(crate) fn of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a TimelineEvent> {
        self.events
            .iter()
            .filter(move |event| event.message.as_deref() == Some(name))
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

/// Runs the function `name` of `package`, in the binary of that name, with its
/// attribute changed.
pub(crate) fn run(
    package: &str,
    name: &str,
    change: impl FnOnce(&mut Function),
    scenario: &str,
) -> Run {
    run_with(package, name, change, |_| {}, scenario)
}

/// As [`run`], with other options.
pub(crate) fn run_with(
    package: &str,
    name: &str,
    change: impl FnOnce(&mut Function),
    options: impl FnOnce(&mut SimulationOptions),
    scenario: &str,
) -> Run {
    let path = binary(package, name);
    let text = std::fs::read_to_string(template(package).with_file_name("stack.json")).unwrap();
    let mut stack: Stack = serde_json::from_str(&text).unwrap();
    stack.functions.retain(|entry| entry.binary == name);
    change(&mut stack.functions[0].function);
    let mut given = SimulationOptions {
        binaries: [(name.to_owned(), path)].into(),
        ..SimulationOptions::new(stack)
    };
    options(&mut given);
    let options = given;
    let scenario = Scenario::parse(scenario).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut simulation = Simulation::start(options, scenario).await.unwrap();
        let mut events = Vec::new();
        simulation
            .run(|output| {
                if let redrive_local::OutputLine::Event(event) = output {
                    events.push(event);
                }
            })
            .await;
        let summary = simulation.summary();
        assert_eq!(summary.unaccounted().count(), 0, "{summary:?}");
        Run { events, summary }
    })
}
