//! The services that the functions call, for tests: all of them at one address.

use std::sync::{Arc, Mutex};
use std::thread;

use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_sqs::{Client, Config};
use axum::Router;
use axum::http::{StatusCode, Uri};
use billing::ledger::Ledger;
use tokio::net::TcpListener;
use tokio::runtime::Builder;

pub(crate) struct Stub {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<(String, String)>>>,
}

impl Stub {
    /// Answers requests by their path until the test's process ends.
    pub(crate) fn start(
        answer: impl Fn(&str) -> (u16, &'static str) + Send + Sync + 'static,
    ) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::<Mutex<Vec<_>>>::default();
        let (answer, received) = (Arc::new(answer), Arc::clone(&requests));
        let respond = async move |uri: Uri, body: String| {
            let path = uri.path().to_owned();
            received.lock().unwrap().push((path.clone(), body));
            let answer = move || {
                let (status, body) = answer(&path);
                (StatusCode::from_u16(status).unwrap(), body.to_owned())
            };
            // An answer may wait for other requests.
            tokio::task::spawn_blocking(answer).await.unwrap()
        };
        let router = Router::new().fallback(respond);
        thread::spawn(move || runtime.block_on(async { axum::serve(listener, router).await }));
        Self { url, requests }
    }

    /// The paths and the bodies of the requests so far.
    pub(crate) fn requests(&self) -> Vec<(String, String)> {
        self.requests.lock().unwrap().clone()
    }
}

/// A queue for entries at the stub's address.
#[allow(dead_code, reason = "`book` sends none")]
pub(crate) fn ledger(stub: &Stub) -> Ledger {
    let credentials = Credentials::new("test", "test", None, None, "test");
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(credentials)
        .endpoint_url(&stub.url);
    Ledger::new(Client::from_conf(config.build()), "ledger.fifo")
}
