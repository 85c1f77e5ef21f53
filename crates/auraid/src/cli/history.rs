//! `auraid history …`

use aura_client::Event;

use super::Error;
use super::args::History;
use super::database::Database;
use super::output::answer;

/// Fields whose change the operation tells.
const TIMES: &[&str] = &["updatedAt", "deletedAt"];

/// Events a statement.
const PAGE: u32 = 1_000;

pub(super) async fn run(command: &History, database: &Database) -> Result<(), Error> {
    let History::Show { model, id, json } = command;
    let store = database.store().await?;
    if !crate::store::TABLES.iter().any(|table| table.model == model) {
        let known: Vec<&str> = crate::store::TABLES.iter().map(|table| table.model).collect();
        return Err(Error::Usage(format!("there is no model {model}; there are {}", known.join(", "))));
    }
    let mut last = None;
    loop {
        let events = store.history().of(model, id, last, PAGE).await?;
        if events.is_empty() && last.is_none() {
            return Err(Error::No(format!("nothing is recorded of {model} {id}")));
        }
        for event in &events {
            answer(if *json { line(event)? } else { sentence(event) })?;
        }
        last = events.last().map(|event| event.number).or(last);
        if events.len() < PAGE as usize {
            return Ok(());
        }
    }
}

fn line(event: &Event) -> Result<String, Error> {
    serde_json::to_string(event).map_err(|error| Error::Failed(error.to_string()))
}

/// `2026-11-23T12:00:00Z  update   operator:ada  name, status`
fn sentence(event: &Event) -> String {
    let actor = event.actor.clone().unwrap_or_else(|| format!("nobody (role {})", event.session_role));
    let request = event.request.as_ref().map(|id| format!("request {id}")).unwrap_or_default();
    let parts = [format!("{}  {:<8} {actor}", event.at, event.operation), changed(event), request];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("  ")
}

/// The fields that changed, without their values, or why.
fn changed(event: &Event) -> String {
    let (Some(before), Some(after)) = (&event.before, &event.after) else {
        return event.reason.clone().unwrap_or_default();
    };
    let fields = after.as_object().into_iter().flatten();
    let changed: Vec<&str> = fields
        .filter(|(field, value)| {
            before.get(field.as_str()) != Some(value) && !TIMES.contains(&field.as_str())
        })
        .map(|(field, _)| field.as_str())
        .collect();
    changed.join(", ")
}
