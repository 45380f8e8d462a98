//! What `idempotent` costs: a batch of 100 with `concurrency = 10` against a DynamoDB whose
//! calls take 5 ms, to the same function with this time added by hand.

#[path = "../compare/binary.rs"]
#[allow(dead_code, reason = "the other benchmark uses all of it")]
mod binary;
#[path = "../compare/events.rs"]
mod events;
#[path = "../compare/runtime_api.rs"]
#[allow(dead_code, reason = "the other benchmark uses all of it")]
mod runtime_api;
#[path = "../compare/worker.rs"]
#[allow(dead_code, reason = "the other benchmark uses all of it")]
mod worker;

use std::{convert::Infallible, time::Duration};

use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use self::worker::{Lambda, Program, Worker};

type Error = Box<dyn std::error::Error + Send + Sync>;

const RECORDS: u32 = 100;
const ROUNDS: usize = 30;
/// How long a call to DynamoDB takes.
const CALL: Duration = Duration::from_millis(5);
/// At most so much longer than with the time added by hand.
const LIMIT: f64 = 1.15;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    // `cargo test` runs benchmarks, too.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let once = program("once")?;
    let by_hand = program("by_hand")?;
    let lambda = Lambda {
        dynamodb: dynamodb().await?,
        ..Lambda::default()
    };
    let mut workers = [
        Worker::start(&once, &lambda).await?.0,
        Worker::start(&by_hand, &lambda).await?.0,
    ];
    let event = events::batch(RECORDS);
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..=ROUNDS {
        for (worker, times) in workers.iter_mut().zip(&mut times) {
            let time = worker.invoke(&event).await?;
            // The first opens the connections.
            times.extend((round > 0).then_some(time));
        }
    }
    let [once, by_hand] = times.map(median);
    let ratio = once.as_secs_f64() / by_hand.as_secs_f64();
    println!(
        "batch of {RECORDS}, concurrency 10, calls of {CALL:?}: {once:.1?} with `idempotent`, {by_hand:.1?} by hand: {ratio:.2}, limit {LIMIT}"
    );
    match ratio <= LIMIT {
        true => Ok(()),
        false => Err("the limit is not met".into()),
    }
}

fn program(name: &str) -> Result<Program, Error> {
    let path = binary::build("dynamodb", "redrive-bench-dynamodb-once", name)?;
    let directory = path.parent().ok_or("a binary is in a folder")?.to_owned();
    Ok(Program {
        path,
        arguments: Vec::new(),
        directory,
    })
}

/// A DynamoDB that accepts every call after a while; its address.
async fn dynamodb() -> Result<String, Error> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // As DynamoDB's own: small answers are not held back.
            let _ = stream.set_nodelay(true);
            let answer = service_fn(|request: Request<Incoming>| async {
                let _ = request.into_body().collect().await;
                tokio::time::sleep(CALL).await;
                Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(b"{}"))))
            });
            tokio::spawn(
                hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), answer),
            );
        }
    });
    Ok(format!("http://{address}"))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
