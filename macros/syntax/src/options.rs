//! What the keys mean: pairs in, a [`Function`] with its defaults out.

use std::collections::BTreeMap;
use std::time::Duration;

use proc_macro2::Span;
use redrive_model::Backoff;
use redrive_model::policy::{OnGroupFailure, OnPermanent, OnTotalFailure};

use crate::attribute::{self, Given};
use crate::diagnostic::Diagnostics;
use crate::doubt::Doubtful;
use crate::environment;
use crate::function::{Function, QueueBackoff, Redrive, recommended_visibility};
use crate::keys::{self, Kind};
use crate::place::Place;
use crate::rules::catalog::{self, Rule};
use crate::schedule::{self, Schedule};
use crate::value::{self, Refusal, Value, What};

/// The attribute's values that are Rust and not settings.
#[derive(Default)]
pub struct Paths {
    /// `init = path`
    pub init: Option<syn::Path>,
    /// `is_permanent = path`
    pub is_permanent: Option<syn::Path>,
    /// `crate = path`
    pub redrive: Option<syn::Path>,
}

/// What the attribute says, read one key at a time.
pub(crate) struct Options {
    /// The function, with defaults for what is not given or cannot be read.
    pub function: Function,
    /// The values that are Rust.
    pub paths: Paths,
    given: Vec<Given>,
    doubtful: Doubtful,
    is_trial: bool,
}

/// A key and the value that it gets, as both are written; `None` removes it.
pub(crate) type Change = (&'static str, Option<String>);

impl Options {
    /// Reads what the attribute of the function `name` gives.
    pub(crate) fn read(
        name: &str,
        (given, doubtful): (Vec<Given>, Doubtful),
        errors: &mut Diagnostics,
    ) -> Self {
        let mut reader = Reader {
            given: &given,
            doubtful,
        };
        let function = reader.function(name, errors);
        let paths = Paths {
            init: reader.path("init", errors),
            is_permanent: reader.path("is_permanent", errors),
            redrive: reader.path("crate", errors),
        };
        let doubtful = reader.doubtful;
        Options {
            function,
            paths,
            given,
            doubtful,
            is_trial: false,
        }
    }

    /// What the same attribute would say with these changes.
    pub(crate) fn with(&self, changes: &[Change]) -> Self {
        let mut errors = Diagnostics::default();
        let mut given = self.given.clone();
        for (key, value) in changes {
            given.retain(|given| given.key.name != *key);
            let written = value.as_ref().map(|value| format!("{key} = {value}"));
            let tokens = written.and_then(|pair| pair.parse().ok());
            let changed = tokens.map(|tokens| attribute::parse(tokens, &mut errors).0);
            given.extend(changed.into_iter().flatten());
        }
        let read = (given, self.doubtful.clone());
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
            given: Vec::new(),
            doubtful,
            // A way out would be one of an attribute.
            is_trial: true,
        }
    }

    /// Whether the user wrote this key.
    pub(crate) fn is_given(&self, key: &str) -> bool {
        self.find(key).is_some()
    }

    /// Whether the user accepts that the rule is broken.
    pub(crate) fn allows(&self, rule: &Rule) -> bool {
        self.function.allow.iter().any(|id| id == rule.id)
    }

    /// Whether what these keys hold is known, so that a rule may judge it.
    pub(crate) fn are_known(&self, keys: &[&str]) -> bool {
        keys.iter()
            .all(|key| !self.doubtful.contains(key, self.is_given(key)))
    }

    /// Where a rule's mistake in one of `keys` is shown: on the value of the
    /// first that the user wrote.
    pub(crate) fn place(&self, keys: &[&str]) -> Option<Place> {
        let given = keys.iter().find_map(|key| self.find(key));
        given.map(|given| given.value.place)
    }

    /// Where the key itself is.
    pub(crate) fn key_place(&self, key: &str) -> Option<Place> {
        self.find(key).map(|given| given.place)
    }

    fn find(&self, key: &str) -> Option<&Given> {
        self.given.iter().find(|given| given.key.name == key)
    }
}

struct Reader<'a> {
    given: &'a [Given],
    doubtful: Doubtful,
}

impl<'a> Reader<'a> {
    fn function(&mut self, name: &str, errors: &mut Diagnostics) -> Function {
        let timeout = self.seconds("timeout", errors).unwrap_or(30);
        let batch_window = self.seconds("batch_window", errors).unwrap_or(0);
        Function {
            name: name.to_owned(),
            queue: self
                .text("queue", errors)
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
            template: self.boolean("template", errors).unwrap_or(true),
            allow: self.allow(errors),
        }
    }

    fn backoff(&mut self, errors: &mut Diagnostics) -> Backoff {
        let waits = self.waits("backoff", errors);
        let (min, max) = waits.unwrap_or((Duration::from_millis(200), Duration::from_secs(5)));
        Backoff { min, max }
    }

    fn queue_backoff(&mut self, errors: &mut Diagnostics) -> Option<QueueBackoff> {
        let (min, max) = self.waits("queue_backoff", errors)?;
        let (min, max) = (whole_seconds(min)?, whole_seconds(max)?);
        Some(QueueBackoff { min, max })
    }

