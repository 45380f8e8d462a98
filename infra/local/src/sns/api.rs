//! The SNS API over HTTP, in AWS's query protocol, as used by SDKs, boto3 and the
//! `aws` command line: `Publish` and `PublishBatch`.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};

use super::{Published, SnsError, Topics};
use crate::sqs::api::check_ids;
use crate::sqs::{Attribute, AttributeValue, Outgoing, SharedSqs};

/// The version of the API, which a request names: SQS's old query protocol has another.
const VERSION: &str = "2010-03-31";

/// The content type of a request.
const FORM: &[u8] = b"application/x-www-form-urlencoded";

#[derive(Clone)]
struct Api {
    topics: Arc<Topics>,
    sqs: SharedSqs,
}

/// Answers the requests for SNS at the address of `router`, which answers all others.
pub(crate) fn with_topics(router: Router, topics: Arc<Topics>, sqs: SharedSqs) -> Router {
    router.layer(middleware::from_fn_with_state(Api { topics, sqs }, call))
}

async fn call(State(api): State<Api>, request: Request, next: Next) -> Response {
    let kind = request.headers().get(header::CONTENT_TYPE);
    if !kind.is_some_and(|kind| kind.as_bytes().starts_with(FORM)) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    // A body that ends early lacks parameters, which is an error.
    let body = body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let form = Form(form_urlencoded::parse(&body).into_owned().collect());
    match form.text("Version").as_deref() {
        Some(VERSION) => response(api.answer(&form), &api.sqs),
        _ => next.run(Request::from_parts(parts, body.into())).await,
    }
}

/// The parameters of a request, by name.
struct Form(BTreeMap<String, String>);

impl Form {
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
    fn message(&self, prefix: &str) -> Result<Outgoing, SnsError> {
        let text = |name: &str| self.text(&format!("{prefix}{name}"));
        let attributes = self.list(&format!("{prefix}MessageAttributes.entry"), "Name");
        let attributes = attributes.into_iter().map(|entry| {
            let part = |name: &str| self.text(&format!("{entry}{name}"));
            let binary = part("Value.BinaryValue").map(AttributeValue::Binary);
            let text = || AttributeValue::Text(part("Value.StringValue").unwrap_or_default());
            let attribute = Attribute {
                data_type: part("Value.DataType").unwrap_or_default(),
                value: binary.unwrap_or_else(text),
            };
            match (part("Name").unwrap_or_default(), attribute.is_valid()) {
                (name, true) => Ok((name, attribute)),
                (name, false) => Err(SnsError::invalid(format!("MessageAttributes.{name}"))),
            }
        });
        if text("MessageStructure").is_some() {
            return Err(SnsError::invalid("the local SNS has no MessageStructure"));
        }
        Ok(Outgoing {
            body: text("Message").unwrap_or_default(),
            subject: text("Subject"),
            attributes: attributes.collect::<Result<_, _>>()?,
            group: text("MessageGroupId"),
            deduplication: text("MessageDeduplicationId"),
            ..Outgoing::default()
        })
    }
}

impl Api {
    /// The members of the answer, in XML.
    fn answer(&self, form: &Form) -> Result<(&'static str, String), SnsError> {
        let topic = form.text("TopicArn").unwrap_or_default();
        let action = form.text("Action").unwrap_or_default();
        match &*action {
            "Publish" => Ok(("Publish", published(&self.publish(&topic, form, "")?))),
            "PublishBatch" => Ok(("PublishBatch", self.publish_batch(&topic, form)?)),
            _ => Err(SnsError::UnknownAction(action)),
        }
    }

    fn publish(&self, topic: &str, form: &Form, prefix: &str) -> Result<Published, SnsError> {
        let message = form.message(prefix)?;
        self.sqs
            .change(|sqs, now| self.topics.publish(sqs, topic, &message, now))
    }

    fn publish_batch(&self, topic: &str, form: &Form) -> Result<String, SnsError> {
        if self.topics.find(topic) != Some(topic) {
            return Err(SnsError::NoTopic);
        }
        let entries = form.list("PublishBatchRequestEntries.member", "Id");
        let id = |prefix: &String| form.text(&format!("{prefix}Id")).unwrap_or_default();
        let ids: Vec<_> = entries.iter().map(id).collect();
        check_ids(ids.iter().map(String::as_str))?;
        let (mut successful, mut failed) = (String::new(), String::new());
        for (prefix, id) in entries.iter().zip(&ids) {
            let id = element("Id", id);
            match self.publish(topic, form, prefix) {
                Ok(sent) => successful += &format!("<member>{id}{}</member>", published(&sent)),
                Err(error) => {
                    let fault = element("SenderFault", "true");
                    failed += &format!("<member>{id}{}{fault}</member>", described(&error));
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

fn described(error: &SnsError) -> String {
    element("Code", error.code()) + &element("Message", &error.to_string())
}

fn element(name: &str, text: &str) -> String {
    let text = text.replace('&', "&amp;");
    let text = text.replace('<', "&lt;").replace('>', "&gt;");
    format!("<{name}>{text}</{name}>")
}

fn response(answer: Result<(&str, String), SnsError>, sqs: &SharedSqs) -> Response {
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
            let error = format!("<Error>{kind}{}</Error>", described(&error));
            let body = format!("<ErrorResponse {namespace}>{error}{id}</ErrorResponse>");
            (status, body)
        }
    };
    (status, [(header::CONTENT_TYPE, "text/xml")], body).into_response()
}
