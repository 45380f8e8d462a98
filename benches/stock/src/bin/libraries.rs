//! The least that redrive's libraries need for a batch: `lambda_runtime` on one thread, and
//! `serde_json` that borrows each id and body. No spans, no log, no deadline, no catching of
//! panics. What remains of redrive's time beyond this is redrive's own.

use std::{
    borrow::Cow,
    future::Future,
    mem,
    pin::Pin,
    task::{Context, Poll},
};

use lambda_runtime::{
    Error, LambdaEvent, LambdaInvocation, Runtime, Service, service_fn, tower::layer::layer_fn,
};
use redrive_bench_stock::Order;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event<'e> {
    #[serde(borrow)]
    records: Vec<Record<'e>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record<'e> {
    message_id: &'e str,
    #[serde(borrow)]
    body: Cow<'e, str>,
}

/// Handles the bytes of an event, which reach no other layer.
#[derive(Clone)]
struct Handle<S>(S);

impl<S> Service<LambdaInvocation> for Handle<S>
where
    S: Service<LambdaInvocation, Response = (), Error = Error>,
    S::Future: Send + 'static,
{
    type Response = ();
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, mut invocation: LambdaInvocation) -> Self::Future {
        let event = mem::replace(&mut invocation.body, "null".into());
        match handle(&event) {
            Ok(()) => Box::pin(self.0.call(invocation)),
            Err(error) => Box::pin(async { Err(error) }),
        }
    }
}

fn handle(event: &[u8]) -> Result<(), Error> {
    let event: Event<'_> = serde_json::from_slice(event)?;
    for record in &event.records {
        let order: Order = serde_json::from_str(&record.body)?;
        if order.quantity == 0 || order.sku.is_empty() {
            return Err(format!("{}: order {} is empty", record.message_id, order.id).into());
        }
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let answer =
        service_fn(async |_: LambdaEvent<()>| Ok::<_, Error>(json!({ "batchItemFailures": [] })));
    Runtime::new(answer).layer(layer_fn(Handle)).run().await
}
