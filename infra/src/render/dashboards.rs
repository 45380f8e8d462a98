//! The body of a dashboard, which is the same in each format but for the values that
//! `value` writes.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html>

use serde_json::{Value as Json, json};

use crate::plan::{ALARM_PERIOD, Dashboard, Metric, Value, Widget};

/// Columns of a dashboard, and those and the rows of a widget.
const COLUMNS: usize = 24;
const WIDTH: usize = 8;
const HEIGHT: usize = 6;

pub(super) fn body(dashboard: &Dashboard, region: &Json, value: &dyn Fn(&Value) -> Json) -> Json {
    let widgets = dashboard.widgets.iter().enumerate();
    let widgets: Vec<_> = widgets
        .map(|(place, widget)| {
            let in_row = COLUMNS / WIDTH;
            json!({
                "type": "metric",
                "x": place % in_row * WIDTH,
                "y": place / in_row * HEIGHT,
                "width": WIDTH,
                "height": HEIGHT,
                "properties": properties(widget, region, value),
            })
        })
        .collect();
    json!({ "widgets": widgets })
}

fn properties(widget: &Widget, region: &Json, value: &dyn Fn(&Value) -> Json) -> Json {
    let metrics = widget.metrics.iter().map(|it| metric(it, value));
    json!({
        "title": value(&Value::Text(widget.title.as_str().into())),
        "view": "timeSeries",
        "region": region,
        "period": ALARM_PERIOD,
        "metrics": metrics.collect::<Vec<_>>(),
    })
}

fn metric(metric: &Metric, value: &dyn Fn(&Value) -> Json) -> Json {
    let mut row = vec![json!(metric.namespace), json!(metric.name)];
    for (name, of) in &metric.dimensions {
        row.extend([json!(name), value(of)]);
    }
    row.push(json!({ "label": metric.label, "stat": metric.statistic }));
    row.into()
}
