//! Filter policies of SNS subscriptions, as they are applied to the attributes of a
//! message or to its body; see
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html>.

use std::net::IpAddr;
use std::ops::Bound::{self, Excluded, Included, Unbounded};
use std::ops::RangeBounds;

use redrive_model::policy::FilterScope;
use serde_json::{Map, Value};

/// The most attributes of a policy, and the most combinations of their values; see
/// <https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html>.
const MAX_ATTRIBUTES: usize = 5;
const MAX_COMBINATIONS: usize = 150;

/// A filter policy. A message passes if each of its conditions is met.
#[derive(Clone, Debug, PartialEq)]
pub struct FilterPolicy(Vec<Condition>);

#[derive(Clone, Debug, PartialEq)]
enum Condition {
    /// A value of the attribute matches one of the patterns. In a body, it is a property
    /// inside of others, with the names of all.
    Attribute(Vec<String>, Vec<Pattern>),
    /// One of the policies lets the message through (`$or`).
    Or(Vec<FilterPolicy>),
}

#[derive(Clone, Debug, PartialEq)]
enum Pattern {
    Is(Value),
    IgnoringCase(String),
    Prefix(String),
    Suffix(String),
    Numeric((Bound<f64>, Bound<f64>)),
    Cidr(IpAddr, u32),
    /// None of these patterns.
    Not(Vec<Pattern>),
    Exists(bool),
}

impl FilterPolicy {
    /// Reads the JSON of a policy that is applied to the attributes or to the body.
    ///
    /// # Errors
    /// Why SNS would reject it.
    pub fn parse(text: &str, scope: FilterScope) -> Result<Self, String> {
        let Value::Object(members) = serde_json::from_str(text).map_err(|it| it.to_string())?
        else {
            return Err("it is not an object".to_owned());
        };
        if members.len() > MAX_ATTRIBUTES {
            let count = members.len();
            return Err(format!(
                "it has {count} attributes, and SNS allows {MAX_ATTRIBUTES}"
            ));
        }
        let policy = Self(Self::read(members, scope, &[])?);
        match policy.combinations() {
            ..=MAX_COMBINATIONS => Ok(policy),
            count => Err(format!(
                "it has {count} combinations of values, and SNS allows {MAX_COMBINATIONS}"
            )),
        }
    }

    /// The conditions of these members, which are inside of the properties `outer`.
    fn read(
        members: Map<String, Value>,
        scope: FilterScope,
        outer: &[String],
    ) -> Result<Vec<Condition>, String> {
        let path = |name: &String| [outer, std::slice::from_ref(name)].concat();
        let conditions = members.into_iter().map(|(name, value)| match value {
            Value::Array(branches) if name == "$or" && is_or(&branches) => {
                let policies = branches.into_iter().filter_map(|branch| match branch {
                    Value::Object(members) => Some(Self::read(members, scope, outer).map(Self)),
                    _ => None,
                });
                Ok(vec![Condition::Or(policies.collect::<Result<_, _>>()?)])
            }
            Value::Object(members) if scope == FilterScope::Body && !members.is_empty() => {
                Self::read(members, scope, &path(&name))
            }
            Value::Array(values) if values.is_empty() => {
                Err(format!("the list of `{name}` is empty"))
            }
            Value::Array(values) => {
                let patterns = values.into_iter().map(Pattern::read);
                let patterns = patterns.collect::<Result<_, _>>();
                patterns
                    .map(|patterns| vec![Condition::Attribute(path(&name), patterns)])
                    .map_err(|problem| format!("{problem} in `{name}`"))
            }
            Value::Object(_) if scope == FilterScope::Attributes => Err(format!(
                "`{name}` has properties, which only a policy of bodies allows (`filter_policy_scope = \"body\"`)"
            )),
            _ => Err(format!("`{name}` is not a list of values")),
        });
        let conditions: Vec<_> = conditions.collect::<Result<_, _>>()?;
        Ok(conditions.concat())
    }

    /// The values of a property count once for each level.
    fn combinations(&self) -> usize {
        let of_each = self.0.iter().map(|condition| match condition {
            Condition::Attribute(path, patterns) => path.len() * patterns.len(),
            Condition::Or(policies) => policies.iter().map(Self::combinations).sum(),
        });
        of_each.fold(1, usize::saturating_mul)
    }

    /// Whether it lets a message through. `values` are those of an attribute of the
    /// message: several of a list, and `None` if there is no such attribute. An attribute
    /// has one name; a property inside of others has the names of all.
    pub fn matches(&self, values: &impl Fn(&[String]) -> Option<Vec<Value>>) -> bool {
        self.0.iter().all(|condition| match condition {
            Condition::Or(policies) => policies.iter().any(|policy| policy.matches(values)),
            Condition::Attribute(name, patterns) => {
                let values = values(name);
                let is_met = |pattern: &Pattern| match (pattern, &values) {
                    (Pattern::Exists(exists), values) => *exists == values.is_some(),
                    (pattern, Some(values)) => values.iter().any(|value| pattern.matches(value)),
                    (_, None) => false,
                };
                patterns.iter().any(is_met)
            }
        })
    }
}

/// SNS reads `$or` as an attribute's name unless it has at least two policies.
fn is_or(branches: &[Value]) -> bool {
    let is_policy = |branch: &Value| {
        let members = branch.as_object();
        members.is_some_and(|members| {
            !members
                .keys()
                .any(|name| OPERATORS.contains(&name.as_str()))
        })
    };
    branches.len() > 1 && branches.iter().all(is_policy)
}

