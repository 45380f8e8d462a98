//! Names of the user's that generated code could trip over.

type Result<T> = std::result::Result<T, String>;

#[derive(serde::Deserialize)]
struct Message {
    id: u64,
}

#[derive(Debug)]
struct State;

/// Has the name of the trait behind the macro.
trait Handler {}
impl Handler for State {}

async fn init() -> Result<State> {
    Ok(State)
}

#[redrive::sqs_batch(init = init)]
async fn call(message: Message, state: &State) -> Result<()> {
    let _: &dyn Handler = state;
    let _ = message.id;
    Ok(())
}
