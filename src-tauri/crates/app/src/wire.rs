//! What crosses the border to the window and to scripts: plain data, serialised as JSON.
//!
//! The command line prints these shapes (`cli.md` fixes them: adding fields is free, changing them is not);
//! the window receives them over IPC, with TypeScript types made from these files (`typescript`, committed as
//! `ui/src/ipc/types.ts` and held against it by a test). Unknown is `null`. Times are RFC 3339.

mod events;
mod jobs;
mod library;
mod player;
mod playlists;
mod recommend;
mod reports;
mod taste;
mod typescript;

pub use events::*;
pub use jobs::*;
pub use library::*;
pub use player::*;
pub use playlists::*;
pub use recommend::*;
pub use reports::*;
pub use taste::*;
pub use typescript::typescript;
