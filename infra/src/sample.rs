//! A stack for unit tests.

use std::collections::BTreeMap;
use std::time::Duration;

use redrive_syntax::Function;
use redrive_syntax::function::{Backoff, OnGroupFailure, OnPermanent, OnTotalFailure};

use crate::stack::{Architecture, Stack, StackFunction};

pub(crate) fn stack(functions: impl IntoIterator<Item = StackFunction>) -> Stack {
    Stack {
        version: Stack::VERSION,
        package: "shop".to_owned(),
        architecture: Architecture::Arm64,
        functions: functions.into_iter().collect(),
    }
}

/// A function with no option set, named like its binary.
pub(crate) fn entry(binary: &str) -> StackFunction {
    StackFunction {
        binary: binary.to_owned(),
        function: Function {
            name: binary.to_owned(),
            queue: binary.to_owned(),
            batch_size: 10,
            batch_window: 0,
            max_concurrency: None,
            retries: 2,
            backoff: Backoff {
                min: Duration::from_millis(200),
                max: Duration::from_secs(5),
            },
            concurrency: 1,
            attempt_timeout: None,
            timeout: 30,
            memory: 128,
            max_receive_count: 5,
            visibility_timeout: 180,
            retention: 345_600,
            dlq_retention: 1_209_600,
            redrive: None,
            on_total_failure: OnTotalFailure::Error,
            on_group_failure: OnGroupFailure::SkipGroup,
            on_permanent: OnPermanent::Report,
            queue_backoff: None,
            metrics: false,
            env: BTreeMap::new(),
            policies: Vec::new(),
            infra: true,
            allow: Vec::new(),
        },
    }
}
