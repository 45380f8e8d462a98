//! What the keys mean: pairs in, a [`Function`] with its defaults out.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

use proc_macro2::Span;
use syn::Expr;

use crate::attribute::{self, Pair, Value};
use crate::doubt::Doubtful;
use crate::environment;
use crate::errors::Errors;
use crate::function::{
    Backoff, Function, OnGroupFailure, OnPermanent, OnTotalFailure, QueueBackoff, Redrive,
    recommended_visibility,
};
use crate::keys::{self, Kind};
use crate::schedule::{self, Schedule};
use crate::value::{self, Refusal};

/// The attribute's values that are Rust and not settings.
#[derive(Default)]
pub struct Paths {
    /// `init = path`
    pub init: Option<syn::Path>,
    /// `permanent = path`
    pub permanent: Option<syn::Path>,
    /// `crate = path`
    pub redrive: Option<syn::Path>,
}

/// What the attribute says, read one key at a time.
pub struct Options {
    /// The function, with defaults for what is not given or cannot be read.
    pub function: Function,
    /// The values that are Rust.
    pub paths: Paths,
    pairs: Vec<Pair>,
    given: BTreeMap<String, Given>,
    doubtful: Doubtful,
    is_trial: bool,
}

/// A key and the value that it gets, as both are written; `None` removes it.
pub(crate) type Change = (&'static str, Option<String>);

struct Given {
    key: Span,
    value: Span,
}

impl Options {
    /// Reads the pairs of the attribute of the function `name`.
    pub(crate) fn read(
        name: &str,
        (pairs, doubtful): (Vec<Pair>, Doubtful),
        errors: &mut Errors,
    ) -> Self {
        let mut reader = Reader::new(&pairs, doubtful);
        let function = reader.function(name, errors);
        let paths = Paths {
            init: reader.path("init", errors),
            permanent: reader.path("permanent", errors),
            redrive: reader.path("crate", errors),
        };
        let Reader {
            given, doubtful, ..
        } = reader;
        Options {
            function,
            paths,
            pairs,
            given,
            doubtful,
            is_trial: false,
        }
    }

    /// What the same attribute would say with these changes.
    pub(crate) fn with(&self, changes: &[Change]) -> Self {
        let mut errors = Errors::default();
        let mut pairs = self.pairs.clone();
        for (key, value) in changes {
            pairs.retain(|pair| pair.key != key);
            let written = value.as_ref().map(|value| format!("{key} = {value}"));
            let tokens = written.and_then(|pair| pair.parse().ok());
            pairs.extend(
                tokens
                    .into_iter()
                    .flat_map(|tokens| attribute::parse(tokens, &mut errors).0),
            );
        }
        let read = (pairs, self.doubtful.clone());
        Options {
            is_trial: true,
            ..Self::read(&self.function.name, read, &mut errors)
        }
    }

    /// Whether these only ask what a change would do: nobody reads what is said
    /// of them.
    pub(crate) fn is_trial(&self) -> bool {
        self.is_trial
    }

    /// A function whose settings do not stand in an attribute; what the keys
    /// `unknown` hold is not known.
    pub(crate) fn of(function: Function, unknown: &[&str]) -> Self {
        let mut doubtful = Doubtful::default();
        unknown.iter().for_each(|key| doubtful.add(key));
        Options {
            function,
            paths: Paths::default(),
            pairs: Vec::new(),
            given: BTreeMap::new(),
            doubtful,
            // A way out would be one of an attribute.
            is_trial: true,
        }
    }

    /// Whether the user wrote this key.
    pub fn is_given(&self, key: &str) -> bool {
        self.given.contains_key(key)
    }

    /// Whether what these keys hold is known, so that a rule may judge it.
    pub fn are_known(&self, keys: &[&str]) -> bool {
        keys.iter()
            .all(|key| !self.doubtful.contains(key, self.is_given(key)))
    }

    /// Where a rule's mistake in one of `keys` is shown: on the value of the
    /// first that the user wrote.
    pub fn span(&self, keys: &[&str]) -> Option<Span> {
        keys.iter()
            .find_map(|key| self.given.get(*key))
            .map(|given| given.value)
    }

    /// The key itself.
    pub fn key_span(&self, key: &str) -> Option<Span> {
        self.given.get(key).map(|given| given.key)
    }
}

struct Reader<'a> {
    pairs: &'a [Pair],
    given: BTreeMap<String, Given>,
    doubtful: Doubtful,
}

impl<'a> Reader<'a> {
    fn new(pairs: &'a [Pair], doubtful: Doubtful) -> Self {
        let given = pairs
            .iter()
            .map(|pair| {
                (
                    pair.key.to_string(),
                    Given {
                        key: pair.key.span(),
                        value: pair.value.span(),
                    },
                )
            })
            .collect();
        Reader {
            pairs,
            given,
            doubtful,
        }
    }

