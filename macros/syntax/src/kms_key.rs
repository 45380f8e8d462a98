//! The keys of AWS KMS, as `kms_key` names them.

use crate::parameter_text::ParameterText;
use crate::queues::arn_part;

/// The key that AWS manages for SQS.
pub(crate) const MANAGED_BY_AWS: &str = "alias/aws/sqs";

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
        if shown.ends_with(MANAGED_BY_AWS) {
            return Some(KmsKey::ManagedByAws);
        }
        if let Some(name) = shown.strip_prefix("alias/") {
            return (!name.is_empty()).then(|| KmsKey::Alias(text.clone(), None));
        }
        let service = arn_part(text, 2).filter(|_| shown.starts_with("arn:"));
        let resource = arn_part(text, 5).unwrap_or_default();
        if service.as_deref() == Some("kms") {
            let (kind, name) = resource.split_once('/')?;
            return match kind {
                _ if name.is_empty() => None,
                "key" => Some(KmsKey::Arn(text.clone())),
                "alias" => {
                    let account = shown.strip_suffix(&resource)?;
                    Some(KmsKey::Alias(
                        read(&resource)?,
                        read(&format!("{account}key/*")),
                    ))
                }
                _ => None,
            };
        }
        let is_id_character = |c: char| c.is_ascii_hexdigit() || "mrk-".contains(c);
        let is_id = text.literal().is_some_and(|id| {
            (35..=36).contains(&id.len()) && id.chars().all(is_id_character) && id.contains('-')
        });
        is_id.then(|| KmsKey::Id(text.clone()))
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
