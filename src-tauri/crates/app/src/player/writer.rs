//! Writes what the player has to remember: plays into the log, and the queue. On a thread of its own (`segue-log`), in order,
//! because a disk may sleep and learning from a play takes its time.

use crossbeam_channel::{Receiver, Sender};
use serde_json::Value;

use super::owner::PlayerMessage;
use super::session::{PLACE, SESSION, Write};
use super::window::WindowUpdate;
use crate::wire::{AppEvent, Notice};
use crate::{AppError, Segue};

/// The writing thread. It ends when all senders are gone.
pub(super) fn write_all(
    segue: &Segue,
    writes: &Receiver<Write>,
    player: &Sender<PlayerMessage>,
    window: &Sender<WindowUpdate>,
) {
    // Reported once: on a full disk every write of a long evening would otherwise report the same failure.
    let mut is_told = false;
    for write in writes {
        let kept = match write {
            Write::Log(play) => {
                match segue.log_play(&play) {
                    Ok(()) => {
                        // These fail only when the program ends.
                        _ = window.send(WindowUpdate::Event(AppEvent::Taste));
                        _ = player.send(PlayerMessage::Logged(play));
                    }
                    Err(error) => {
                        tracing::error!(%error, "a play could not be logged");
                        let notice = Notice::PlayNotLogged { problem: error };
                        _ = window.send(WindowUpdate::notice(notice));
                    }
                }
                continue;
            }
            Write::KeepQueue(change, session) => json(&session).and_then(|session| {
                let setting = (SESSION, &session);
                Ok(segue.library.keep_queue(&change, setting)?)
            }),
            Write::KeepPlace(place) => {
                json(&place).and_then(|place| Ok(segue.library.put_setting(PLACE, &place)?))
            }
        };
        let was_told = std::mem::replace(&mut is_told, kept.is_err());
        if let Err(error) = kept {
            tracing::warn!(%error, "the queue could not be kept");
            _ = player.send(PlayerMessage::NotKept);
            if !was_told {
                let notice = Notice::QueueNotKept { problem: error };
                _ = window.send(WindowUpdate::notice(notice));
            }
        }
    }
}

fn json(value: &impl serde::Serialize) -> Result<Value, AppError> {
    serde_json::to_value(value).map_err(|error| AppError::NotSerialized {
        detail: error.to_string(),
    })
}