    fn function(&mut self, name: &str, errors: &mut Errors) -> Function {
        let timeout = self.seconds("timeout", errors).unwrap_or(30);
        let batch_window = self.seconds("batch_window", errors).unwrap_or(0);
        Function {
            name: name.to_owned(),
            queue: self
                .text("queue", "orders", errors)
                .unwrap_or_else(|| name.replace('_', "-")),
            batch_size: self.integer("batch_size", errors).unwrap_or(10),
            batch_window,
            max_concurrency: self.integer("max_concurrency", errors),
            retries: self.integer("retries", errors).unwrap_or(2),
            backoff: self.backoff(errors),
            concurrency: self.integer("concurrency", errors).unwrap_or(1),
            attempt_timeout: self.duration("attempt_timeout", errors),
            timeout,
            memory: self.integer("memory", errors).unwrap_or(256),
            max_receive_count: self.integer("max_receive_count", errors).unwrap_or(5),
            visibility_timeout: self
                .seconds("visibility_timeout", errors)
                .unwrap_or(recommended_visibility(timeout, batch_window)),
            retention: self.seconds("retention", errors).unwrap_or(4 * DAY),
            dlq_retention: self.seconds("dlq_retention", errors).unwrap_or(14 * DAY),
            redrive: self.redrive(errors),
            on_total_failure: self.choice(
                "on_total_failure",
                &[OnTotalFailure::Error, OnTotalFailure::Report],
                errors,
            ),
            on_group_failure: self.choice(
                "on_group_failure",
                &[OnGroupFailure::SkipGroup, OnGroupFailure::StopBatch],
                errors,
            ),
            on_permanent: self.choice(
                "on_permanent",
                &[OnPermanent::Report, OnPermanent::Dlq],
                errors,
            ),
            queue_backoff: self.queue_backoff(errors),
            metrics: self.boolean("metrics", errors).unwrap_or(true),
            env: self.env(errors),
            policies: self.policies(errors),
            infra: self.boolean("infra", errors).unwrap_or(true),
            allow: self.allow(errors),
        }
    }

    fn backoff(&mut self, errors: &mut Errors) -> Backoff {
        let waits = self.waits("backoff", errors);
        let (min, max) = waits.unwrap_or((Duration::from_millis(200), Duration::from_secs(5)));
        Backoff { min, max }
    }

    fn queue_backoff(&mut self, errors: &mut Errors) -> Option<QueueBackoff> {
        let (min, max) = self.waits("queue_backoff", errors)?;
        let whole = |wait| value::whole_seconds("queue_backoff", wait);
        let waits = whole(min).and_then(|min| {
            Ok(QueueBackoff {
                min,
                max: whole(max)?,
            })
        });
        self.keep("queue_backoff", waits, errors)
    }

    fn redrive(&mut self, errors: &mut Errors) -> Option<Redrive> {
        let schedule = self.text("dlq_redrive", "cron(0 23 ? * SUN-THU *)", errors);
        let timezone = self.text("redrive_timezone", "Asia/Jerusalem", errors);
        let rate = self.integer("redrive_rate", errors);
        if let Some(name) = &timezone
            && let Err(mistake) = schedule::timezone(name)
        {
            self.refuse("redrive_timezone", (mistake.rule, mistake.message), errors);
        }
        let schedule = match Schedule::parse(&schedule?) {
            Ok(schedule) => schedule,
            Err(mistakes) => {
                for mistake in mistakes {
                    self.refuse("dlq_redrive", (mistake.rule, mistake.message), errors);
                }
                return None;
            }
        };
        Some(Redrive {
            schedule,
            timezone: timezone.unwrap_or_else(|| "UTC".to_owned()),
            rate,
        })
    }

    fn env(&mut self, errors: &mut Errors) -> BTreeMap<String, String> {
        let Some(pair) = self.pair("env") else {
            return BTreeMap::new();
        };
        match &pair.value {
            Value::Group(group) => environment::read(group.stream(), errors),
            Value::Expr(_) => {
                let text =
                    "`env` takes its variables in parentheses; write `env(NAME = \"value\")`";
                self.refuse("env", ("wrong_type", text.to_owned()), errors);
                BTreeMap::new()
            }
        }
    }

    fn policies(&mut self, errors: &mut Errors) -> Vec<String> {
        let listed = self
            .expr("policies")
            .map(|value| value::strings("policies", value));
        let listed = listed
            .and_then(|listed| self.keep("policies", listed, errors))
            .unwrap_or_default();
        let mut policies = Vec::new();
        for (arn, span) in listed {
            match environment::policy(&arn) {
                Err(text) => errors.push("policy_arn", span, text),
                Ok(()) if policies.contains(&arn) => {
                    errors.push(
                        "duplicate_key",
                        span,
                        "the policy is already listed; remove one of the two",
                    );
                }
                Ok(()) => policies.push(arn),
            }
        }
        policies
    }

