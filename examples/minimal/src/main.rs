//! The shortest possible redrive function.

#[derive(serde::Deserialize)]
struct Greeting {
    name: String,
}

#[redrive::sqs_batch]
async fn greet(greeting: Greeting) -> Result<(), String> {
    println!("hello, {}", greeting.name);
    Ok(())
}
