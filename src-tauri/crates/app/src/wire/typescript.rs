//! The TypeScript of what the window sends and receives, as it is committed in `ui/src/ipc/types.ts`.

use segue_analysis::Provider;
use segue_core::query::{QueryFault, QueryFaultKind};
use segue_core::{
    AnalysisError, BandShape, Because, BpmRange, ChosenDevice, Crossfade, Damage, DataDirFault,
    Equalizer, EqualizerBand, EqualizerPreset, ErrorCode, Facet, FileFault, FolderFault, Gain,
    GainSource, Habit, LibraryAction, LibraryError, LostTag, LoudnessMode, LoudnessSettings,
    MixContent, MixKind, Mode, ModelFault, Mood, OutputFault, OutputFormat, OutputSettings, Period,
    Rating, ReasonKind, RuntimeFault, SeedDetail, SeedName, SheetFault, SignalPath, SignalStep,
    SourceFormat, StationTitle, TagFault, TermName, UnknownWord, UnplayableFormat, WhenLost,
    WishPart, WishTerm, YearRange,
};
use ts_rs::TS;

use super::*;

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
    Rating,
    SongSort,
    SongsLimit,
    SongsQuery,
    SongsPage,
    WaveformRow,
    AlbumSort,
    AlbumRow,
    AlbumsPage,
    ReasonKind,
    Because,
    Habit,
    TermName,
    WishTerm,
    Period,
    YearRange,
    BpmRange,
    Mode,
    WishPart,
    UnknownWord,
    Facet,
    ReasonRow,
    PickRow,
    PickRef,
    QueueRow,
    QueueSource,
    QueuePage,
    PlayerStatus,
    RepeatMode,
    SeedRef,
    StationRequest,
    SeedRow,
    WishRow,
    SeedDetail,
    SeedName,
    StationTitle,
    Station,
    Mood,
    MixKind,
    MixContent,
    MixRow,
    MixFound,
    PlaylistSource,
    PlaylistOrigin,
    PlaylistRow,
    PlaylistEntryRow,
    PlaylistPage,
    DjMode,
    QueueEditKind,
    QueueEdit,
    GainSource,
    Gain,
    SourceFormat,
    OutputFormat,
    SignalStep,
    SignalPath,
    StopAfter,
    LoopStretch,
    PlayerState,
    PlayerCommand,
    EnqueueAt,
    LoudnessMode,
    LoudnessSettings,
    Crossfade,
    BandShape,
    EqualizerBand,
    Equalizer,
    EqualizerPreset,
    EqualizerSetting,
    EqualizerChange,
    SoundPage,
    ChosenDevice,
    WhenLost,
    OutputSettings,
    OutputDeviceRow,
    OutputPage,
    JobKind,
    JobStage,
    JobAction,
    JobStatus,
    JobProgress,
    CloselyWaits,
    CloselyStatus,
    FailureRow,
    FeedbackKind,
    FeedbackRow,
    LeaningRow,
    InterestName,
    InterestRow,
    TastePart,
    TastePartRow,
    ForetoldRow,
    ForgottenRow,
    TastePage,
    RootRow,
    LibraryStatus,
    Provider,
    CommandError,
    ErrorCode,
    AppError,
    FileAttempt,
    SeedKind,
    FileFault,
    UnplayableFormat,
    Damage,
    LostTag,
    SheetFault,
    TagFault,
    OutputFault,
    QueryFault,
    QueryFaultKind,
    LibraryError,
    FolderFault,
    DataDirFault,
    LibraryAction,
    AnalysisError,
    RuntimeFault,
    ModelFault,
    Notice,
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
