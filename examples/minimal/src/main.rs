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

    #[test]
    fn what_is_no_greeting_comes_back_alone() {
        let batch = Batch::new().text(r#"{"name": "Ada"}"#).text("hello?");
        let report = batch.run(super::greet);
        assert_eq!(report.failed(), ["m2"]);
    }
}
