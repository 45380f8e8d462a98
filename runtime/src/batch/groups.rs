//! Message groups of a FIFO batch, and what a failure stops.

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

use redrive_model::policy::OnGroupFailure;

use crate::{event::Event, message::group_id};

/// The message groups of a batch.
///
/// Lambda deletes every record that is not reported, so a record whose
/// predecessor failed must be reported too, without being run
/// (<https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>).
pub(crate) struct Groups {
    /// Each group's records, in order; groups by their first record.
    members: Vec<Vec<usize>>,
    /// Each record's group.
    of_record: Vec<usize>,
    failed: Vec<AtomicBool>,
    stopped: AtomicBool,
    policy: OnGroupFailure,
}

impl Groups {
    pub(crate) fn new(event: &Event, policy: OnGroupFailure) -> Self {
        let mut ids = Vec::with_capacity(event.len());
        for record in event.records() {
            let Ok(id) = group_id(record) else {
                // A group that cannot be read could be any: then all are one group.
                ids = vec![Some(Cow::Borrowed("")); event.len()];
                break;
            };
            ids.push(id);
        }
        let mut by_id = HashMap::new();
        let mut members: Vec<Vec<usize>> = Vec::new();
        let mut of_record = Vec::with_capacity(event.len());
        for (index, id) in ids.into_iter().enumerate() {
            // A record without a group has no predecessor: it is a group by itself.
            let group = match id {
                Some(id) => *by_id.entry(id).or_insert(members.len()),
                None => members.len(),
            };
            if group == members.len() {
                members.push(Vec::new());
            }
            members[group].push(index);
            of_record.push(group);
        }
        Self {
            failed: members.iter().map(|_| AtomicBool::new(false)).collect(),
            members,
            of_record,
            stopped: AtomicBool::new(false),
            policy,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.members.len()
    }

    /// A group's records, in order.
    pub(crate) fn members(&self, group: usize) -> &[usize] {
        &self.members[group]
    }

    /// The group of a record.
    pub(crate) fn of(&self, record: usize) -> usize {
        self.of_record[record]
    }

    /// The records of the same group that come after this one.
    pub(crate) fn after(&self, record: usize) -> &[usize] {
        let group = &self.members[self.of_record[record]];
        let end = group.partition_point(|&member| member <= record);
        &group[end..]
    }

    /// Whether an earlier failure means that this record is not run.
    pub(crate) fn is_blocked(&self, record: usize) -> bool {
        self.stopped.load(Relaxed) || self.failed[self.of_record[record]].load(Relaxed)
    }

    pub(crate) fn record_failed(&self, record: usize) {
        self.failed[self.of_record[record]].store(true, Relaxed);
        if self.policy == OnGroupFailure::StopBatch {
            self.stopped.store(true, Relaxed);
        }
    }
}
