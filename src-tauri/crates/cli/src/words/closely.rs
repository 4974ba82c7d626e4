//! How far listening more closely is.

use segue_app::{CloselyStatus, CloselyWaits};

use super::problems::error;

pub(crate) fn closely(status: &CloselyStatus) -> String {
    let model = &status.model;
    if !status.on {
        return format!("{model} could listen more closely; `segue models closely on` has it");
    }
    if let Some(problem) = &status.problem {
        return format!("{model} cannot listen more closely: {}", error(problem));
    }
    let serves = match status.serving {
        true => "serves",
        false => "will serve once it has heard all",
    };
    let mut text = format!(
        "{model} listens more closely and {serves}; {} recordings heard, {} to hear",
        status.heard, status.to_hear
    );
    if let Some(left_s) = status.left_s.filter(|_| status.to_hear > 0) {
        text.push_str(&format!(", about {:.1} hours", left_s / 3600.0));
    }
    match status.waits {
        Some(CloselyWaits::Battery) => text.push_str("; it waits for mains power"),
        Some(CloselyWaits::Busy) => text.push_str("; it waits for the machine to be less busy"),
        None => {}
    }
    text
}
