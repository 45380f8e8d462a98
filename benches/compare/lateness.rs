//! How late an invocation answers if all of its records hang.
//!
//! The function has a part of a core, as on Lambda, if this process may make control
//! groups (as root on Linux, with version 1 or 2); otherwise it has all cores, which
//! is printed.

use std::{
    convert::Infallible,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Bytes, body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::{
    Error,
    contestant::Contestant,
    events,
    worker::{Lambda, Worker},
};

/// What 1,769 MB get:
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>.
const CORE_MB: u32 = 1_769;

/// In microseconds. Lambda's is not documented; short ones keep pauses short.
const PERIOD: u32 = 20_000;

/// As in the attribute of the function.
const TIMEOUT: Duration = Duration::from_secs(1);

/// Prints a row for each memory size.
pub(crate) async fn measure(runs: usize) -> Result<(), Error> {
    let contestant = Contestant::of_package("hang", "redrive-bench-worker-redrive", "hang")?;
    let event = events::batch(10_000);
    let sqs = sqs().await?;
    println!("| 10,000 records that hang | CPU | late | worst | median |");
    println!("|---|---:|---:|---:|---:|");
    for memory_mb in [128, 256, 512, CORE_MB] {
        let lambda = Lambda {
            memory_mb,
            timeout: TIMEOUT,
            sqs: sqs.clone(),
            ..Lambda::default()
        };
        let group = Group::of(memory_mb);
        let mut lateness = Vec::new();
        for _ in 0..runs {
            let (mut worker, _) = Worker::start(&contestant.program, &lambda).await?;
            if let Ok(group) = &group {
                group.add(worker.id()?)?;
            }
            let invoked = worker.invoke_any(&event).await?;
            lateness.push(milliseconds(invoked.given + TIMEOUT, invoked.answered));
        }
        lateness.sort_by(f64::total_cmp);
        let late = lateness.iter().filter(|late| **late > 0.0).count();
        let cpu = match &group {
            Ok(_) => format!("{} %", 100 * memory_mb / CORE_MB),
            Err(error) => format!("not limited: {error}"),
        };
        println!(
            "| {memory_mb} MB | {cpu} | {late} of {runs} | {:+.0} ms | {:+.0} ms |",
            lateness[lateness.len() - 1],
            lateness[lateness.len() / 2],
        );
    }
    Ok(())
}

/// Negative if it was in time.
fn milliseconds(deadline: Instant, answered: Instant) -> f64 {
    let late = answered.saturating_duration_since(deadline).as_secs_f64();
    let early = deadline.saturating_duration_since(answered).as_secs_f64();
    (late - early) * 1e3
}

/// A control group with a part of a core, until it is dropped.
struct Group(PathBuf);

impl Group {
    fn of(memory_mb: u32) -> Result<Self, Error> {
        let quota = u64::from(PERIOD) * u64::from(memory_mb) / u64::from(CORE_MB);
        let v1 = Path::new("/sys/fs/cgroup/cpu");
        let name = format!("redrive-bench-{}-{memory_mb}", std::process::id());
        let (folder, limits) = match v1.exists() {
            true => (
                v1.join(name),
                vec![
                    ("cpu.cfs_period_us", PERIOD.to_string()),
                    ("cpu.cfs_quota_us", quota.to_string()),
                ],
            ),
            false => (
                Path::new("/sys/fs/cgroup").join(name),
                vec![("cpu.max", format!("{quota} {PERIOD}"))],
            ),
        };
        fs::create_dir(&folder)?;
        let group = Self(folder);
        for (file, value) in limits {
            fs::write(group.0.join(file), value)?;
        }
        Ok(group)
    }

    fn add(&self, process: u32) -> Result<(), Error> {
        Ok(fs::write(self.0.join("cgroup.procs"), process.to_string())?)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // It is empty once the kernel has removed the last process.
        for _ in 0..100 {
            if fs::remove_dir(&self.0).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// An SQS that accepts every delay. Returns its URL.
async fn sqs() -> Result<String, Error> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let serve = service_fn(|request: Request<Incoming>| async {
                _ = request.into_body().collect().await;
                let answer = Bytes::from_static(br#"{"Successful":[],"Failed":[]}"#);
                Ok::<_, Infallible>(Response::new(Full::new(answer)))
            });
            tokio::spawn(
                hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), serve),
            );
        }
    });
    Ok(url)
}
