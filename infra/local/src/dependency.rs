//! HTTP stubs of the functions' dependencies, which fail by simulated time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use jiff::Timestamp;

use crate::clock::{Clock, add};
use crate::server::Server;

/// A rule of an HTTP stub: when it fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// The stub's name.
    pub name: String,
    /// The worker's environment variable with its URL.
    pub env: String,
    /// The rule applies to paths that start with this.
    pub path: String,
    /// It answers 503 until this time.
    pub down_until: Option<DownUntil>,
    /// It answers 503 to this number of first requests for each path.
    pub fail_first: u32,
    /// The time until it answers, in real time as seen by the function.
    pub takes: Duration,
    /// The body of its answers 200.
    pub answer: Option<String>,
}

/// How long a stub fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DownUntil {
    /// Until this time.
    Time(Timestamp),
    /// Until this long after the start.
    After(Duration),
}

struct Stubs {
    start: Timestamp,
    rules: Vec<Dependency>,
    clock: Clock,
    requests: Mutex<BTreeMap<String, u32>>,
}

/// Serves the stubs of `rules`; their URLs by the names of the environment variables.
///
/// # Errors
/// No port can be bound.
pub(crate) async fn serve(
    rules: Vec<Dependency>,
    clock: Clock,
) -> std::io::Result<(Server, BTreeMap<String, String>)> {
    let names: Vec<_> = rules
        .iter()
        .map(|rule| (rule.env.clone(), rule.name.clone()))
        .collect();
    let stubs = Arc::new(Stubs {
        start: clock.now(),
        rules,
        clock,
        requests: Mutex::default(),
    });
    let server = Server::start(|_| Router::new().fallback(answer).with_state(stubs)).await?;
    let url = |name| format!("{}/{name}", server.url());
    let urls = names.into_iter().map(|(env, name)| (env, url(name)));
    let urls = urls.collect();
    Ok((server, urls))
}

async fn answer(State(stubs): State<Arc<Stubs>>, uri: Uri) -> (StatusCode, String) {
    tokio::time::sleep(stubs.takes(uri.path())).await;
    stubs.answer(uri.path())
}

impl Stubs {
    fn answer(&self, path: &str) -> (StatusCode, String) {
        let (name, _) = split(path);
        let requests = self.count(path);
        if self.rules.iter().all(|rule| rule.name != name) {
            return (StatusCode::NOT_FOUND, format!("no dependency {name}\n"));
        }
        let now = self.clock.now();
        let is_before = |until| match until {
            DownUntil::Time(time) => now < time,
            DownUntil::After(length) => now < add(self.start, length),
        };
        let down = self
            .rules_for(path)
            .any(|rule| rule.down_until.is_some_and(is_before) || requests <= rule.fail_first);
        if down {
            return (StatusCode::SERVICE_UNAVAILABLE, format!("{name} is down\n"));
        }
        let answer = self.rules_for(path).find_map(|rule| rule.answer.clone());
        (
            StatusCode::OK,
            answer.unwrap_or_else(|| format!("{name} is up\n")),
        )
    }

    fn takes(&self, path: &str) -> Duration {
        let longest = self.rules_for(path).map(|rule| rule.takes).max();
        longest.unwrap_or_default()
    }

    fn rules_for(&self, path: &str) -> impl Iterator<Item = &Dependency> {
        let (name, rest) = split(path);
        self.rules
            .iter()
            .filter(move |rule| rule.name == name && rest.starts_with(&rule.path))
    }

    /// The number of requests for the path, including this one.
    fn count(&self, path: &str) -> u32 {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let count = requests.entry(path.to_owned()).or_default();
        *count += 1;
        *count
    }
}

/// `/warehouse/stock/7` is the path `/stock/7` of `warehouse`.
fn split(path: &str) -> (&str, &str) {
    let path = path.trim_start_matches('/');
    match path.find('/') {
        Some(slash) => path.split_at(slash),
        None => (path, "/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stubs(down_until: Option<&str>, fail_first: u32, path: &str) -> Stubs {
        Stubs {
            start: Timestamp::UNIX_EPOCH,
            rules: vec![Dependency {
                name: "warehouse".to_owned(),
                env: "WAREHOUSE_URL".to_owned(),
                path: path.to_owned(),
                down_until: down_until.map(|at| DownUntil::Time(at.parse().unwrap())),
                fail_first,
                takes: Duration::ZERO,
                answer: None,
            }],
            clock: Clock::simulated("2026-01-05T09:00:00Z".parse().unwrap()),
            requests: Mutex::default(),
        }
    }

    fn status(stubs: &Stubs, path: &str) -> u16 {
        stubs.answer(path).0.as_u16()
    }

    #[test]
    fn is_down_until_the_time_of_the_rule() {
        let stubs = stubs(Some("2026-01-06T08:00:00Z"), 0, "/");
        assert_eq!(status(&stubs, "/warehouse/stock/7"), 503);
        stubs.clock.jump("2026-01-06T08:00:00Z".parse().unwrap());
        assert_eq!(status(&stubs, "/warehouse/stock/7"), 200);
    }

    #[test]
    fn fails_the_first_requests_of_each_path() {
        let stubs = stubs(None, 2, "/");
        for path in ["/warehouse/3", "/warehouse/4"] {
            assert_eq!(status(&stubs, path), 503);
            assert_eq!(status(&stubs, path), 503);
            assert_eq!(status(&stubs, path), 200);
        }
    }

    #[test]
    fn only_the_paths_of_a_rule_fail() {
        let stubs = stubs(None, 2, "/charges/3");
        assert_eq!(status(&stubs, "/warehouse/charges/4"), 200);
        assert_eq!(status(&stubs, "/warehouse/charges/3"), 503);
    }

    #[test]
    fn the_answer_of_a_path_is_its_rule_s() {
        let mut stubs = stubs(None, 1, "/stock");
        stubs.rules[0].answer = Some("7 lamps".to_owned());
        let [first, second] = [(); 2].map(|()| stubs.answer("/warehouse/stock/lamp").1);
        assert_eq!([first, second], ["warehouse is down\n", "7 lamps"]);
        assert_eq!(stubs.answer("/warehouse/picks").1, "warehouse is up\n");
    }

    #[test]
    fn an_unknown_name_is_not_found() {
        assert_eq!(status(&stubs(None, 0, "/"), "/payments"), 404);
    }
}
