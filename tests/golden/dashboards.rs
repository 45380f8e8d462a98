//! The bodies of dashboards, which no emulator judges, are as CloudWatch documents them:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html>,
//! with its quotas: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html>.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::resources::of_type;
use super::terraform::Template;

const WIDGETS: usize = 500;
const METRICS_OF_A_WIDGET: usize = 500;
const METRICS: usize = 2_500;

#[test]
fn a_dashboard_has_the_documented_structure() {
    for dashboard in of_type("AWS::CloudWatch::Dashboard") {
        let place = &dashboard.place;
        let template = Template(dashboard.template.clone());
        let body = template.value(&dashboard.properties["DashboardBody"]);
        let body: Json = serde_json::from_str(body.as_str().expect("a text")).expect("JSON");
        let widgets = body["widgets"].as_array().expect("a list");
        assert_eq!(body.as_object().map(|it| it.len()), Some(1), "{place}");
        assert!((1..=WIDGETS).contains(&widgets.len()), "{place}");
        let (mut cells, mut metrics) = (BTreeSet::new(), 0);
        for widget in widgets {
            let number = |name: &str| widget[name].as_u64().expect("a number");
            assert_eq!(widget["type"], "metric", "{place}");
            let (left, top) = (number("x"), number("y"));
            let (right, bottom) = (left + number("width"), top + number("height"));
            assert!(left < right && right <= 24, "{place}: {widget}");
            assert!((1..=1_000).contains(&(bottom - top)), "{place}: {widget}");
            for cell in (left..right).flat_map(|x| (top..bottom).map(move |y| (x, y))) {
                assert!(cells.insert(cell), "{place}: two widgets at {cell:?}");
            }
            metrics += check_properties(place, &widget["properties"]);
        }
        assert!(metrics <= METRICS, "{place}: {metrics}");
    }
}

/// How many metrics a widget has.
fn check_properties(place: &str, properties: &Json) -> usize {
    let names = properties.as_object().expect("an object").keys();
    let known = ["metrics", "period", "region", "title", "view"];
    assert!(names.eq(known), "{place}: {properties}");
    assert_eq!(properties["view"], "timeSeries", "{place}");
    assert_eq!(properties["region"], "<region>", "{place}");
    assert!(properties["title"].is_string(), "{place}");
    let period = properties["period"].as_u64().expect("seconds");
    assert!(period >= 60 && period.is_multiple_of(60), "{place}");
    let metrics = properties["metrics"].as_array().expect("a list");
    assert!(
        (1..=METRICS_OF_A_WIDGET).contains(&metrics.len()),
        "{place}"
    );
    for metric in metrics {
        let parts = metric.as_array().expect("a list");
        let (options, names) = parts.split_last().expect("options");
        // A namespace, a name, and a name and a value for each dimension.
        let is_text = |it: &Json| it.as_str().is_some_and(|it| !it.is_empty());
        assert!(names.iter().all(is_text), "{place}: {metric}");
        assert!(names.len() > 2 && names.len() % 2 == 0, "{place}: {metric}");
        let keys = options.as_object().expect("options").keys();
        assert!(keys.eq(["label", "stat"]), "{place}: {metric}");
        let statistic = options["stat"].as_str().expect("a statistic");
        let percentile = statistic.strip_prefix('p').map(str::parse::<u32>);
        let is_known = matches!(percentile, Some(Ok(1..=99)))
            || ["Average", "Maximum", "Minimum", "SampleCount", "Sum"].contains(&statistic);
        assert!(is_known, "{place}: {metric}");
    }
    metrics.len()
}
