//! EventBridge Scheduler's expressions: what is refused and with which words,
//! when the rest runs, and how long it waits in between.

mod arbitrary;
mod croner_agrees;
mod expressions;
mod property;
mod refusals;
mod runs;
#[path = "../attribute/seeds.rs"]
mod seeds;
mod waits;
mod zones;
