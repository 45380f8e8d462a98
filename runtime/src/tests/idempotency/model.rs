//! Two workers, one queue and one store on virtual time, with everything that can go wrong
//! between them: processes that end between any two steps, calls and answers that are lost,
//! calls that arrive late, attempts that outlive their invocation, messages that are
//! delivered twice, keys that expire, message groups.

mod case;
mod worker;
mod world;

use std::sync::PoisonError;

use proptest::test_runner::{Config, TestCaseError, TestRunner};

use self::{
    case::{Case, case},
    worker::play,
    world::{Reached, World},
};
use super::*;

type Shared = Arc<Mutex<World>>;

fn lock(world: &Shared) -> std::sync::MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn no_completed_key_is_run_again_and_no_message_is_lost() {
    let reached = Mutex::new(Reached::default());
    let config = Config {
        cases: 1_000,
        failure_persistence: None,
        ..Config::default()
    };
    let checked = TestRunner::new(config).run(&case(), |case| {
        let world = run(&case);
        reached.lock().unwrap().add(&world.reached);
        match &world.broken {
            None => Ok(()),
            Some(broken) => Err(TestCaseError::fail(format!(
                "{broken}:\n{}",
                world.seen.join("\n")
            ))),
        }
    });

    checked.unwrap_or_else(|failed| panic!("{failed}"));
    // Otherwise it would prove nothing.
    let reached = reached.into_inner().unwrap();
    assert!(reached.is_all(), "{reached:?}");
}

fn run(case: &Case) -> World {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let world = runtime.block_on(play(case));
    // What is late is dropped.
    drop(runtime);
    std::mem::take(&mut *lock(&world))
}
