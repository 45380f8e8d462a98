//! `alarms(dlq_depth = 10, oldest = "1d", errors = 3)`, or `alarms = false`.

use std::time::Duration;

use redrive_model::Alarms;
use redrive_model::duration::written;

use crate::diagnostic::Rejected;
use crate::group;
use crate::keys::{Key, THRESHOLDS};
use crate::pair::Pair;
use crate::setting::Setting;
use crate::value::{Value, What};

impl Setting for Alarms {
    fn read(key: &'static Key, value: &Value) -> Result<Self, Rejected> {
        let mut alarms = Alarms::default();
        match &value.what {
            What::Flag(enabled) => alarms.enabled = *enabled,
            What::Group(_) => {
                group::read(key, value, |pair| threshold(pair, &mut alarms))?;
            }
            _ => Err(value.wrong_type(key, "`false`, or thresholds in parentheses"))?,
        }
        Ok(alarms)
    }

    fn written(&self) -> Option<String> {
        let Alarms {
            dlq_depth, errors, ..
        } = self;
        let oldest = self
            .oldest
            .map(|oldest| format!(", oldest = \"{}\"", written(oldest)));
        Some(match self.enabled {
            true => format!(
                "(dlq_depth = {dlq_depth}{}, errors = {errors})",
                oldest.unwrap_or_default()
            ),
            false => "false".to_owned(),
        })
    }
}

fn threshold(pair: &Pair, alarms: &mut Alarms) -> Result<(), Rejected> {
    let (key, value) = group::member(pair, THRESHOLDS, "threshold")?;
    match key.name {
        "dlq_depth" => alarms.dlq_depth = u32::read(key, value)?,
        "errors" => alarms.errors = u32::read(key, value)?,
        _ => alarms.oldest = Some(Duration::read(key, value)?),
    }
    Ok(())
}
