#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch]
async fn handle(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}

//- build.rs
// A program that is not started by cargo has none of its variables.
fn main() {
    let deploy = std::env::args().nth(1).is_some();
    if deploy {
        return redrive_infra::build();
    }
    let program = std::env::current_exe().expect("a program");
    let mut program = std::process::Command::new(program);
    program.arg("deploy").env_clear().status().expect("a run");
}
