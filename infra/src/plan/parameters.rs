//! What is chosen at deployment.

use std::collections::{BTreeMap, BTreeSet};

use redrive_model::limits::QUEUE_NAME_CHARACTERS;
use redrive_syntax::parameter_text;
use serde_json::{Value as Json, json};

use super::Part;
use super::names::{id, shared};
use crate::permissions;
use crate::stack::Stack;

/// The retentions that CloudWatch Logs accepts, in days.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>
const LOG_RETENTIONS: [u32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

#[derive(Default)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) kind: ParameterKind,
    /// Without a default, the deployment has to give a value.
    pub(crate) default: Option<Json>,
    /// The regular expression that a text matches.
    pub(crate) pattern: Option<&'static str>,
    pub(crate) max_length: Option<usize>,
    /// Whether a key of the attribute names it.
    pub(crate) is_own: bool,
}

#[derive(Default)]
pub(crate) enum ParameterKind {
    #[default]
    Text,
    /// One of these numbers.
    Number(&'static [u32]),
    /// `true` or `false`.
    Switch,
    /// Ids of this type.
    Ids(&'static str),
}

pub(super) fn parameters(stack: &Stack) -> Vec<Parameter> {
    let functions = || stack.functions.iter().map(|entry| &entry.function);
    let names = functions().flat_map(|function| {
        let dlq = function.existing_dlq().is_none().then(|| function.dlq());
        let is_created = function.has_parking() && function.existing_parking().is_none();
        dlq.into_iter()
            .chain(is_created.then(|| function.parking()))
    });
    // The values of parameters in a name are not known.
    let lengths = names.map(|name| name.with(|_| String::new()).len());
    let longest = lengths.max().unwrap_or_default();
    let mut parameters = vec![
        Parameter {
            name: shared::NAME_PREFIX.to_owned(),
            description:
                "Put in front of each queue's name, so that two stages fit in one account: \"dev-\""
                    .to_owned(),
            default: Some(json!("")),
            pattern: Some("^[A-Za-z0-9_-]*$"),
            max_length: Some(QUEUE_NAME_CHARACTERS.saturating_sub(longest)),
            ..Parameter::default()
        },
        Parameter {
            name: shared::ALARM_TOPIC.to_owned(),
            description: "The SNS topic that alarms notify; empty: alarms notify nobody".to_owned(),
            default: Some(json!("")),
            pattern: Some("^(arn:[a-z0-9-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+)?$"),
            ..Parameter::default()
        },
        Parameter {
            name: shared::BOUNDARY.to_owned(),
            description: "The permissions boundary of all roles; empty: none".to_owned(),
            default: Some(json!(stack.roles.boundary)),
            pattern: Some("^(arn:[a-z0-9-]+:iam::([0-9]{12}|aws):policy/.+)?$"),
            ..Parameter::default()
        },
        Parameter {
            name: shared::ROLE_PATH.to_owned(),
            description: "The path of all roles".to_owned(),
            default: Some(json!(stack.roles.path)),
            pattern: Some("^/([!-~]+/)?$"),
            max_length: Some(512),
            ..Parameter::default()
        },
        Parameter {
            name: shared::LOG_RETENTION.to_owned(),
            description: "Days that the functions' logs are kept".to_owned(),
            kind: ParameterKind::Number(&LOG_RETENTIONS),
            default: Some(json!(30)),
            ..Parameter::default()
        },
    ];
    if functions().any(|function| function.vpc) {
        let of_vpc = [
            (shared::SUBNETS, "subnets", "AWS::EC2::Subnet::Id"),
            (
                shared::SECURITY_GROUPS,
                "security groups",
                "AWS::EC2::SecurityGroup::Id",
            ),
        ];
        parameters.extend(of_vpc.map(|(name, what, kind)| Parameter {
            name: name.to_owned(),
            description: format!("The {what} of the workers with `vpc = true`"),
            kind: ParameterKind::Ids(kind),
            ..Parameter::default()
        }));
    }
    parameters.extend(own(stack));
    parameters.extend(functions().map(|function| Parameter {
        name: id(function, Part::Enabled),
        description: format!("Whether Lambda receives messages for {}", function.name),
        kind: ParameterKind::Switch,
        default: Some(json!(true)),
        ..Parameter::default()
    }));
    parameters
}

/// A parameter that the attributes or the files of `permissions` name.
pub(super) struct Used<'a> {
    pub(super) function: &'a str,
    pub(super) key: &'static str,
    pub(super) parameter: parameter_text::Parameter,
    /// Whether it is the whole text.
    is_whole: bool,
    /// Whether it is in the name of a queue that the stack creates.
    pub(super) names_new_queue: bool,
}

pub(super) fn used(stack: &Stack) -> impl Iterator<Item = Used<'_>> {
    let functions = stack.functions.iter().map(|entry| &entry.function);
    let of_texts = functions.flat_map(|function| {
        function.texts().flat_map(move |(key, text)| {
            let existing = match key {
                "queue" => function.existing_queue(),
                "dlq" => function.existing_dlq(),
                "parking" => function.existing_parking(),
                _ => Some(text),
            };
            text.parameters().map(move |parameter| Used {
                function: &function.name,
                key,
                parameter: parameter.clone(),
                is_whole: text.only_parameter().is_some(),
                names_new_queue: existing.is_none(),
            })
        })
    });
    let of_statements = permissions::parameters(stack).map(|(function, parameter)| Used {
        function,
        key: "permissions",
        parameter,
        is_whole: false,
        names_new_queue: false,
    });
    of_texts.chain(of_statements)
}

/// The parameters that the attributes name, in order of their names.
fn own(stack: &Stack) -> impl Iterator<Item = Parameter> {
    /// What is known of a parameter.
    #[derive(Default)]
    struct Own {
        default: Option<String>,
        uses: BTreeSet<String>,
        patterns: BTreeSet<&'static str>,
    }
    let mut own = BTreeMap::<_, Own>::new();
    for used in used(stack).filter(|it| it.parameter.name != shared::NAME_PREFIX) {
        let Used { function, key, .. } = used;
        let own = own.entry(used.parameter.name).or_default();
        own.default = own.default.take().or(used.parameter.default);
        own.uses.insert(format!("`{key}` of {function}"));
        own.patterns.extend(pattern(key).filter(|_| used.is_whole));
    }
    own.into_iter().map(|(name, own)| Parameter {
        name,
        description: format!("Used in {}", Vec::from_iter(own.uses).join(", ")),
        default: own.default.map(Json::from),
        // What two keys need is for the deployment to find out.
        pattern: own
            .patterns
            .first()
            .copied()
            .filter(|_| own.patterns.len() == 1),
        is_own: true,
        ..Parameter::default()
    })
}

/// What the whole text of a key looks like.
fn pattern(key: &str) -> Option<&'static str> {
    Some(match key {
        "queue" | "dlq" | "parking" => {
            "^arn:[a-z0-9-]+:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+([.]fifo)?$"
        }
        "topics" => "^arn:[a-z0-9-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+([.]fifo)?$",
        "kms_key" => "^arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$",
        "policies" => "^arn:[a-z0-9-]+:iam::([0-9]{12}|aws):policy/.+$",
        _ => return None,
    })
}
