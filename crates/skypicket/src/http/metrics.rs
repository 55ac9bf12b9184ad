//! Prometheus metrics. The conservation law of each feed: received = decoded + rejected(reason); what was shed before it was recorded
//! and what is queued between is told beside.

use super::app::App;
use crate::feeds::FeedStates;
use crate::system::BOUNDS_S;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use std::fmt::Write as _;
use std::sync::Arc;

/// A label's value, escaped.
fn label(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn family(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

/// All metrics as text.
pub(super) async fn metrics(State(app): State<Arc<App>>) -> Response {
    let mut out = String::new();
    feeds(&app, &mut out);
    picture(&app, &mut out);
    delays(&app, &mut out);
    journal(&app, &mut out);
    ([(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4"))], out).into_response()
}

fn feeds(app: &App, out: &mut String) {
    let shown = app.now();
    let named: Vec<(String, &crate::core::FeedCounts)> =
        app.plan.feeds.iter().zip(shown.view.counts.iter()).map(|(feed, counts)| (label(&feed.name), counts)).collect();
    family(out, "skypicket_feed_bytes_total", "counter", "Bytes that entered the journal, by feed.");
    for (feed, counts) in &named {
        let _ = writeln!(out, "skypicket_feed_bytes_total{{feed=\"{feed}\"}} {}", counts.bytes);
    }
    family(
        out,
        "skypicket_messages_received_total",
        "counter",
        "Messages found in those bytes: decoded plus rejected.",
    );
    for (feed, counts) in &named {
        let _ = writeln!(
            out,
            "skypicket_messages_received_total{{feed=\"{feed}\"}} {}",
            counts.decoded() + counts.rejected()
        );
    }
    family(out, "skypicket_messages_decoded_total", "counter", "Messages understood, by kind of record.");
    for (feed, counts) in &named {
        for (record, n) in &counts.records {
            let _ =
                writeln!(out, "skypicket_messages_decoded_total{{feed=\"{feed}\",record=\"{}\"}} {n}", label(record));
        }
    }
    family(out, "skypicket_messages_rejected_total", "counter", "Messages not understood, by reason.");
    for (feed, counts) in &named {
        for (reason, n) in &counts.rejects {
            let _ =
                writeln!(out, "skypicket_messages_rejected_total{{feed=\"{feed}\",reason=\"{}\"}} {n}", label(reason));
        }
    }
    family(out, "skypicket_oddities_total", "counter", "Oddities in messages that were understood, by reason.");
    for (feed, counts) in &named {
        for (reason, n) in &counts.oddities {
            let _ = writeln!(out, "skypicket_oddities_total{{feed=\"{feed}\",reason=\"{}\"}} {n}", label(reason));
        }
    }
    family(out, "skypicket_observations_total", "counter", "Observations, by feed.");
    for (feed, counts) in &named {
        let _ = writeln!(out, "skypicket_observations_total{{feed=\"{feed}\"}} {}", counts.observations);
    }
    family(
        out,
        "skypicket_over_budget_total",
        "counter",
        "Reports of objects for which no track was begun, because their feed brings more new ones than it may.",
    );
    let picture = app.now();
    for (number, feed) in app.plan.feeds.iter().enumerate() {
        let own = picture.view.picture.sensors.iter().filter(|health| usize::from(health.id.feed.0) == number);
        let n: u64 = own.map(|health| health.over_budget).sum();
        let _ = writeln!(out, "skypicket_over_budget_total{{feed=\"{}\"}} {n}", label(&feed.name));
    }
    if let Some(states) = app.feeds.as_ref().map(FeedStates::list) {
        family(
            out,
            "skypicket_feed_received_bytes_total",
            "counter",
            "Bytes that transports received, by feed; more than entered the journal by what was shed.",
        );
        for (feed, state) in app.plan.feeds.iter().zip(&states) {
            let _ =
                writeln!(out, "skypicket_feed_received_bytes_total{{feed=\"{}\"}} {}", label(&feed.name), state.bytes);
        }
        family(
            out,
            "skypicket_shed_total",
            "counter",
            "Chunks or datagrams dropped before they were recorded, by reason.",
        );
        for (feed, state) in app.plan.feeds.iter().zip(&states) {
            for (reason, n) in &state.shed {
                let _ = writeln!(
                    out,
                    "skypicket_shed_total{{feed=\"{}\",reason=\"{}\"}} {n}",
                    label(&feed.name),
                    label(reason)
                );
            }
        }
    }
}

fn picture(app: &App, out: &mut String) {
    let shown = app.now();
    let status = app.status(&shown);
    family(out, "skypicket_tracks", "gauge", "Tracks in the picture.");
    let _ = writeln!(out, "skypicket_tracks {}", status.tracks);
    family(out, "skypicket_incidents_open", "gauge", "Incidents that are not closed.");
    let _ = writeln!(out, "skypicket_incidents_open {}", status.open_incidents);
    family(out, "skypicket_picture_time_seconds", "gauge", "Time of the picture, Unix seconds.");
    let _ = writeln!(out, "skypicket_picture_time_seconds {}", shown.view.picture.time.as_s_f64());
}

fn delays(app: &App, out: &mut String) {
    let measured = app.delays.measured();
    family(
        out,
        "skypicket_alert_delay_seconds",
        "histogram",
        "From the receipt of the observation that brought an alert to the picture that tells it; live input only.",
    );
    let mut below = 0;
    for (count, bound) in measured.buckets.iter().zip(BOUNDS_S) {
        below += count;
        let _ = writeln!(out, "skypicket_alert_delay_seconds_bucket{{le=\"{bound}\"}} {below}");
    }
    let _ = writeln!(out, "skypicket_alert_delay_seconds_bucket{{le=\"+Inf\"}} {}", measured.count());
    let _ = writeln!(out, "skypicket_alert_delay_seconds_sum {}", measured.sum_s);
    let _ = writeln!(out, "skypicket_alert_delay_seconds_count {}", measured.count());
    family(out, "skypicket_alert_delay_recent_seconds", "gauge", "The same of the last thousand alerts, by quantile.");
    for share in [0.5, 0.99] {
        if let Some(delay_s) = measured.quantile_s(share) {
            let _ = writeln!(out, "skypicket_alert_delay_recent_seconds{{quantile=\"{share}\"}} {delay_s}");
        }
    }
    family(out, "skypicket_alerts_by_time_total", "counter", "Alerts that passing time brought and no observation.");
    let _ = writeln!(out, "skypicket_alerts_by_time_total {}", measured.by_time);
}

fn journal(app: &App, out: &mut String) {
    let (bytes, records) = app.inbox.held();
    let durable = app.inbox.durability().map_or(0, |durability| durability.seq().0);
    family(out, "skypicket_queued_bytes", "gauge", "Payload bytes accepted and still held by journal or engine.");
    let _ = writeln!(out, "skypicket_queued_bytes {bytes}");
    family(out, "skypicket_queued_records", "gauge", "Records accepted and still held by journal or engine.");
    let _ = writeln!(out, "skypicket_queued_records {records}");
    family(out, "skypicket_journal_seq", "gauge", "Last input.");
    let _ = writeln!(out, "skypicket_journal_seq {}", app.inbox.last().0.0);
    family(out, "skypicket_journal_durable_seq", "gauge", "Last input on disk.");
    let _ = writeln!(out, "skypicket_journal_durable_seq {durable}");
    let (failed, lost, refused) =
        app.inbox.stats(|stats| (stats.failed_commits.get(), stats.lost.get(), stats.refused.get()));
    family(out, "skypicket_journal_failed_commits_total", "counter", "Writes or syncs that failed.");
    let _ = writeln!(out, "skypicket_journal_failed_commits_total {failed}");
    family(out, "skypicket_journal_lost_total", "counter", "Inputs that the disk refused for too long.");
    let _ = writeln!(out, "skypicket_journal_lost_total {lost}");
    family(out, "skypicket_journal_refused_total", "counter", "Datagrams refused because the queue was full.");
    let _ = writeln!(out, "skypicket_journal_refused_total {refused}");
}
