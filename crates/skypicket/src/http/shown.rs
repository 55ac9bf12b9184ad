//! A view and what is made of it once for all readers.

use super::dto::{IncidentDto, TrackStatic};
use super::frame::Row;
use super::ledger::Ledger;
use super::render::Renderer;
use crate::system::View;
use serde_json::json;
use std::sync::{Arc, OnceLock};

/// A view and what is made of it once for all readers.
pub(super) struct Shown {
    pub(super) view: Arc<View>,
    /// All tracks as rows, by number.
    pub(super) rows: Arc<[Row]>,
    /// It is one of the past: what transports do now has no place in it.
    pub(super) past: bool,
    ledger: OnceLock<Ledger>,
    incidents: OnceLock<Vec<IncidentDto>>,
    incidents_text: OnceLock<Arc<str>>,
    sensors_text: OnceLock<Arc<str>>,
    statics: OnceLock<Vec<Arc<TrackStatic>>>,
}

impl Shown {
    pub(super) fn new(view: Arc<View>, rows: Arc<[Row]>, past: bool) -> Self {
        Self {
            view,
            rows,
            past,
            ledger: OnceLock::new(),
            incidents: OnceLock::new(),
            incidents_text: OnceLock::new(),
            sensors_text: OnceLock::new(),
            statics: OnceLock::new(),
        }
    }

    pub(super) fn renderer(&self) -> Renderer<'_> {
        let ledger = self.ledger.get_or_init(|| Ledger::of(&self.view.picture));
        Renderer { picture: &self.view.picture, plan: &self.view.plan, ledger }
    }

    pub(super) fn incidents(&self) -> &[IncidentDto] {
        self.incidents.get_or_init(|| self.renderer().incidents())
    }

    /// The incidents as a message of the socket.
    pub(super) fn incidents_text(&self) -> &Arc<str> {
        self.incidents_text
            .get_or_init(|| json!({"type": "incidents", "incidents": self.incidents()}).to_string().into())
    }

    /// Counts and groups as a message of the socket.
    pub(super) fn counts_text(&self) -> Arc<str> {
        let renderer = self.renderer();
        json!({"type": "counts", "counts": renderer.counts(), "groups": renderer.groups()}).to_string().into()
    }

    /// What is reported from the ground as a message of the socket.
    pub(super) fn reports_text(&self) -> Arc<str> {
        json!({"type": "reports", "reports": self.renderer().reports()}).to_string().into()
    }

    /// The sensors as a message of the socket, made by `make` where nobody has yet.
    pub(super) fn sensors_text(&self, make: impl FnOnce() -> String) -> &Arc<str> {
        self.sensors_text.get_or_init(|| make().into())
    }

    /// What of the tracks changes seldom, in the picture's order.
    pub(super) fn statics(&self) -> &[Arc<TrackStatic>] {
        self.statics.get_or_init(|| {
            let renderer = self.renderer();
            self.view.picture.tracks.iter().map(|shown| Arc::new(renderer.statics(shown))).collect()
        })
    }
}
