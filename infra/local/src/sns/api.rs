//! The SNS API over HTTP, in AWS's query protocol, as used by SDKs, boto3 and the
//! `aws` command line: `Publish` and `PublishBatch`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Router;
use axum::body::{self, Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::middleware::{self, Next};
use serde_json::Value;

use super::{Publication, Published, SnsError, Topics};
use crate::sqs::SharedSqs;
use crate::sqs::api::WireAttribute;

/// The version of the API, which a request names: SQS's old query protocol has another.
const VERSION: &str = "2010-03-31";

/// The content type of a request.
const FORM: &[u8] = b"application/x-www-form-urlencoded";

const MAX_ENTRIES: usize = 10;

#[derive(Clone)]
struct Api {
    topics: Arc<Topics>,
    sqs: SharedSqs,
}

/// Answers the requests for SNS at the address of `router`, which answers all others.
pub(crate) fn with_topics(router: Router, topics: Arc<Topics>, sqs: SharedSqs) -> Router {
    router.layer(middleware::from_fn_with_state(Api { topics, sqs }, call))
}

async fn call(State(api): State<Api>, request: Request, next: Next) -> Response<Body> {
    let kind = request.headers().get(header::CONTENT_TYPE);
    if !kind.is_some_and(|kind| kind.as_bytes().starts_with(FORM)) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    // A body that ends early lacks parameters, which is an error.
    let body = body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let form = Form::read(&body);
    match form.get("Version") {
        Some(VERSION) => response(api.answer(&form), &api.sqs),
        _ => next.run(Request::from_parts(parts, body.into())).await,
    }
}

/// The parameters of a request, by name.
struct Form(BTreeMap<String, String>);

impl Form {
    fn read(body: &Bytes) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }

    /// The prefixes of the members of a list of structures, each of which has `first`.
    fn list(&self, name: &str, first: &str) -> Vec<String> {
        (1..)
            .map(|number| format!("{name}.{number}."))
            .take_while(|prefix| self.0.contains_key(&format!("{prefix}{first}")))
            .collect()
    }

    /// The message whose parameters have this prefix.
    fn publication(&self, prefix: &str) -> Result<Publication, SnsError> {
        let text = |name: &str| self.text(&format!("{prefix}{name}"));
        let attributes = self.list(&format!("{prefix}MessageAttributes.entry"), "Name");
        let attributes = attributes.into_iter().map(|entry| {
            let part = |name: &str| self.text(&format!("{entry}{name}"));
            let name = part("Name").unwrap_or_default();
            let attribute = WireAttribute {
                data_type: part("Value.DataType").unwrap_or_default(),
                string_value: part("Value.StringValue"),
                binary_value: part("Value.BinaryValue"),
            };
            match attribute.read(&name) {
                Ok(attribute) => Ok((name, attribute)),
                Err(error) => Err(SnsError::invalid(error.to_string())),
            }
        });
        let message = text("Message").unwrap_or_default();
        Ok(Publication {
            message: match text("MessageStructure").as_deref() {
                Some("json") => for_sqs(&message)?,
                _ => message,
            },
            subject: text("Subject"),
            attributes: attributes.collect::<Result<_, _>>()?,
            group: text("MessageGroupId"),
            deduplication: text("MessageDeduplicationId"),
        })
    }
}

/// The text for SQS of a message that has one for each protocol.
fn for_sqs(message: &str) -> Result<String, SnsError> {
    let invalid = |problem: &str| SnsError::invalid(format!("Message Structure - {problem}"));
    let texts: Value =
        serde_json::from_str(message).map_err(|_| invalid("JSON message body failed to parse"))?;
    let text = texts["sqs"].as_str().or(texts["default"].as_str());
    text.map(str::to_owned)
        .ok_or_else(|| invalid("No default entry in JSON message body"))
}

