//! Simulations with a real child process, on simulated time.

mod support;

use std::time::{Duration, Instant};

use redrive_local::{
    EndedBy, EventKind, Fate, OutputLine, Scenario, Simulation, SimulationOptions, Until,
};
use redrive_syntax::Function;
use support::{client, function, options, run};

fn done(receive: u32) -> impl Fn(&Fate) -> bool {
    move |fate| matches!(fate, Fate::Completed { receive: seen, .. } if *seen == receive)
}

fn in_dlq(fate: &Fate) -> bool {
    matches!(fate, Fate::InDlq { .. })
}

#[tokio::test]
async fn only_the_failed_message_of_a_batch_is_delivered_again() {
    let ended = run(
        options(function()),
        r#"{"name":"good","body":{"do":"ok"}}
           {"name":"bad","body":{"do":"fail","receives":1}}"#,
    )
    .await;
    assert_eq!(ended.scenario("good"), ["sent", "completed"]);
    assert_eq!(ended.scenario("bad"), ["sent", "failed", "completed"]);
    assert_eq!(ended.reasons("bad"), ["asked to fail"]);
    assert!(done(2)(ended.fate("bad")));
    assert_eq!(ended.summary.counts.invocations, 2);
}

#[tokio::test]
async fn an_error_fails_the_whole_batch_for_the_visibility_timeout() {
    let ended = run(
        options(function()),
        r#"{"name":"a","body":{"do":"ok","receives":0}}
           {"name":"b","body":{"do":"error","receives":1}}"#,
    )
    .await;
    assert_eq!(ended.scenario("a"), ["sent", "failed", "completed"]);
    assert_eq!(ended.reasons("a"), ["asked to fail"]);
    let times: Vec<_> = ended.events.iter().map(|event| event.time).collect();
    let whole = times[times.len() - 1].duration_since(times[0]);
    assert!((60..65).contains(&whole.as_secs()), "{whole}");
    assert_eq!(ended.summary.counts.failed_invocations, 1);
}

#[tokio::test]
async fn an_id_that_is_not_in_the_batch_fails_all_of_it() {
    let ended = run(
        options(function()),
        r#"{"name":"a","body":{"do":"answer","receives":1,"answer":{"batchItemFailures":[{"itemIdentifier":"x"}]}}}"#,
    )
    .await;
    assert_eq!(
        ended.reasons("a"),
        ["the itemIdentifier x is not in the batch"]
    );
    assert!(done(2)(ended.fate("a")));
}

