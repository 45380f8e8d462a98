//! The body of a dashboard, which is the same in each format but for the values that
//! `value` writes.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html>

use serde_json::{Value as Json, json};

use super::Write;
use crate::plan::{ALARM_PERIOD, Metric, Value, Widget};

/// Columns of a dashboard, and those and the rows of a widget.
const COLUMNS: usize = 24;
const WIDTH: usize = 8;
const HEIGHT: usize = 6;

pub(super) fn body(widgets: &[Widget], region: &Json, value: Write<'_>) -> Json {
    let widgets = widgets.iter().enumerate().map(|(place, widget)| {
        let in_row = COLUMNS / WIDTH;
        let metrics = widget.metrics.iter();
        let metrics = metrics.map(|(label, it)| metric(label, it, value));
        json!({
            "type": "metric",
            "x": place % in_row * WIDTH,
            "y": place / in_row * HEIGHT,
            "width": WIDTH,
            "height": HEIGHT,
            "properties": {
                "title": value(&Value::Text(widget.title.as_str().into())),
                "view": "timeSeries",
                "region": region,
                "period": ALARM_PERIOD,
                "metrics": metrics.collect::<Vec<_>>(),
            },
        })
    });
    json!({ "widgets": widgets.collect::<Vec<_>>() })
}

fn metric(label: &str, metric: &Metric, value: Write<'_>) -> Json {
    let mut row = vec![json!(metric.namespace), json!(metric.name)];
    for (name, of) in &metric.dimensions {
        row.extend([json!(name), value(of)]);
    }
    row.push(json!({ "label": label, "stat": metric.statistic }));
    row.into()
}
