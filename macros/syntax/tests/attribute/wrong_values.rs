//! What is read of every wrong value: `wrong_values.txt` holds the attribute and
//! the errors below it.

use std::fmt::Write as _;

use expect_test::expect_file;
use redrive_syntax::keys::KEYS;
use redrive_syntax::{Parsed, rules};

use crate::property::{HANDLER, check};

const WRONG: &[&str] = &[
    // Durations.
    "timeout = \"\"",
    "timeout = \"30\"",
    "timeout = \"1.5s\"",
    "timeout = \"1500ms\"",
    "timeout = \"1500us\"",
    "timeout = \"00:01:30\"",
    "timeout = \"PT1M\"",
    "retention = \"1mo\"",
    "timeout = \"2 weeks\"",
    "timeout = \"1801s\"",
    "timeout = \"500ms\"",
    "timeout = \"-5s\"",
    "timeout = \"half a minute\"",
    "timeout = \"99999999999999999999s\"",
    "timeout = \"18446744073709551615d\"",
    "timeout = 30",
    "timeout = 30000",
    "timeout = 5000000",
    "timeout = -5",
    "timeout = 1.5",
    "timeout = 30s",
    "timeout = 5m",
    "timeout = 1m30s",
    "timeout = thirty",
    "timeout = [\"30s\"]",
    "timeout = true",
    "timeout = Duration::from_secs(30)",
    "retention = 4",
    "retention = \"2 weeks\"",
    "retention = \"3 months\"",
    "dlq_retention = \"15d\"",
    "attempt_timeout = \"1.5s\"",
    "attempt_timeout = \"0.0001s\"",
    "attempt_timeout = 5",
    "attempt_timeout = 1.5",
    "attempt_timeout = \"1.5\"",
    "attempt_timeout = 1.5s",
    "attempt_timeout = 1 + 2",
    "batch_window = \"1.5s\"",
    // Two durations.
    "backoff = \"\"",
    "backoff = \"5s\"",
    "backoff = \"5 seconds\"",
    "backoff = \"5s-30s\"",
    "backoff = \"5-30s\"",
    "backoff = \"5s–30s\"",
    "backoff = \"5s — 30s\"",
    "backoff = \"5s to 30s\"",
    "backoff = \"5s, 30s\"",
    "backoff = \"5s 30s\"",
    "backoff = \"5s...30s\"",
    "backoff = \"5s..=30s\"",
    "backoff = \"5s..\"",
    "backoff = \"..30s\"",
    "backoff = \"5 sec..1 min\"",
    "backoff = \"1.5s..3s\"",
    "backoff = \"1s..500ms\"",
    "backoff = \"5s..30x\"",
    "backoff = \"0s..1s\"",
    "backoff = \"1s..10m\"",
    "backoff = 200",
    "backoff = 3000",
    "backoff = 5s..30s",
    "backoff = [\"5s\", \"30s\"]",
    "backoff = (\"5s\", \"30s\")",
    "backoff = exponential",
    "queue_backoff = \"500ms..1s\"",
    "queue_backoff = \"1500ms..3s\"",
    "queue_backoff = \"1s..2500ms\"",
    "queue_backoff = \"1s..13h\"",
    "queue_backoff = \"1s..2 weeks\"",
    "queue_backoff = \"0s..13h\"",
    "queue_backoff = \"2500ms..1s\"",
    "queue_backoff = \"1s-13h\"",
    "queue_backoff = 30",
    // Numbers.
    "retries = \"3\"",
    "retries = \" 3 \"",
    "retries = \"30\"",
    "retries = \"three\"",
    "retries = \"\"",
    "retries = -1",
    "retries = 3.0",
    "retries = 3u8",
    "retries = 30u8",
    "retries = -1i32",
    "retries = 11",
    "retries = 18446744073709551616",
    "retries = 340282366920938463463374607431768211456",
    "retries = true",
    "retries = three",
    "retries = 1 + 2",
    "retries = [3]",
    "memory = \"512MB\"",
    "memory = \"512 MB\"",
    "memory = 512MB",
    "memory = 64",
    "batch_size = \"10 messages\"",
    "batch_size = 'a'",
    "batch_size = b\"10\"",
    // Booleans.
    "metrics = \"false\"",
    "metrics = \"False\"",
    "metrics = \"no\"",
    "metrics = 0",
    "metrics = 2",
    "metrics = False",
    "metrics = off",
    "metrics = [true]",
    // Choices.
    "on_permanent = \"DLQ\"",
    "on_permanent = dlq",
    "on_permanent = \"delete\"",
    "on_permanent = \"\"",
    "on_permanent = true",
    "on_total_failure = \"errors\"",
    "on_group_failure = \"skip group\"",
    // Texts.
    "queue = \"\"",
    "queue = orders",
    "queue = QUEUE",
    "queue = 5",
    "queue = concat!(\"a\", \"b\")",
    "queue = [\"orders\"]",
    // Paths.
    "crate = \"redrive\"",
    "crate = 5",
    "init = \"connect\"",
    "init = \"connect()\"",
    "init = \"\"",
    "init = connect()",
    "init = 5",
    "flush = flush()",
    "is_permanent = |error| error.is_gone()",
    "is_permanent = \"not a path\"",
    // Lists.
    "allow = \"fifo_order\"",
    "allow = \"batch_needs_windw\"",
    "allow = \"batch_needs_window\"",
    "allow = \"\"",
    "allow = fifo_dlq_order",
    "allow = [fifo_dlq_order]",
    "allow = [\"fifo_dlq_order\", 5]",
    "allow = [\"fifo_dlq_order\", \"recieve_count_low\"]",
    "allow(\"fifo_dlq_order\")",
    "allow = [\"fifo_dlq_order\",,]",
    "policies = \"AmazonDynamoDBReadOnlyAccess\"",
    "policies = \"arn:aws:iam::aws:policy/aws-service-role/AWSSupportServiceRolePolicy\"",
    "policies = [\"arn:aws:iam::aws:policy/A\", \"arn:aws-cn:iam::aws:policy/B\"]",
    "policies = 5",
    // Variables.
    "env = \"LEVEL=info\"",
    "env()",
    "env",
    "env(PORT = 20000)",
    "env(PORT = 20000u16)",
    "env(PORT = -1)",
    "env(DEBUG = true)",
    "env(LEVEL = info)",
    "env(LEVEL = LEVEL)",
    "env(LEVEL: \"info\")",
    "env(LEVEL \"info\")",
    "env(LEVEL == \"info\")",
    "env(LEVEL =)",
    "env(LEVEL)",
    "env(\"LEVEL\" = \"info\")",
    "env(\"LEVEL=info\")",
    "env(LOG-LEVEL = \"info\")",
    "env(_LEVEL = \"info\")",
    "env(LEVEL = \"info\" REGION = \"eu\")",
    "env(LEVEL = \"info\",, REGION = \"eu\")",
    "env(, LEVEL = \"info\")",
    "env(LEVEL = \"info\"), env(REGION = \"eu\")",
    "env(LEVEL = \"info\", LEVEL = \"warn\")",
    "env[LEVEL = \"info\"]",
    // Parameters.
    "env(TABLE = \"${table-name}\")",
    "env(TABLE = \"${}\")",
    "env(TABLE = \"${Table\")",
    "env(REGION = \"${AWS::Region}\")",
    "queue = \"orders-${stage-}\"",
    "queue = \"orders ${Stage}\"",
    "policies = \"${AWS::Partition}\"",
    "policies = \"${Name}Policy\"",
    "permissions = iam/orders.json",
    "permissions = [\"iam/orders.json\"]",
    // Pollers.
    "pollers = 5",
    "pollers = 2..50",
    "pollers = \"5\"",
    "pollers = \"two..50\"",
    "pollers = \"1..50\"",
    "pollers = \"2..20000\"",
    "pollers = \"50..2\"",
    // Alarms.
    "alarms = \"none\"",
    "alarms = 5",
    "alarms",
    "alarms()",
    "alarms(dlq_depth)",
    "alarms(dlq_depth = 0)",
    "alarms(dlq_depth = \"10\")",
    "alarms(dlq_dept = 10)",
    "alarms(latency = 10)",
    "alarms(oldest = 5)",
    "alarms(oldest = \"15d\")",
    "alarms(errors = 3, errors = 4)",
    // Tags.
    "tags = \"team=orders\"",
    "tags()",
    "tags",
    "tags(team)",
    "tags(team = 5)",
    "tags(team = \"orders, returns\")",
    "tags(cost-center = \"42\", cost-center = \"43\")",
    "tags(team = \"orders\"), tags(stage = \"dev\")",
    // Queues that exist, senders, topics and keys.
    "queue = \"arn:aws:sns:eu-west-1:123456789012:orders\"",
    "queue = \"${Queue}\"",
    "queue = \"arn:aws:sqs:eu-west-1:123456789012:${Name}\"",
    "queue = \"orders\", fifo = true",
    "queue = \"orders.fifo\", fifo = false, allow = \"fifo_dlq_order\"",
    "queue = \"orders\", dlq = \"dead.fifo\"",
    "dlq = \"dead letters\"",
    "queue = \"arn:aws:sqs:eu-west-1:123456789012:orders\", dlq_redrive = \"rate(1 day)\"",
    "queue = \"arn:aws:sqs:eu-west-1:123456789012:orders\", dlq = \"orders-dlq\"",
    "queue = \"arn:aws:sqs:eu-west-1:123456789012:orders\", dlq = \"arn:aws:sqs:eu-west-1:210987654321:orders-dlq\", dlq_redrive = \"rate(1 day)\"",
    "senders = \"uploads\"",
    "senders = \"${Sender}\"",
    "senders = [\"123\", \"arn:aws:s3:::uploads/key\"]",
    "senders = 123456789012",
    "queue = \"o.fifo\", allow = \"fifo_dlq_order\", senders = \"arn:aws:s3:::uploads\"",
    "queue = \"o.fifo\", allow = \"fifo_dlq_order\", topics = \"arn:aws:sns:eu-west-1:123456789012:t\"",
    "topics = \"orders\"",
    "topics = \"arn:aws:s3:::uploads\"",
    "raw = true, filter_policy = \"{}\"",
    "kms_key = \"orders\"",
    "kms_key = \"arn:aws:kms:eu-west-1:123456789012:key/\"",
    "kms_key = \"alias/aws/sqs\", topics = \"arn:aws:sns:eu-west-1:123456789012:t\"",
    // Schedules.
    "dlq_redrive = \"\"",
    "dlq_redrive = 5",
    "dlq_redrive = cron(0 23 * * ? *)",
    "dlq_redrive = rate(1 day)",
    "dlq_redrive = \"cron(0 23 ? * SUNDAY *)\"",
    "dlq_redrive = \"cron(0 23 ? * MON–FRI *)\"",
    "dlq_redrive = \"cron(0 23 ? * L6 *)\"",
    "dlq_redrive = \"cron(0 23 ? * 6l *)\"",
    "dlq_redrive = \"cron(0 23 ? * friL *)\"",
    "dlq_redrive = \"cron(0 23 ? * FRIDAYL *)\"",
    "dlq_redrive = \"cron(0 23 ? * FRI-L *)\"",
    "dlq_redrive = \"cron(0 23 W3 * ? *)\"",
    "dlq_redrive = \"cron(0 23 3w * ? *)\"",
    "dlq_redrive = \"cron(0 23 WL * ? *)\"",
    "dlq_redrive = \"cron(0 23 l * ? *)\"",
    "dlq_redrive = \"cron(0 23 ? * FRI#last *)\"",
    "dlq_redrive = \"rate(1.5 hours)\"",
    "dlq_redrive = \"rate(2 weeks)\"",
    "dlq_redrive = \"rate(1 day)\", redrive_timezone = \"Asia/Jeruslem\"",
    "dlq_redrive = \"rate(1 day)\", redrive_timezone = \"\"",
    "dlq_retention = \"14d\", retention = \"14d\"",
    "queue = \"a.fifo\", allow = \"fifo_dlq_order\", dlq_redrive = \"cron(0 23 1 * ? *)\"",
    "queue = \"o.fifo\", allow = \"receive_count_low\"",
    "queue = \".fifo\"",
    "redrive_max_per_second = 5, redrive_timezone = \"UTC\"",
    // The form of the attribute.
    "\"orders\"",
    "\"rate(1 day)\"",
    "3",
    "orders",
    "retries",
    "retries =",
    "retries =, timeout = \"30s\"",
    "retries 3",
    "retries == 3",
    "retries: 3",
    "retries := 3",
    "retries => 3",
    "retries(3)",
    "retries { 3 }",
    "retries[3]",
    "\"retries\" = 3",
    "(retries = 3)",
    "{ retries = 3 }",
    "= 3",
    "retries = = 3",
    "retries = timeout = \"30s\"",
    "retries = 3 timeout = \"30s\"",
    "retries = 3; timeout = \"30s\"",
    "retries = 3;",
    "retries = 3 4",
    "retries = 3 %",
    "retries = %",
    "%",
    "@retries = 3",
    "retries = 3.",
    "retries = 3..",
    "batch-size = 5",
    "batch_Size = 5",
    "colour = 5",
    ",",
    ", retries = 3",
    "retries = 3,,",
    "retries = 3,, timeout = \"30s\"",
    "#[doc = \" Three.\"] retries = 3",
    "/// Three.\nretries = 3",
    "#[cfg(test)] retries = 3",
    "retries = #[cfg(test)] 3",
    "#![doc = \" Three.\"] retries = 3",
    "retries = 1, retries = 2",
];