const OPERATORS: [&str; 7] = [
    "anything-but",
    "cidr",
    "equals-ignore-case",
    "exists",
    "numeric",
    "prefix",
    "suffix",
];

impl Pattern {
    fn read(value: Value) -> Result<Self, String> {
        match value {
            Value::Object(members) => {
                let count = members.len();
                let mut members = members.into_iter();
                match (members.next(), count) {
                    (Some((operator, operand)), 1) => Self::operator(&operator, operand),
                    _ => Err(format!("{count} operators in one pattern")),
                }
            }
            Value::Array(_) => Err("a list of values".to_owned()),
            value => Ok(Self::Is(value)),
        }
    }

    fn operator(operator: &str, operand: Value) -> Result<Self, String> {
        let text = |operand: &Value| match operand {
            Value::String(text) => Ok(text.clone()),
            _ => Err(format!("`{operator}` without a string")),
        };
        match (operator, &operand) {
            ("prefix", _) => text(&operand).map(Self::Prefix),
            ("suffix", _) => text(&operand).map(Self::Suffix),
            ("equals-ignore-case", _) => text(&operand).map(Self::IgnoringCase),
            ("cidr", _) => {
                let text = text(&operand)?;
                cidr(&text).ok_or_else(|| format!("`{text}`, which is not a range of addresses,"))
            }
            ("exists", Value::Bool(exists)) => Ok(Self::Exists(*exists)),
            ("exists", _) => Err("`exists` without `true` or `false`".to_owned()),
            ("numeric", _) => numeric(&operand).ok_or_else(|| {
                "`numeric` without a comparison such as `[\">=\", 1, \"<\", 5]`".to_owned()
            }),
            ("anything-but", _) => {
                let but = match operand {
                    Value::Array(values) => values.into_iter().map(Self::read).collect(),
                    value => Self::read(value).map(|but| vec![but]),
                };
                let but: Vec<Self> = but?;
                let is_allowed =
                    |but: &Self| matches!(but, Self::Is(_) | Self::Prefix(_) | Self::Suffix(_));
                match !but.is_empty() && but.iter().all(is_allowed) {
                    true => Ok(Self::Not(but)),
                    false => Err("`anything-but` without values, `prefix` or `suffix`".to_owned()),
                }
            }
            _ => Err(format!(
                "`{operator}`, which is none of {}",
                OPERATORS.join(", ")
            )),
        }
    }

    fn matches(&self, value: &Value) -> bool {
        let text = value.as_str();
        match self {
            Self::Is(expected) => match (number(expected), number(value)) {
                (Some(expected), Some(value)) => expected == value,
                _ => expected == value,
            },
            Self::IgnoringCase(expected) => {
                text.is_some_and(|text| text.to_lowercase() == expected.to_lowercase())
            }
            Self::Prefix(prefix) => text.is_some_and(|text| text.starts_with(prefix)),
            Self::Suffix(suffix) => text.is_some_and(|text| text.ends_with(suffix)),
            Self::Numeric(range) => number(value).is_some_and(|value| range.contains(&value)),
            Self::Cidr(network, bits) => {
                let address = text.and_then(|text| text.parse().ok());
                address.is_some_and(|address| is_in(*network, *bits, address))
            }
            Self::Not(patterns) => !patterns.iter().any(|pattern| pattern.matches(value)),
            // It needs no value.
            Self::Exists(_) => false,
        }
    }
}

/// A number in units of SNS's accuracy, five digits after the decimal point.
fn number(value: &Value) -> Option<f64> {
    value.as_f64().map(|number| (number * 1e5).round())
}

/// A comparison, or two with a range between them: `[">=", 1, "<", 5]`.
fn numeric(operand: &Value) -> Option<Pattern> {
    let comparison = |operator: &Value, limit: &Value| {
        let limit = number(limit)?;
        match operator.as_str()? {
            "=" => Some((Included(limit), Included(limit))),
            "<" => Some((Unbounded, Excluded(limit))),
            "<=" => Some((Unbounded, Included(limit))),
            ">" => Some((Excluded(limit), Unbounded)),
            ">=" => Some((Included(limit), Unbounded)),
            _ => None,
        }
    };
    let range = match operand.as_array()?.as_slice() {
        [operator, limit] => comparison(operator, limit)?,
        [from, bottom, to, top] if number(bottom)? < number(top)? => {
            match (comparison(from, bottom)?, comparison(to, top)?) {
                ((start, Unbounded), (Unbounded, end)) => (start, end),
                _ => return None,
            }
        }
        _ => return None,
    };
    Some(Pattern::Numeric(range))
}

/// A range of addresses, such as `10.0.0.0/24`.
fn cidr(text: &str) -> Option<Pattern> {
    let (network, bits) = text.split_once('/')?;
    let network: IpAddr = network.parse().ok()?;
    let bits = bits.parse().ok()?;
    let most = if network.is_ipv4() { 32 } else { 128 };
    (bits <= most).then_some(Pattern::Cidr(network, bits))
}

fn is_in(network: IpAddr, bits: u32, address: IpAddr) -> bool {
    let number = |address: IpAddr| match address {
        IpAddr::V4(address) => u128::from(u32::from(address)) << 96,
        IpAddr::V6(address) => u128::from(address),
    };
    // All bits are shifted out of a range of all addresses.
    let start = |address| number(address).checked_shr(128 - bits);
    network.is_ipv4() == address.is_ipv4() && start(network) == start(address)
}

#[cfg(test)]
mod tests;
