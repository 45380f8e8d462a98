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
// More of the user's own than one stack holds.
fn main() {
    let topics: Vec<_> = (0..500)
        .map(|number| format!(r#""Topic{number}": {{ "Type": "AWS::SNS::Topic" }}"#))
        .collect();
    let overlay = format!(r#"{{ "Resources": {{ {} }} }}"#, topics.join(", "));
    let path = std::env::var("OUT_DIR").expect("a folder") + "/overlay.json";
    std::fs::write(&path, overlay).expect("an overlay");
    redrive_infra::Builder::new().overlay(path).build();
}
