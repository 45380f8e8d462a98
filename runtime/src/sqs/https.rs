//! HTTP for the SDK: HTTP/1.1 over rustls, on the client that the Lambda
//! runtime links anyway.
//!
//! The SDK's own client brings HTTP/2 and proxies, a tenth of the binary, for
//! a service that speaks HTTP/1.1.

use std::{io, sync::OnceLock, time::Duration};

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

/// Opens nothing and reads no certificates before the first call.
#[derive(Debug)]
pub(super) struct Https {
    connect_timeout: Duration,
    client: OnceLock<Result<Connector, String>>,
}

impl Https {
    pub(super) fn new(connect_timeout: Duration) -> Self {
        Https {
            connect_timeout,
            client: OnceLock::new(),
        }
    }
}

impl HttpClient for Https {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let connector = self.client.get_or_init(|| {
            Connector::new(self.connect_timeout).map_err(|error| error.to_string())
        });
        match connector {
            Ok(connector) => connector.clone().into_shared(),
            Err(error) => Unusable(error.clone()).into_shared(),
        }
    }
}

#[derive(Debug, Clone)]
struct Connector(Client<HttpsConnector<Tcp>, SdkBody>);

impl Connector {
    fn new(connect_timeout: Duration) -> io::Result<Self> {
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
        Ok(Connector(
            Client::builder(TokioExecutor::new()).build(https),
        ))
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.0.clone();
        HttpConnectorFuture::new(async move {
            let request = request
                .try_into_http1x()
                .map_err(|error| ConnectorError::user(error.into()))?;
            // Every failure from here on is one of the network, and the SDK
            // tries those again.
            let response = client
                .request(request)
                .await
                .map_err(|error| ConnectorError::io(error.into()))?;
            HttpResponse::try_from(response.map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// There are no root certificates to trust.
#[derive(Debug)]
struct Unusable(String);

impl HttpConnector for Unusable {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::ready(Err(ConnectorError::user(self.0.clone().into())))
    }
}
