//! Orders come in on a queue; each is charged and then picked in the warehouse.

use redrive::sqs_batch;
use serde::Deserialize;

#[derive(Deserialize)]
struct Order {
    id: u64,
    sku: String,
    quantity: u32,
    total_cents: u32,
}

#[derive(Debug, thiserror::Error)]
enum OrderError {
    #[error("{service} answered {status}")]
    Refused {
        service: &'static str,
        status: reqwest::StatusCode,
    },
    #[error("a service cannot be reached")]
    Unreachable(#[from] reqwest::Error),
}

#[sqs_batch(
    queue = "orders",
    retries = 3,
    timeout = "30s",
    init = Services::from_env,
    env(PAYMENTS_URL = "http://payments.internal", WAREHOUSE_URL = "http://warehouse.internal"),
    dlq_redrive = "cron(0 23 ? * SUN-THU *)",
    redrive_timezone = "Asia/Jerusalem"
)]
async fn process_order(order: Order, services: &Services) -> Result<(), OrderError> {
    let each = order.total_cents / order.quantity;
    services.charge(order.id, order.total_cents).await?;
    services.pick(&order.sku, order.quantity, each).await
}

/// What an order needs others for; connections live as long as the process.
struct Services {
    http: reqwest::Client,
    payments: String,
    warehouse: String,
}

impl Services {
    async fn from_env() -> Result<Self, String> {
        let url = |name| std::env::var(name).map_err(|error| format!("{name}: {error}"));
        Ok(Self {
            http: reqwest::Client::new(),
            payments: url("PAYMENTS_URL")?,
            warehouse: url("WAREHOUSE_URL")?,
        })
    }

    async fn charge(&self, order: u64, cents: u32) -> Result<(), OrderError> {
        let url = format!("{}/charges/{order}?cents={cents}", self.payments);
        self.put("payments", url).await
    }

    async fn pick(&self, sku: &str, quantity: u32, each: u32) -> Result<(), OrderError> {
        let url = format!(
            "{}/picks/{sku}?quantity={quantity}&each={each}",
            self.warehouse
        );
        self.put("warehouse", url).await
    }

    /// Both services take the same request twice without doing it twice: a
    /// message can be delivered more than once.
    async fn put(&self, service: &'static str, url: String) -> Result<(), OrderError> {
        let status = self.http.put(url).send().await?.status();
        if status.is_success() {
            Ok(())
        } else {
            Err(OrderError::Refused { service, status })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_order_fails_when_payments_cannot_be_reached() {
        // Port 0 is no port to connect to.
        let services = Services {
            http: reqwest::Client::new(),
            payments: "http://127.0.0.1:0".to_owned(),
            warehouse: "http://127.0.0.1:0".to_owned(),
        };
        let order = Order {
            id: 1,
            sku: "lamp".to_owned(),
            quantity: 2,
            total_cents: 5_000,
        };
        let error = process_order(order, &services).await.unwrap_err();
        assert!(matches!(error, OrderError::Unreachable(_)), "{error}");
    }
}
