//! The keys of AWS KMS, as `kms_key` names them.

use crate::arn;
use crate::diagnostic::Fix;
use crate::parameter_text::ParameterText;
use crate::tokens::excerpt;

/// The key that AWS manages for SQS.
const MANAGED_BY_AWS: &str = "alias/aws/sqs";
/// The keys that AWS manages for one of its services.
const OF_AWS: &str = "alias/aws/";

/// How a key is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KmsKey {
    /// By the key that AWS manages, which every role of the account may use.
    ManagedByAws,
    /// By its ARN.
    Arn(ParameterText),
    /// By its id.
    Id(ParameterText),
    /// By an alias; with the ARN of all keys of its account and region, if it is known.
    Alias(ParameterText, Option<ParameterText>),
}

impl KmsKey {
    /// The key that this text names.
    pub fn of(text: &ParameterText) -> Option<Self> {
        // What was read once is read again.
        let read = |text: &str| ParameterText::parse(text).ok();
        if text.only_parameter().is_some() {
            return Some(KmsKey::Arn(text.clone()));
        }
        let shown = text.with(|parameter| format!("${{{}}}", parameter.name));
        let arn = arn::parts(text);
        if arn.is_some() && arn::problem(text, "kms").is_some() {
            return None;
        }
        let resource = arn.as_ref().map_or(shown.as_str(), |parts| &parts[5]);
        let is_id_character = |c: char| c.is_ascii_hexdigit() || "mrk-".contains(c);
        let is_id = |id: &str| {
            (35..=36).contains(&id.len()) && id.chars().all(is_id_character) && id.contains('-')
        };
        match (resource.split_once('/'), &arn) {
            (Some((_, "")), _) => None,
            _ if resource == MANAGED_BY_AWS => Some(KmsKey::ManagedByAws),
            _ if resource.starts_with(OF_AWS) => None,
            (Some(("alias", _)), _) => {
                let account = shown.strip_suffix(resource).filter(|_| arn.is_some());
                let all = account.and_then(|account| read(&format!("{account}key/*")));
                Some(KmsKey::Alias(read(resource)?, all))
            }
            (Some(("key", _)), Some(_)) => Some(KmsKey::Arn(text.clone())),
            (_, Some(_)) => None,
            (_, None) if text.literal().is_some_and(is_id) => Some(KmsKey::Id(text.clone())),
            (_, None) => None,
        }
    }

    /// Why this text does not name a key, and what does.
    pub(crate) fn refused(text: &ParameterText) -> (String, Fix) {
        let shown = text.to_string();
        let shown = excerpt(&shown);
        let advice = || Fix::advice("write its ARN, its id, or an alias such as `alias/orders`");
        let alias = |name: &str| Fix::set_text("kms_key", format_args!("alias/{name}"));
        let is_name = |c: char| c.is_ascii_alphanumeric() || "/_-".contains(c);
        let problem = |why: &str| format!("`\"{shown}\"` does not name a key of KMS{why}");
        if shown.contains(OF_AWS) {
            let why = ": AWS manages it for another service than SQS";
            return (problem(why), alias("orders"));
        }
        match arn::problem(text, "kms").filter(|_| shown.starts_with("arn:")) {
            Some(why) => (problem(&format!(": {why}")), advice()),
            None if !shown.is_empty() && shown.chars().all(is_name) && !shown.ends_with('/') => {
                (problem(""), alias(&shown))
            }
            None => (problem(""), advice()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{KmsKey, ParameterText};

    fn of(text: &str) -> Option<KmsKey> {
        KmsKey::of(&ParameterText::parse(text).expect(text))
    }

    #[test]
    fn a_key_is_named_in_several_ways() {
        let arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        assert_eq!(of(arn), Some(KmsKey::Arn(arn.into())));
        assert!(matches!(of("${KeyArn}"), Some(KmsKey::Arn(_))));
        for id in [
            "1234abcd-12ab-34cd-56ef-1234567890ab",
            "mrk-1234abcd12ab34cd56ef1234567890ab",
        ] {
            assert_eq!(of(id), Some(KmsKey::Id(id.into())));
        }
        assert!(matches!(of("alias/${Stage}"), Some(KmsKey::Alias(_, None))));
        let all = "arn:aws:kms:eu-west-1:123456789012:key/*".into();
        let alias = KmsKey::Alias("alias/orders".into(), Some(all));
        assert_eq!(
            of("arn:aws:kms:eu-west-1:123456789012:alias/orders"),
            Some(alias)
        );
        assert_eq!(of("alias/aws/sqs"), Some(KmsKey::ManagedByAws));
        for wrong in [
            "",
            "orders",
            "alias/",
            "arn:aws:kms:eu-west-1:1:key/",
            "arn:aws:sqs:a:b:c",
        ] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }
}