fn parse(attribute: &str) -> Parsed {
    let tokens = |text: &str| text.parse().expect("tokens");
    let item = match attribute.contains("init") {
        true => "async fn handle(order: Order, state: &State) -> Result<(), Error> { Ok(()) }",
        false => HANDLER,
    };
    redrive_syntax::parse(tokens(attribute), tokens(item))
}

#[test]
fn each_wrong_value_is_reported_in_these_words() {
    let mut reported = String::new();
    for attribute in WRONG {
        let _ = writeln!(reported, "{}", attribute.replace('\n', "\\n"));
        for mistake in parse(attribute).diagnostics.errors() {
            let _ = writeln!(
                reported,
                "    {}",
                mistake.to_string().replace('\n', "\n    ")
            );
        }
    }
    expect_file!["wrong_values.txt"].assert_eq(&reported);
}

/// The rules that a value breaks, whatever the other keys are.
fn broken_alone(parsed: &Parsed) -> Vec<&'static str> {
    let mistakes = parsed.diagnostics.errors().map(|mistake| mistake.rule.id);
    let is_alone = |rule: &&str| rules::find(rule).is_some_and(|rule| rule.keys.is_empty());
    mistakes.filter(is_alone).collect()
}

#[test]
fn each_example_of_a_key_is_accepted() {
    for key in KEYS {
        let shown = key.shown();
        assert_eq!(broken_alone(&parse(&shown)), Vec::<&str>::new(), "{shown}");
    }
}

/// What is wrong in some way is reported, and its fixes are accepted.
#[test]
fn each_wrong_value_is_reported() {
    for attribute in WRONG {
        assert!(parse(attribute).diagnostics.has_errors(), "{attribute}");
        check(attribute, HANDLER);
    }
}
