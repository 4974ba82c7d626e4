//! What crosses the border to the window and to scripts: plain data, serialised as JSON.
//!
//! The command line prints these shapes (`cli.md` fixes them: adding fields is free, changing them is not);
//! the window receives them over IPC, with TypeScript types made from these files (`typescript`, committed as
//! `ui/src/ipc/types.ts` and held against it by a test). Unknown is `null`. Times are RFC 3339.

mod events;
mod failures;
mod jobs;
mod library;
mod output;
mod player;
mod playlists;
mod problem;
mod recommend;
mod reports;
mod sound;
mod taste;
mod typescript;

pub use events::*;
pub use failures::FailureRow;
pub(crate) use failures::shown;
pub use jobs::*;
pub use library::*;
pub use output::*;
pub use player::*;
pub use playlists::*;
pub use problem::*;
pub use recommend::*;
pub use reports::*;
pub use sound::*;
pub use taste::*;
pub use typescript::typescript;