    fn allow(&mut self, errors: &mut Errors) -> Vec<String> {
        let allowed = self
            .expr("allow")
            .map(|value| value::strings("allow", value));
        let allowed = allowed
            .and_then(|allowed| self.keep("allow", allowed, errors))
            .unwrap_or_default();
        let mut ids = Vec::new();
        for (id, span) in allowed {
            match crate::rules::allowable(&id) {
                Err(text) => {
                    // Which rule was meant is not known.
                    if crate::rules::find(&id).is_none() {
                        self.doubtful.add("allow");
                    }
                    errors.push("unknown_rule", span, text);
                }
                Ok(()) if ids.contains(&id) => {
                    let text = format!("`{id}` is already allowed; remove one of the two");
                    errors.push("duplicate_key", span, text);
                }
                Ok(()) => ids.push(id),
            }
        }
        ids
    }

    fn pair(&self, key: &str) -> Option<&'a Pair> {
        self.pairs.iter().find(|pair| pair.key == key)
    }

    fn expr(&self, key: &str) -> Option<&'a Expr> {
        match &self.pair(key)?.value {
            Value::Expr(expr) => Some(expr),
            Value::Group(_) => None,
        }
    }

    fn refuse(&mut self, key: &str, (rule, text): Refusal, errors: &mut Errors) {
        let span = self
            .given
            .get(key)
            .map_or_else(Span::call_site, |given| given.value);
        errors.push(rule, span, text);
        self.doubtful.add(key);
    }

    fn keep<T>(&mut self, key: &str, read: Result<T, Refusal>, errors: &mut Errors) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(refusal) => {
                self.refuse(key, refusal, errors);
                None
            }
        }
    }

    fn integer(&mut self, key: &'static str, errors: &mut Errors) -> Option<u32> {
        let expr = self.expr(key)?;
        let Kind::Integer(range, unit) = &spec(key).kind else {
            return None;
        };
        self.keep(key, value::integer(key, expr, range.clone(), unit), errors)
    }

    fn seconds(&mut self, key: &'static str, errors: &mut Errors) -> Option<u32> {
        let expr = self.expr(key)?;
        let Kind::Seconds(range) = &spec(key).kind else {
            return None;
        };
        let read = value::duration(key, expr, &as_durations(range))
            .and_then(|read| value::whole_seconds(key, read));
        self.keep(key, read, errors)
    }

    fn duration(&mut self, key: &'static str, errors: &mut Errors) -> Option<Duration> {
        let expr = self.expr(key)?;
        let Kind::Duration(range) = &spec(key).kind else {
            return None;
        };
        self.keep(key, value::duration(key, expr, range), errors)
    }

    fn waits(&mut self, key: &'static str, errors: &mut Errors) -> Option<(Duration, Duration)> {
        let expr = self.expr(key)?;
        let Kind::Waits(range) = &spec(key).kind else {
            return None;
        };
        self.keep(key, value::durations(key, expr, range), errors)
    }

    fn boolean(&mut self, key: &'static str, errors: &mut Errors) -> Option<bool> {
        let expr = self.expr(key)?;
        self.keep(key, value::boolean(key, expr), errors)
    }

    fn text(&mut self, key: &'static str, example: &str, errors: &mut Errors) -> Option<String> {
        let expr = self.expr(key)?;
        self.keep(key, value::string(key, expr, example), errors)
    }

    fn path(&mut self, key: &'static str, errors: &mut Errors) -> Option<syn::Path> {
        let expr = self.expr(key)?;
        self.keep(key, value::path(key, expr), errors)
    }

    fn choice<T: Copy + Default>(
        &mut self,
        key: &'static str,
        values: &[T],
        errors: &mut Errors,
    ) -> T {
        let Some(expr) = self.expr(key) else {
            return T::default();
        };
        let Kind::Choice(names) = &spec(key).kind else {
            return T::default();
        };
        let read = value::choice(key, expr, names);
        let read = self.keep(key, read, errors);
        read.and_then(|place| values.get(place).copied())
            .unwrap_or_default()
    }
}

const DAY: u32 = 86_400;

fn spec(key: &str) -> &'static keys::Key {
    // Only called with literals that stand in the table; a test reads each.
    keys::find(key).expect("every key that is read is in the table")
}

fn as_durations(range: &RangeInclusive<u32>) -> RangeInclusive<Duration> {
    Duration::from_secs(u64::from(*range.start()))..=Duration::from_secs(u64::from(*range.end()))
}
