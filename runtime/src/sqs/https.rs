//! HTTP for the SDK: HTTP/1.1 over rustls, on the client that the Lambda
//! runtime links anyway.
//!
//! The SDK's own client brings HTTP/2 and proxies, a tenth of the binary, for
//! a service that speaks HTTP/1.1.

use std::{io, sync::Arc, time::Duration};

use aws_sdk_sqs::config::{HttpClient, RuntimeComponents};
use aws_smithy_runtime_api::{
    client::{
        http::{HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
    },
    shared::IntoShared,
};
use aws_smithy_types::body::SdkBody;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector as Tcp},
    rt::TokioExecutor,
};
use tokio::sync::OnceCell;

type Connection = Client<HttpsConnector<Tcp>, SdkBody>;

/// Opens nothing and reads no certificates before the first call.
#[derive(Clone, Debug)]
pub(super) struct Https {
    connect_timeout: Duration,
    client: Arc<OnceCell<Connection>>,
}

impl Https {
    pub(super) fn new(connect_timeout: Duration) -> Self {
        Https {
            connect_timeout,
            client: Arc::default(),
        }
    }

    /// Reads the root certificates on another thread: with the smallest memory
    /// that takes a tenth of a second, in which no timeout would be looked at.
    async fn client(&self) -> Result<&Connection, ConnectorError> {
        let connect_timeout = self.connect_timeout;
        let connect = || async move {
            let client = tokio::task::spawn_blocking(move || connection(connect_timeout)).await;
            client.map_err(io::Error::other).flatten()
        };
        self.client
            .get_or_try_init(connect)
            .await
            .map_err(|error| ConnectorError::user(error.into()))
    }
}

fn connection(connect_timeout: Duration) -> io::Result<Connection> {
    let mut tcp = Tcp::new();
    tcp.set_connect_timeout(Some(connect_timeout));
    tcp.set_nodelay(true);
    // The TLS layer is given the https addresses.
    tcp.enforce_http(false);
    let https = HttpsConnectorBuilder::new()
        .with_provider_and_native_roots(rustls::crypto::ring::default_provider())?
        .https_or_http()
        .enable_http1()
        .wrap_connector(tcp);
    Ok(Client::builder(TokioExecutor::new()).build(https))
}

impl HttpClient for Https {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        self.clone().into_shared()
    }
}

impl HttpConnector for Https {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let https = self.clone();
        HttpConnectorFuture::new(async move {
            let request = request
                .try_into_http1x()
                .map_err(|error| ConnectorError::user(error.into()))?;
            // Every failure from here on is one of the network, and the SDK
            // tries those again.
            let response = https
                .client()
                .await?
                .request(request)
                .await
                .map_err(|error| ConnectorError::io(error.into()))?;
            HttpResponse::try_from(response.map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}
