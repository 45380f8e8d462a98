//! The Extensions API, for extensions inside the function's process; see
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html>.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::function::LambdaFunction;

const NAME: &str = "Lambda-Extension-Name";
const ID: &str = "Lambda-Extension-Identifier";

/// The extensions that have registered.
#[derive(Debug)]
pub(super) struct Extensions {
    /// What an extension learns of the function.
    function: String,
    registered: watch::Sender<Vec<Extension>>,
}

#[derive(Clone, Debug)]
struct Extension {
    name: String,
    /// Whether it has asked for its first event.
    is_ready: bool,
}

impl Extensions {
    pub(super) fn new(function: &LambdaFunction) -> Self {
        let function = json!({
            "functionName": function.name,
            "functionVersion": "$LATEST",
            "handler": function.variables.get("_HANDLER"),
        });
        Self {
            function: function.to_string(),
            registered: watch::Sender::default(),
        }
    }

    /// The API.
    pub(super) fn router(self: Arc<Self>) -> Router {
        const BASE: &str = "/2020-01-01/extension";
        Router::new()
            .route(&format!("{BASE}/register"), post(register))
            .route(&format!("{BASE}/event/next"), get(next))
            .route(&format!("{BASE}/init/error"), post(accept))
            .route(&format!("{BASE}/exit/error"), post(accept))
            .with_state(self)
    }

    /// Whether there is one, for which Lambda shuts the function down with
    /// SIGTERM.
    pub(super) fn exist(&self) -> bool {
        !self.registered.borrow().is_empty()
    }

    /// Waits until every extension has asked for its first event, as Lambda's init
    /// phase does.
    pub(super) async fn ready(&self) {
        let is_ready = |all: &Vec<Extension>| all.iter().all(|extension| extension.is_ready);
        // The sender lives as long as `self`.
        let _ = self.registered.subscribe().wait_for(is_ready).await;
    }

    /// Adds an extension and returns its identifier, unless its name is taken.
    fn register(&self, name: &str) -> Option<String> {
        let mut id = None;
        self.registered.send_modify(|all| {
            if all.iter().all(|extension| extension.name != name) {
                id = Some(all.len().to_string());
                let (name, is_ready) = (name.to_owned(), false);
                all.push(Extension { name, is_ready });
            }
        });
        id
    }

    /// Marks an extension as ready, and returns whether it exists.
    fn mark_ready(&self, id: &str) -> bool {
        let mut exists = false;
        self.registered.send_modify(|all| {
            let index = id.parse().unwrap_or(usize::MAX);
            if let Some(extension) = all.get_mut(index) {
                extension.is_ready = true;
                exists = true;
            }
        });
        exists
    }
}

/// An extension of the function's own process gets no `INVOKE` event here, and
/// may not ask for `SHUTDOWN` on Lambda either.
async fn register(
    State(extensions): State<Arc<Extensions>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(name) = headers.get(NAME).and_then(|name| name.to_str().ok()) else {
        return rejected("Extension.InvalidExtensionName", "the name is missing");
    };
    let request: Value = serde_json::from_slice(&body).unwrap_or_default();
    let events = request["events"].as_array();
    if events.is_some_and(|events| !events.is_empty()) {
        return rejected(
            "Extension.InvalidEventType",
            "the local Lambda sends no events to extensions; register with `\"events\": []`",
        );
    }
    match extensions.register(name) {
        Some(id) => ([(ID, id)], extensions.function.clone()).into_response(),
        None => rejected(
            "Extension.AlreadyRegistered",
            "the name is already registered",
        ),
    }
}

/// Never answers, because no extension is registered for an event.
async fn next(State(extensions): State<Arc<Extensions>>, headers: HeaderMap) -> Response {
    let id = headers.get(ID).and_then(|id| id.to_str().ok());
    if !id.is_some_and(|id| extensions.mark_ready(id)) {
        return rejected("Extension.UnknownExtensionIdentifier", "unknown identifier");
    }
    std::future::pending().await
}

async fn accept() -> StatusCode {
    StatusCode::ACCEPTED
}

fn rejected(kind: &str, message: &str) -> Response {
    let error = json!({ "errorType": kind, "errorMessage": message });
    (StatusCode::FORBIDDEN, error.to_string()).into_response()
}
