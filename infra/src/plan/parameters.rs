//! What is chosen at deployment.

use std::collections::{BTreeMap, BTreeSet};

use redrive_model::limits::QUEUE_NAME_CHARACTERS;

use redrive_syntax::parameter_text;

use super::Part;
use super::names::{Ids, shared};
use crate::permissions;
use crate::stack::Stack;

/// The retentions that CloudWatch Logs accepts, in days.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>
const LOG_RETENTIONS: [u32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) kind: ParameterKind,
}

impl Parameter {
    /// Whether a key of the attribute names it.
    pub(crate) fn is_own(&self) -> bool {
        matches!(self.kind, ParameterKind::Own { .. })
    }
}

pub(crate) enum ParameterKind {
    /// A value of the user's own; without a default, the deployment has to give it.
    Own {
        default: Option<String>,
        pattern: Option<&'static str>,
    },
    /// A text that matches a regular expression.
    Text {
        default: String,
        pattern: &'static str,
        max_length: Option<usize>,
    },
    Number {
        default: u32,
        allowed: &'static [u32],
    },
    /// `true` by default, or `false`.
    Switch,
    /// Ids of this type, which the deployment has to give.
    Ids(&'static str),
}

pub(super) fn parameters(stack: &Stack) -> Vec<Parameter> {
    let functions = stack.functions.iter().map(|entry| &entry.function);
    let names = functions.flat_map(|function| {
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
            kind: ParameterKind::Text {
                default: String::new(),
                pattern: "^[A-Za-z0-9_-]*$",
                max_length: Some(QUEUE_NAME_CHARACTERS.saturating_sub(longest)),
            },
        },
        Parameter {
            name: shared::ALARM_TOPIC.to_owned(),
            description: "The SNS topic that alarms notify; empty: alarms notify nobody".to_owned(),
            kind: ParameterKind::Text {
                default: String::new(),
                pattern: "^(arn:[a-z0-9-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+)?$",
                max_length: None,
            },
        },
        Parameter {
            name: shared::BOUNDARY.to_owned(),
            description: "The permissions boundary of all roles; empty: none".to_owned(),
            kind: ParameterKind::Text {
                default: stack.roles.boundary.clone(),
                pattern: "^(arn:[a-z0-9-]+:iam::([0-9]{12}|aws):policy/.+)?$",
                max_length: None,
            },
        },
        Parameter {
            name: shared::ROLE_PATH.to_owned(),
            description: "The path of all roles".to_owned(),
            kind: ParameterKind::Text {
                default: stack.roles.path.clone(),
                pattern: "^/([!-~]+/)?$",
                max_length: Some(512),
            },
        },
        Parameter {
            name: shared::LOG_RETENTION.to_owned(),
            description: "Days that the functions' logs are kept".to_owned(),
            kind: ParameterKind::Number {
                default: 30,
                allowed: &LOG_RETENTIONS,
            },
        },
    ];
    if stack.functions.iter().any(|entry| entry.function.vpc) {
        parameters.extend([
            Parameter {
                name: shared::SUBNETS.to_owned(),
                description: "The subnets of the workers with `vpc = true`".to_owned(),
                kind: ParameterKind::Ids("AWS::EC2::Subnet::Id"),
            },
            Parameter {
                name: shared::SECURITY_GROUPS.to_owned(),
                description: "The security groups of the workers with `vpc = true`".to_owned(),
                kind: ParameterKind::Ids("AWS::EC2::SecurityGroup::Id"),
            },
        ]);
    }
    parameters.extend(own(stack));
    let functions = stack.functions.iter().map(|entry| &entry.function);
    parameters.extend(functions.map(|function| Parameter {
        name: Ids::new(function).of(Part::Enabled),
        description: format!("Whether Lambda receives messages for {}", function.name),
        kind: ParameterKind::Switch,
    }));
    parameters
}

/// The parameters that the attributes name, in order of their names.
fn own(stack: &Stack) -> impl Iterator<Item = Parameter> {
    let functions = stack.functions.iter().map(|entry| &entry.function);
    let texts = functions.flat_map(|function| {
        let texts = function.texts();
        let used = texts.flat_map(|(key, text)| {
            let is_whole = text.only_parameter().is_some();
            text.parameters().map(move |it| (key, it.clone(), is_whole))
        });
        used.map(|(key, parameter, is_whole)| (key, function.name.as_str(), parameter, is_whole))
    });
    let statements = permissions::parameters(stack).into_iter();
    let statements =
        statements.map(|(function, parameter)| ("permissions", function, parameter, false));
    let mut own = BTreeMap::new();
    for (key, function, parameter, is_whole) in texts.chain(statements) {
        let parameter_text::Parameter { name, default } = parameter;
        if name == shared::NAME_PREFIX {
            continue;
        }
        let own: &mut Own = own.entry(name).or_default();
        own.default = own.default.take().or(default);
        own.uses.insert(format!("`{key}` of {function}"));
        own.patterns.extend(pattern(key).filter(|_| is_whole));
    }
    own.into_iter().map(|(name, own)| Parameter {
        name,
        description: format!("Used in {}", Vec::from_iter(own.uses).join(", ")),
        kind: ParameterKind::Own {
            default: own.default,
            // What two keys need is for the deployment to find out.
            pattern: own
                .patterns
                .first()
                .copied()
                .filter(|_| own.patterns.len() == 1),
        },
    })
}

/// What is known of a parameter.
#[derive(Default)]
struct Own {
    default: Option<String>,
    uses: BTreeSet<String>,
    patterns: BTreeSet<&'static str>,
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