#[tokio::test]
async fn a_message_that_keeps_failing_is_redriven_as_often_as_it_may() {
    let options = SimulationOptions {
        until: Until::Redrives(2),
        ..options(function())
    };
    let ended = run(options, r#"{"name":"a","body":{"do":"fail"}}"#).await;
    let round = ["failed", "failed", "moved to DLQ"];
    let expected = [
        &["sent"],
        &round[..],
        &["redriven"],
        &round,
        &["redriven"],
        &round,
    ]
    .concat();
    assert_eq!(ended.scenario("a"), expected);
    assert!(in_dlq(ended.fate("a")));
    assert_eq!(ended.summary.counts.redrives, 2);
    assert_eq!(ended.summary.messages[0].redrives, 2);
    assert_eq!(ended.summary.messages[0].receives, 6);
}

#[tokio::test]
async fn a_redrive_completes_what_works_again() {
    // Until 10:00 of that day; the redrive is at 23:00.
    let ended = run(
        options(function()),
        r#"{"name":"a","body":{"do":"fail","sent_before":1767607200000}}"#,
    )
    .await;
    assert_eq!(ended.scenario("a").last(), Some(&"completed"));
    assert!(done(1)(ended.fate("a")));
    assert_eq!(ended.summary.counts.redrives, 1);
    assert_eq!(
        ended.summary.ended.strftime("%a %H:%M").to_string(),
        "Mon 23:00"
    );
}

#[tokio::test]
async fn a_crash_fails_the_batch_and_a_new_process_takes_the_next() {
    let ended = run(
        options(function()),
        r#"{"name":"a","body":{"do":"crash","receives":1}}"#,
    )
    .await;
    let reasons = ended.reasons("a");
    assert!(
        reasons[0].starts_with("crashed: the process ended with"),
        "{reasons:?}"
    );
    assert!(done(2)(ended.fate("a")));
    assert_eq!(ended.summary.counts.cold_starts, 2);
}

#[tokio::test]
async fn a_function_slower_than_its_timeout_is_killed() {
    let slow = Function {
        timeout: Duration::from_secs(1),
        ..function()
    };
    let ended = run(
        options(slow),
        r#"{"name":"a","body":{"do":"sleep","receives":1}}"#,
    )
    .await;
    assert_eq!(ended.reasons("a"), ["task timed out after 1 s"]);
    assert!(done(2)(ended.fate("a")));
}

#[tokio::test]
async fn a_process_that_does_not_start_fails_every_batch() {
    let broken = Function {
        env: [("BOOTSTRAP".to_owned(), "exit in init".into())].into(),
        dlq_redrive: None,
        ..function()
    };
    let ended = run(options(broken), r#"{"name":"a","body":{"do":"ok"}}"#).await;
    let reasons = ended.reasons("a");
    assert!(reasons[0].starts_with("init failed"), "{reasons:?}");
    assert!(in_dlq(ended.fate("a")));
}

#[tokio::test]
async fn an_init_error_fails_the_batch_though_the_process_lives_on() {
    let broken = Function {
        env: [("BOOTSTRAP".to_owned(), "report in init".into())].into(),
        max_receive_count: 1,
        dlq_redrive: None,
        ..function()
    };
    let ended = run(options(broken), r#"{"name":"a","body":{"do":"ok"}}"#).await;
    assert_eq!(ended.reasons("a"), ["init failed: no database"]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_function_with_an_extension_is_shut_down_with_sigterm_then_sigkill() {
    let with = |mode: &str| Function {
        env: [("BOOTSTRAP".to_owned(), mode.into())].into(),
        ..function()
    };
    let message = r#"{"name":"a","body":{"do":"ok"}}"#;
    let graceful = run(options(with("flush on SIGTERM")), message).await;
    assert!(
        graceful.log.contains(&"flushed".to_owned()),
        "{:?}",
        graceful.log
    );
    let started = Instant::now();
    let hanging = run(options(with("hang on SIGTERM")), message).await;
    let signal = "[runtime] SIGTERM received".to_owned();
    assert!(hanging.log.contains(&signal), "{:?}", hanging.log);
    assert!(started.elapsed() < Duration::from_secs(20));
    // Without an extension, Lambda sends no SIGTERM.
    let plain = run(options(function()), message).await;
    assert!(!plain.log.contains(&signal), "{:?}", plain.log);
}

#[tokio::test]
async fn the_process_gets_lambdas_variables_and_none_of_the_host() {
    let talkative = Function {
        env: [("BOOTSTRAP".to_owned(), "print variables".into())].into(),
        ..function()
    };
    let ended = run(options(talkative), r#"{"name":"a","body":{"do":"ok"}}"#).await;
    let variables = &ended.log[0];
    for name in [
        "_HANDLER",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "LAMBDA_TASK_ROOT",
        "LAMBDA_RUNTIME_DIR",
        "BOOTSTRAP",
    ] {
        assert!(variables.contains(name), "{variables}");
    }
    for name in ["AWS_EXECUTION_ENV", "CARGO_MANIFEST_DIR", "HOME"] {
        assert!(!variables.contains(name), "{variables}");
    }
}

#[tokio::test]
async fn a_fifo_group_keeps_its_order_through_a_failure() {
    let fifo = Function {
        queue: "jobs.fifo".into(),
        batch_size: 1,
        ..function()
    };
    let ended = run(
        options(fifo),
        r#"{"name":"a1","body":{"do":"fail","receives":1,"n":1},"group":"a"}
           {"name":"a2","body":{"do":"ok","n":2},"group":"a"}
           {"name":"b1","body":{"do":"ok","n":3},"group":"b"}"#,
    )
    .await;
    let ends: Vec<_> = ended
        .events
        .iter()
        .filter(|event| matches!(event.kind, EventKind::Completed { .. }))
        .filter_map(|event| event.message.as_deref())
        .collect();
    assert_eq!(ends, ["b1", "a1", "a2"]);
}

#[tokio::test]
async fn a_redrive_that_finds_one_running_fails_and_is_retried() {
    let slow = Function {
        // A message each second, and the schedule each minute.
        dlq_redrive: Some(redrive_syntax::schedule::Schedule::parse("rate(1 minute)").unwrap()),
        redrive_max_per_second: Some(1),

        max_receive_count: 1,
        visibility_timeout: Duration::from_secs(1),
        ..function()
    };
    let scenario: String = (0..70)
        .map(|number| {
            format!("{{\"name\":\"{number}\",\"body\":{{\"do\":\"fail\",\"receives\":9}}}}\n")
        })
        .collect();
    let ended = run(options(slow), &scenario).await;
    let refused = ended.events.iter().any(|event| {
        matches!(&event.kind, EventKind::RedriveFailed { reason, .. } if reason.contains("already a task running"))
    });
    assert!(refused);
}

#[tokio::test]
async fn a_message_that_nobody_redrives_expires() {
    let never = Function {
        dlq_redrive: Some(
            redrive_syntax::schedule::Schedule::parse("cron(0 0 1 1 ? 2027)").unwrap(),
        ),

        ..function()
    };
    let long = SimulationOptions {
        until: Until::Elapsed(Duration::from_secs(20 * 86_400)),
        ..options(never)
    };
    let ended = run(long, r#"{"name":"a","body":{"do":"fail"}}"#).await;
    assert_eq!(ended.scenario("a").last(), Some(&"expired"));
    assert!(matches!(ended.fate("a"), Fate::Expired { .. }));
    let lived = ended.summary.ended.duration_since(ended.summary.started);
    assert_eq!(lived.as_hours(), 14 * 24);
}

#[tokio::test]
async fn a_duration_ends_the_simulation_with_messages_left() {
    let short = SimulationOptions {
        until: Until::Elapsed(Duration::from_secs(90)),
        ..options(function())
    };
    let ended = run(short, r#"{"name":"a","body":{"do":"fail"}}"#).await;
    assert!(matches!(ended.fate("a"), Fate::Waiting { .. }));
    let lived = ended.summary.ended.duration_since(ended.summary.started);
    assert_eq!(lived.as_secs(), 90);
}

#[tokio::test]
async fn one_seed_gives_one_log() {
    let scenario = (0..10).map(|number| format!("{{\"body\":{{\"do\":\"ok\",\"n\":{number}}}}}\n"));
    let scenario: String = scenario.collect();
    let log_of = |seed| {
        let options = SimulationOptions {
            seed,
            ..options(function())
        };
        let scenario = scenario.clone();
        async move { run(options, &scenario).await.log }
    };
    assert_eq!(log_of(1).await, log_of(1).await);
    assert_ne!(log_of(1).await, log_of(2).await);
}

#[tokio::test]
async fn duplicates_come_after_success_and_end_well() {
    let scenario: String = (0..20)
        .map(|number| format!("{{\"name\":\"{number}\",\"body\":{{\"do\":\"ok\"}}}}\n"))
        .collect();
    let options = SimulationOptions {
        duplicates: true,
        ..options(function())
    };
    let ended = run(options, &scenario).await;
    let stories: Vec<_> = (0..20)
        .map(|number| ended.scenario(&number.to_string()))
        .collect();
    let twice = ["sent", "completed", "redelivered", "completed"];
    assert!(
        stories.iter().any(|scenario| *scenario == twice),
        "{stories:?}"
    );
    assert!(
        stories
            .iter()
            .all(|scenario| *scenario == twice || *scenario == twice[..2]),
        "{stories:?}"
    );
    let receives = 20
        + stories
            .iter()
            .filter(|scenario| **scenario == twice)
            .count();
    assert_eq!(ended.summary.counts.receives, receives);
    assert_eq!(ended.summary.ended_by, EndedBy::Empty);
}

#[tokio::test]
async fn time_goes_on_after_a_client_has_waited() {
    let options = options(function());
    let scenario = r#"{"name":"a","body":{"do":"fail","receives":1}}"#;
    let scenario = Scenario::parse(scenario).unwrap();
    let dlq = function().dlq_name();
    let mut simulation = Simulation::start(options, scenario).await.unwrap();
    let client = client(&simulation.endpoint());
    let dlq_url = format!("{}/123456789012/{dlq}", simulation.endpoint());
    let clock = simulation.sqs().clock().clone();
    let started = Instant::now();
    simulation
        .run(|output| {
            let OutputLine::Event(event) = output else {
                return;
            };
            if matches!(event.kind, EventKind::Failed { .. }) {
                // From here on nothing is due for the visibility timeout.
                let hold = clock.hold();
                let poll = client.receive_message().queue_url(&dlq_url);
                let poll = poll.wait_time_seconds(1).send();
                tokio::spawn(async move {
                    poll.await.unwrap();
                    drop(hold);
                });
            }
        })
        .await;
    assert!(done(2)(&simulation.summary().messages[0].fate));
    // The visibility timeout is 60 seconds, of which only the poll is waited for.
    assert!(started.elapsed() < Duration::from_secs(30));
}

#[tokio::test]
async fn messages_that_cannot_be_sent_are_all_reported_with_a_help() {
    let fifo = Function {
        queue: "jobs.fifo".into(),
        ..function()
    };
    let options = options(fifo);
    let scenario = r#"{"name":"late","body":1,"group":"a","delay":30}
                   {"name":"good","body":1,"group":"a"}
                   {"name":"alone","body":1}"#;
    let scenario = Scenario::parse(scenario).unwrap();
    let error = Simulation::start(options, scenario)
        .await
        .unwrap_err()
        .to_string();
    let lines: Vec<&str> = error.lines().collect();
    let [late, late_help, alone, alone_help] = lines[..] else {
        panic!("{error}");
    };
    assert!(late.contains("rejects late: "), "{late}");
    assert!(
        late_help.starts_with("help: remove `\"delay\"`"),
        "{late_help}"
    );
    assert!(alone.contains("rejects alone: "), "{alone}");
    assert_eq!(alone_help, "help: add `\"group\"` to the message");
}

#[tokio::test]
async fn a_message_that_was_not_received_has_a_reason() {
    let fifo = Function {
        queue: "jobs.fifo".into(),
        batch_size: 1,
        ..function()
    };
    let short = |function| SimulationOptions {
        until: Until::Elapsed(Duration::from_secs(20)),
        ..options(function)
    };
    let ended = run(
        short(fifo),
        r#"{"name":"first","body":{"do":"fail"},"group":"a"}
           {"name":"second","body":{"do":"ok"},"group":"a"}"#,
    )
    .await;
    let why = ended.fate("second").reason();
    assert_eq!(why, Some("first is before it in its group"));
    assert_eq!(ended.summary.ended_by, EndedBy::Time);
    let ended = run(
        short(function()),
        r#"{"name":"late","body":{"do":"ok"},"delay":30}"#,
    )
    .await;
    let why = ended.fate("late").reason();
    assert_eq!(why, Some("its delay lasts until Mon  5 Jan 09:00:30"));
}

#[tokio::test]
async fn the_summary_has_the_reason_of_the_end() {
    let ended_by = async |function, text: &str| run(options(function), text).await.summary.ended_by;
    let never = Function {
        dlq_redrive: None,
        ..function()
    };
    let fails = r#"{"body":{"do":"fail"}}"#;
    assert_eq!(
        ended_by(function(), r#"{"body":{"do":"ok"}}"#).await,
        EndedBy::Empty
    );
    assert_eq!(ended_by(function(), fails).await, EndedBy::Redrives);
    assert_eq!(ended_by(never, fails).await, EndedBy::NoRedrive);
}

#[tokio::test]
async fn a_paused_function_receives_nothing() {
    let mut paused = options(function());
    let parameter = ("WorkEnabled".to_owned(), "false".to_owned());
    paused.given.parameters.extend([parameter]);
    let ended = run(paused, r#"{"name":"a","body":{"do":"ok"}}"#).await;
    assert_eq!(ended.scenario("a"), ["sent"]);
    assert!(matches!(ended.fate("a"), Fate::Waiting { .. }));
    assert_eq!(ended.summary.counts.invocations, 0);
    assert_eq!(ended.summary.ended_by, EndedBy::Paused);
}
