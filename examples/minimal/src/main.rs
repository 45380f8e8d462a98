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

#[cfg(test)]
mod tests {
    use redrive::testing::Batch;

    use super::greet;

    #[test]
    fn what_is_no_greeting_is_redelivered_alone() {
        let batch = Batch::of::<greet>()
            .text(r#"{"name": "Ada"}"#)
            .text("hello?");
        let report = batch.run();
        assert_eq!(report.failed(), ["m2"]);
    }

    #[test]
    fn the_function_has_its_names() {
        assert_eq!(greet::HANDLER, "greet");
        assert_eq!((greet::QUEUE, greet::DLQ), ("greet", "greet-dlq"));
    }
}
