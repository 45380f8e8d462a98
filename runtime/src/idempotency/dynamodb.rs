//! The keys in a table of DynamoDB: one conditional write for each call.

use std::{
    collections::HashMap,
    env,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aws_sdk_dynamodb::{
    Client,
    error::SdkError,
    operation::{
        delete_item::DeleteItemError, put_item::PutItemError, update_item::UpdateItemError,
    },
    primitives::Blob,
    types::{AttributeValue, ReturnValuesOnConditionCheckFailure},
};
use redrive_model::{
    deadline::STORE_CALL,
    idempotency::{
        CLAIM, COMPLETE, COMPLETE_UPDATE, RELEASE,
        attribute::{BODY, EXPIRES, ID, LEASE, OWNER, STATE},
        state::{CLAIMED, COMPLETED},
    },
    names::{QUEUE_URL, TABLE},
    words::list,
};

use super::{Claim, Claimed, Store};
use crate::{
    error::{BoxError, Unreachable},
    settings::Settings,
    sqs::{client::sdk_config, traced},
};

type Item = HashMap<String, AttributeValue>;

/// A table of DynamoDB.
#[derive(Debug)]
pub(super) struct DynamoDb {
    table: String,
    /// Creating it does no input or output: the connection is opened by the first call.
    client: Client,
}

impl DynamoDb {
    /// # Errors
    ///
    /// Names every variable that is missing.
    pub(super) fn from_env(settings: &Settings) -> Result<Self, BoxError> {
        Self::from_lookup(settings.function, |name| env::var(name).ok())
    }

    fn from_lookup(
        function: &str,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, BoxError> {
        let get = |name: &str| lookup(name).filter(|value| !value.is_empty());
        // The queue's URL is for the visibility of messages that are in progress.
        let missing = [TABLE, QUEUE_URL]
            .into_iter()
            .filter(|it| get(it).is_none());
        let missing: Vec<_> = missing.collect();
        if !missing.is_empty() {
            return Err(format!(
                "`{function}` needs {} (for `idempotent`); the generated template sets them, set them to the table's name and the queue's URL in your own",
                list(&missing, "and")
            )
            .into());
        }
        Ok(Self {
            table: get(TABLE).unwrap_or_default(),
            client: client(lookup)?,
        })
    }
}

fn client(lookup: impl Fn(&str) -> Option<String>) -> Result<Client, String> {
    // So that a connection that was lost leaves time for another attempt.
    let attempt = STORE_CALL / 3;
    let config = sdk_config(lookup, "DynamoDB", "AWS_ENDPOINT_URL_DYNAMODB", attempt)?;
    Ok(Client::new(&config))
}

impl Store for DynamoDb {
    async fn claim(&self, claim: &Claim) -> Result<Claimed, BoxError> {
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .item(ID, text(&claim.key))
            .item(OWNER, text(&claim.owner))
            .item(STATE, text(CLAIMED))
            .item(BODY, AttributeValue::B(Blob::new(claim.body)))
            .item(LEASE, number(milliseconds(claim.lease_end)))
            .item(EXPIRES, number(seconds_after(claim.expires)))
            .condition_expression(CLAIM)
            .expression_attribute_names("#state", STATE)
            .expression_attribute_values(":claimed", text(CLAIMED))
            .expression_attribute_values(":now", number(milliseconds(claim.now) / 1_000))
            .expression_attribute_values(":now_ms", number(milliseconds(claim.now)))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .customize()
            .mutate_request(traced());
        match put.send().await {
            Ok(_) => Ok(Claimed::Yes),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(refused)) => {
                    known(refused.item(), claim)
                }
                _ => Err(failed(error)),
            },
        }
    }

    async fn complete(&self, claim: &Claim) -> Result<bool, BoxError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .key(ID, text(&claim.key))
            .update_expression(COMPLETE_UPDATE)
            .condition_expression(COMPLETE)
            .expression_attribute_names("#owner", OWNER)
            .expression_attribute_names("#state", STATE)
            .expression_attribute_values(":owner", text(&claim.owner))
            .expression_attribute_values(":completed", text(COMPLETED))
            .expression_attribute_values(":expires", number(seconds_after(claim.expires)))
            .customize()
            .mutate_request(traced());
        match update.send().await {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(false),
                _ => Err(failed(error)),
            },
        }
    }

    async fn release(&self, claim: &Claim) -> Result<(), BoxError> {
        let delete = self
            .client
            .delete_item()
            .table_name(&self.table)
            .key(ID, text(&claim.key))
            .condition_expression(RELEASE)
            .expression_attribute_names("#owner", OWNER)
            .expression_attribute_names("#state", STATE)
            .expression_attribute_values(":owner", text(&claim.owner))
            .expression_attribute_values(":claimed", text(CLAIMED))
            .customize()
            .mutate_request(traced());
        match delete.send().await {
            Ok(_) => Ok(()),
            Err(error) => match error.as_service_error() {
                // Released already, by a call whose answer was lost, or claimed by another.
                Some(DeleteItemError::ConditionalCheckFailedException(_)) => Ok(()),
                _ => Err(failed(error)),
            },
        }
    }
}

fn failed<E, R>(error: SdkError<E, R>) -> BoxError
where
    SdkError<E, R>: Into<BoxError>,
{
    let is_unanswered = matches!(
        error,
        SdkError::DispatchFailure(_) | SdkError::TimeoutError(_)
    );
    match is_unanswered {
        true => Unreachable::boxed("DynamoDB", error),
        false => error.into(),
    }
}

/// What the item says that refused a claim.
fn known(item: Option<&Item>, claim: &Claim) -> Result<Claimed, BoxError> {
    let item = item.ok_or("DynamoDB did not return the item that refused the claim")?;
    let text = |name: &str| item.get(name)?.as_s().ok();
    if text(STATE).is_some_and(|state| state == COMPLETED) {
        let body = item.get(BODY).and_then(|body| body.as_b().ok());
        return Ok(Claimed::Completed {
            same_body: body.is_some_and(|body| body.as_ref() == claim.body),
        });
    }
    // The answer to the first call was lost, and the SDK made another one.
    if text(OWNER).is_some_and(|owner| *owner == claim.owner) {
        return Ok(Claimed::Yes);
    }
    let lease = item.get(LEASE).and_then(|lease| lease.as_n().ok());
    let lease: u64 = lease
        .and_then(|lease| lease.parse().ok())
        .ok_or_else(|| format!("the item that refused the claim has no number `{LEASE}`"))?;
    Ok(Claimed::InProgress {
        until: UNIX_EPOCH + Duration::from_millis(lease),
    })
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn number(number: u64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

fn milliseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// The first whole second that is not before this time.
fn seconds_after(time: SystemTime) -> u64 {
    milliseconds(time).div_ceil(1_000)
}

#[cfg(test)]
mod tests;
