//! `auraid id …`

use super::Error;
use super::args::IdCommand;
use super::output::answer;

pub(super) fn run(command: &IdCommand) -> Result<(), Error> {
    match command {
        IdCommand::New { count } => {
            for _ in 0..*count {
                answer(aura_cuid2::ordered().as_ref())?;
            }
            Ok(())
        }
        IdCommand::Inspect { id } => inspect(id),
    }
}

fn inspect(id: &str) -> Result<(), Error> {
    let parsed: aura_cuid2::Cuid2 = id.parse().map_err(|error| Error::No(format!("{error}")))?;
    answer(format!("length  {}", parsed.as_ref().len()))?;
    match aura_cuid2::timestamp_of(&parsed) {
        Some(milliseconds) => {
            let time = i64::try_from(milliseconds)
                .ok()
                .and_then(aura_client::Timestamp::from_millisecond)
                .map_or_else(|| "beyond the calendar".to_owned(), |time| time.to_string());
            answer(format!("made    {time}, if AuraID made it"))
        }
        None => answer("made    it does not tell: a random CUID2, or from elsewhere"),
    }
}