impl Api {
    /// The members of the answer, in XML.
    fn answer(&self, form: &Form) -> Result<(&'static str, String), SnsError> {
        let topic = form.get("TopicArn").or(form.get("TargetArn"));
        let topic = topic.unwrap_or_default();
        match form.get("Action").unwrap_or_default() {
            "Publish" => Ok(("Publish", published(&self.publish(topic, form, "")?))),
            "PublishBatch" => Ok(("PublishBatch", self.publish_batch(topic, form)?)),
            action => Err(SnsError::UnknownAction(action.to_owned())),
        }
    }

    fn publish(&self, topic: &str, form: &Form, prefix: &str) -> Result<Published, SnsError> {
        let publication = form.publication(prefix)?;
        self.sqs
            .change(|sqs, now| self.topics.publish(sqs, topic, &publication, now))
    }

    fn publish_batch(&self, topic: &str, form: &Form) -> Result<String, SnsError> {
        let entries = form.list("PublishBatchRequestEntries.member", "Id");
        if self.topics.find(topic) != Some(topic) {
            return Err(SnsError::NoTopic);
        }
        match entries.len() {
            0 => return Err(SnsError::EmptyBatch),
            1..=MAX_ENTRIES => {}
            _ => return Err(SnsError::TooManyEntries),
        }
        let ids = entries
            .iter()
            .map(|prefix| form.text(&format!("{prefix}Id")));
        let ids: Vec<_> = ids.map(Option::unwrap_or_default).collect();
        let mut seen = BTreeSet::new();
        if let Some(id) = ids.iter().find(|id| !seen.insert(*id)) {
            return Err(SnsError::RepeatedId(id.clone()));
        }
        let (mut successful, mut failed) = (String::new(), String::new());
        for (prefix, id) in entries.iter().zip(&ids) {
            let id = element("Id", id);
            match self.publish(topic, form, prefix) {
                Ok(sent) => successful += &format!("<member>{id}{}</member>", published(&sent)),
                Err(error) => {
                    let code = element("Code", error.code());
                    let message = element("Message", &error.to_string());
                    let fault = element("SenderFault", "true");
                    failed += &format!("<member>{id}{code}{message}{fault}</member>");
                }
            }
        }
        Ok(format!(
            "<Successful>{successful}</Successful><Failed>{failed}</Failed>"
        ))
    }
}

fn published(published: &Published) -> String {
    let sequence = published.sequence.as_deref();
    let sequence = sequence.map(|number| element("SequenceNumber", number));
    element("MessageId", &published.id) + &sequence.unwrap_or_default()
}

fn element(name: &str, text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            other => escaped.push(other),
        }
    }
    format!("<{name}>{escaped}</{name}>")
}

fn response(answer: Result<(&str, String), SnsError>, sqs: &SharedSqs) -> Response<Body> {
    let id = element("RequestId", &sqs.read(|sqs, _| sqs.new_id()));
    let namespace = format!("xmlns=\"http://sns.amazonaws.com/doc/{VERSION}/\"");
    let (status, body) = match answer {
        Ok((action, members)) => {
            let result = format!("<{action}Result>{members}</{action}Result>");
            let metadata = format!("<ResponseMetadata>{id}</ResponseMetadata>");
            let body =
                format!("<{action}Response {namespace}>{result}{metadata}</{action}Response>");
            (StatusCode::OK, body)
        }
        Err(error) => {
            let status = match error {
                SnsError::NoTopic => StatusCode::NOT_FOUND,
                _ => StatusCode::BAD_REQUEST,
            };
            let kind = element("Type", "Sender");
            let code = element("Code", error.code());
            let message = element("Message", &error.to_string());
            let error = format!("<Error>{kind}{code}{message}</Error>");
            let body = format!("<ErrorResponse {namespace}>{error}{id}</ErrorResponse>");
            (status, body)
        }
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let xml = HeaderValue::from_static("text/xml");
    response.headers_mut().insert(header::CONTENT_TYPE, xml);
    response
}
