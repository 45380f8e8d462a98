//! The little HTTP that tests speak to servers on this machine.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::Duration;

use ureq::Agent;

/// A port that nobody listens on at the moment. Somebody may, before it is
/// used: start again with another one if the server says so.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
    listener.local_addr().expect("it is bound").port()
}

/// Whether somebody listens on the port.
pub fn listens(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// Whether a GET of the URL succeeds.
pub fn answers(url: &str) -> bool {
    agent(Duration::from_secs(5)).get(url).call().is_ok()
}

/// Posts the text and returns status and body.
///
/// # Errors
///
/// If there is no answer within `limit`.
pub fn post(url: &str, body: &str, limit: Duration) -> Result<(u16, String), ureq::Error> {
    let mut response = agent(limit).post(url).send(body)?;
    let status = response.status().as_u16();
    Ok((status, response.body_mut().read_to_string()?))
}

fn agent(limit: Duration) -> Agent {
    Agent::config_builder()
        .timeout_global(Some(limit))
        .http_status_as_error(false)
        .proxy(None)
        .build()
        .into()
}
