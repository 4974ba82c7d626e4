//! What each mood sounds like, as a prompt.

use segue_core::Mood;

/// The prompt that a mood stands for.
pub(super) fn prompt(mood: Mood) -> &'static str {
    match mood {
        Mood::Calm => "calm, peaceful",
        Mood::Happy => "happy, not sad, not dark",
        Mood::Energetic => "energetic, not mellow",
        Mood::Melancholy => "sad, not party",
        Mood::Dark => "dark, not happy",
        Mood::Dreamy => "dreamy, not metal",
        Mood::Party => "party, dance",
        Mood::Focus => "focus, no vocals, not exciting",
    }
}
