//! The TypeScript of what the window sends and receives, as it is committed in `ui/src/ipc/types.ts`.

use ts_rs::TS;

use super::events::{AppEvent, CommandError, ErrorCodeName};
use super::jobs::{JobAction, JobKind, JobProgress, JobStage, JobStatus};
use super::library::{
    AlbumRow, AlbumSort, AlbumsPage, FailureRow, LibraryStatus, RatingName, RootRow, SongSort,
    SongsPage, SongsQuery, TrackRow, WaveformRow,
};
use super::player::{
    DjMode, EnqueueAt, PlayerCommand, PlayerState, PlayerStatus, QueueEdit, QueueEditKind,
    QueuePage, QueueRow, RepeatMode,
};
use super::playlists::{PlaylistEntryRow, PlaylistPage, PlaylistRow, PlaylistSource};
use super::recommend::{
    MixFound, MixRow, PickRef, PickRow, ReasonRow, SeedRef, SeedRow, Station, StationRequest,
    WishRow, WishTermRow,
};
use super::taste::{
    FeedbackKind, FeedbackRow, ForetoldRow, ForgottenRow, InterestRow, LeaningRow, TastePage,
    TastePartRow,
};

macro_rules! declarations {
    ($($name:ident),* $(,)?) => {
        /// The TypeScript types of everything that the window sends and receives.
        pub fn typescript() -> String {
            let config = ts_rs::Config::new().with_large_int("number");
            let mut text = String::from(
                "// Made from src-tauri/crates/app/src/wire; do not edit. `SEGUE_BLESS=1 cargo test -p segue-app` writes it anew.\n",
            );
            $(
                text.push_str("\nexport ");
                text.push_str(&<$name as TS>::decl(&config));
                text.push('\n');
            )*
            text
        }
    };
}

declarations!(
    TrackRow,
    RatingName,
    SongSort,
    SongsQuery,
    SongsPage,
    WaveformRow,
    AlbumSort,
    AlbumRow,
    AlbumsPage,
    ReasonRow,
    PickRow,
    PickRef,
    QueueRow,
    QueuePage,
    PlayerStatus,
    RepeatMode,
    SeedRef,
    StationRequest,
    SeedRow,
    WishRow,
    WishTermRow,
    Station,
    MixRow,
    MixFound,
    PlaylistSource,
    PlaylistRow,
    PlaylistEntryRow,
    PlaylistPage,
    DjMode,
    QueueEditKind,
    QueueEdit,
    PlayerState,
    PlayerCommand,
    EnqueueAt,
    JobKind,
    JobStage,
    JobAction,
    JobStatus,
    JobProgress,
    FailureRow,
    FeedbackKind,
    FeedbackRow,
    LeaningRow,
    InterestRow,
    TastePartRow,
    ForetoldRow,
    ForgottenRow,
    TastePage,
    RootRow,
    LibraryStatus,
    CommandError,
    ErrorCodeName,
    AppEvent,
);

#[cfg(test)]
mod tests {
    #[test]
    fn the_windows_types_are_those_of_this_room() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../ui/src/ipc/types.ts");
        let made = super::typescript();
        if std::env::var_os("SEGUE_BLESS").is_some() {
            std::fs::write(path, &made).unwrap();
        }
        let committed = std::fs::read_to_string(path)
            .unwrap_or_default()
            .replace("\r\n", "\n");
        assert!(
            committed == made,
            "{path} is stale: run `SEGUE_BLESS=1 cargo test -p segue-app`"
        );
    }
}