    fn redrive(&mut self, errors: &mut Diagnostics) -> Option<Redrive> {
        let schedule = self.text("dlq_redrive", errors);
        let timezone = self.text("redrive_timezone", errors);
        let rate = self.integer("redrive_max_per_second", errors);
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
            max_per_second: rate,
        })
    }

    fn env(&mut self, errors: &mut Diagnostics) -> BTreeMap<String, String> {
        match self.value("env").map(|value| &value.what) {
            None => BTreeMap::new(),
            Some(What::Group(group)) => environment::read(group, errors),
            Some(_) => {
                let text =
                    "`env` takes its variables in parentheses; write `env(LEVEL = \"info\")`";
                self.refuse("env", (&catalog::WRONG_TYPE, text.to_owned()), errors);
                BTreeMap::new()
            }
        }
    }

    /// The strings of a list, each with its place.
    fn strings(&mut self, key: &'static str, errors: &mut Diagnostics) -> Vec<(String, Place)> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let mut strings = Vec::new();
        for listed in value::strings(keys::known(key), value) {
            match listed {
                Ok(string) => strings.push(string),
                Err((place, (rule, text))) => {
                    errors.report(rule, place, text);
                    self.doubtful.add(key);
                }
            }
        }
        strings
    }

    fn policies(&mut self, errors: &mut Diagnostics) -> Vec<String> {
        let listed = self.strings("policies", errors);
        let mut policies = Vec::new();
        for (arn, place) in listed {
            match environment::policy(&arn) {
                Err(text) => errors.report(&catalog::POLICY_ARN, place, text),
                Ok(()) if policies.contains(&arn) => {
                    errors.report(
                        &catalog::DUPLICATE_KEY,
                        place,
                        "the policy is already listed; remove one of the two",
                    );
                }
                Ok(()) => policies.push(arn),
            }
        }
        policies
    }

    fn allow(&mut self, errors: &mut Diagnostics) -> Vec<String> {
        let mut ids = Vec::new();
        for (id, place) in self.strings("allow", errors) {
            match crate::rules::allowable(&id) {
                Err(text) => {
                    // Which rule was meant is not known.
                    if crate::rules::find(&id).is_none() {
                        self.doubtful.add("allow");
                    }
                    errors.report(&catalog::UNKNOWN_RULE, place, text);
                }
                Ok(()) if ids.contains(&id) => {
                    let text = format!("`{id}` is already allowed; remove one of the two");
                    errors.report(&catalog::DUPLICATE_KEY, place, text);
                }
                Ok(()) => ids.push(id),
            }
        }
        ids
    }

    fn value(&self, key: &str) -> Option<&'a Value> {
        let given = self.given.iter().find(|given| given.key.name == key)?;
        Some(&given.value)
    }

    fn refuse(&mut self, key: &str, (rule, text): Refusal, errors: &mut Diagnostics) {
        let place = self
            .value(key)
            .map_or_else(|| Span::call_site().into(), |value| value.place);
        errors.report(rule, place, text);
        self.doubtful.add(key);
    }

    fn keep<T>(
        &mut self,
        key: &str,
        read: Result<T, Refusal>,
        errors: &mut Diagnostics,
    ) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(refusal) => {
                self.refuse(key, refusal, errors);
                None
            }
        }
    }

    fn integer(&mut self, key: &'static str, errors: &mut Diagnostics) -> Option<u32> {
        let value = self.value(key)?;
        let Kind::Integer(range, unit) = &keys::known(key).kind else {
            return None;
        };
        self.keep(
            key,
            value::integer(keys::known(key), value, range, unit),
            errors,
        )
    }

    fn seconds(&mut self, key: &'static str, errors: &mut Diagnostics) -> Option<u32> {
        self.duration(key, errors).and_then(whole_seconds)
    }

    fn duration(&mut self, key: &'static str, errors: &mut Diagnostics) -> Option<Duration> {
        let read = value::duration(keys::known(key), self.value(key)?)?;
        self.keep(key, read, errors)
    }

    fn waits(
        &mut self,
        key: &'static str,
        errors: &mut Diagnostics,
    ) -> Option<(Duration, Duration)> {
        let read = value::waits(keys::known(key), self.value(key)?)?;
        self.keep(key, read, errors)
    }

    fn boolean(&mut self, key: &'static str, errors: &mut Diagnostics) -> Option<bool> {
        let read = value::boolean(keys::known(key), self.value(key)?);
        self.keep(key, read, errors)
    }

    fn text(&mut self, key: &'static str, errors: &mut Diagnostics) -> Option<String> {
        let read = value::string(keys::known(key), self.value(key)?);
        self.keep(key, read, errors)
    }

    fn path(&mut self, key: &'static str, errors: &mut Diagnostics) -> Option<syn::Path> {
        let read = value::path(keys::known(key), self.value(key)?);
        self.keep(key, read, errors)
    }

    fn choice<T: Copy + Default>(
        &mut self,
        key: &'static str,
        values: &[T],
        errors: &mut Diagnostics,
    ) -> T {
        let Some(value) = self.value(key) else {
            return T::default();
        };
        let Kind::Choice(names) = &keys::known(key).kind else {
            return T::default();
        };
        let read = value::choice(keys::known(key), value, names);
        let read = self.keep(key, read, errors);
        read.and_then(|place| values.get(place).copied())
            .unwrap_or_default()
    }
}

const DAY: u32 = 86_400;

/// The seconds of a duration that is counted in them.
fn whole_seconds(duration: Duration) -> Option<u32> {
    u32::try_from(duration.as_secs()).ok()
}
