#[redrive::sqs_batch(
    queue = "orders",
    topics = "arn:aws:sns:eu-west-1:123456789012:orders",
    raw = true,
    filter_policy = r#"{"kind": ["\u0024{x}", "%{if}", "\"\\"]}"#,
    env(
        BRACES = "$${x} $$${x} $$$${x} %{if x} %%{x} $%{x} %$${x} {x}",
        MARKS = "100% of $5, $${Other} and $${",
        QUOTES = r#"a "quoted" 'word', a \ and a \\ and \n and \u{1f980}"#,
        LINES = "one\ntwo\tthree",
        LETTERS = "größer 🦀 日本 \u{feff}",
        BEFORE = "$$${Other} %${Stage}{x} $${${Stage}}",
        DEFAULT = "${Text:-%{x \"q\" \\ $ é}",
    ),
    tags(Größe = "klein + fein = 1"),
    permissions = "iam/orders.json",
)]
async fn größe(order: Order) -> Result<(), OrderError> {}
