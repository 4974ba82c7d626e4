//! What goes wrong, in sentences for whoever reads a terminal: errors, faults of files, notices. Hints name commands of `segue`.

use segue_app::{AppError, FailureRow, FileAttempt, Notice, SeedKind};
use segue_core::query::{QueryFault, QueryFaultKind};
use segue_core::{
    AnalysisError, Damage, DataDirFault, FileFault, FolderFault, LibraryAction, LibraryError,
    LostTag, ModelFault, OutputFault, RuntimeFault, SheetFault, TagFault, UnplayableFormat,
};

/// An error.
pub(crate) fn error(error: &AppError) -> String {
    match error {
        AppError::Library { error } => library(error),
        AppError::Analysis { error } => analysis(error),
        AppError::Output { error } => output(error),
        AppError::Unplayable { path, why } => of_file(path, why),
        AppError::NothingSounded { wav, first } => {
            let cause = first.as_ref().map(failure);
            let cause = cause.map_or_else(String::new, |cause| format!(": {cause}"));
            match wav {
                Some(wav) => format!("nothing sounded, so {wav} was not written{cause}"),
                None => format!("nothing sounded{cause}"),
            }
        }
        AppError::NotInstalled { what, looked } => {
            format!("{what} is not installed; looked in {}", looked.join(", "))
        }
        AppError::BadQuery { text, fault } => query(text, fault),
        AppError::NoSuchTrack { track } => format!(
            "no track {track} in the library; `segue tracks` lists what there is, `segue scan FOLDER` adds more"
        ),
        AppError::NoSuchPlaylist { playlist } => {
            format!("no playlist {playlist}; `segue playlist list` shows what there is")
        }
        AppError::File {
            attempt,
            path,
            detail,
        } => format!("cannot {} {path}: {detail}", file_attempt(*attempt)),
        AppError::Exchange {
            action,
            path,
            reason,
        } => format!("cannot {action} {path}: {reason}"),
        AppError::NoThread { detail } => format!("the system starts no more threads: {detail}"),
        AppError::PlayerEnded => "the player has ended".into(),
        AppError::NoHomeFolder => {
            "this user has no home folder: name a data folder with --data-dir".into()
        }
        AppError::NotSerialized { detail } => format!("cannot be saved: {detail}"),
        AppError::NoProgram { detail } => format!("cannot find this program itself: {detail}"),
        AppError::DatabaseNotWhole { detail } => format!("the database is not whole: {detail}"),

        AppError::WindowPlaysNoFile => "a window does not play into a file".into(),
        AppError::NoSuchRoot { path } => format!("{path} is no folder of the library"),
        AppError::NoSuchPlaySource { source_name } => {
            format!("{source_name:?} is no source of plays")
        }
        AppError::TooLateToUndo => "this was too long ago to be undone".into(),
        AppError::NotPlayedAsShown => "only mixes and paths are played as they are shown".into(),
        AppError::NotAnInstant { text, detail } => format!("“{text}” is no time: {detail}"),

        AppError::NoArtist { path } => format!("{path} names no artist"),
        AppError::FeedbackNotOfASong => "this is feedback on something else than one song".into(),
        AppError::SameRecording => "these are the same recording".into(),
        AppError::NoSuchFeedback { id } => format!("there is no feedback with number {id}"),

        AppError::NothingAnalyzed => "none of these files could be analysed".into(),
        AppError::NotAnalyzed { path } => {
            format!("{path} has not been analysed yet; run `segue analyze`")
        }

        AppError::MixTooSmall { mix } => format!("there is too little for the mix “{mix}” yet"),
        AppError::NoSuchMix { mix } => {
            format!("there is no mix “{mix}”; `segue mix --list` names those that there are")
        }
        AppError::DiscoveryRange => "discovery lies between 0 (familiar) and 1 (new)".into(),
        AppError::NoSuchAlbum { title } => format!("there is no album “{title}”"),
        AppError::NoSuchSeed { kind, name } => {
            let kind = match kind {
                SeedKind::Album => "album",
                SeedKind::Artist => "artist",
                SeedKind::Genre => "genre",
                SeedKind::Tag => "tag",
            };
            format!("there is no {kind} “{name}” in the library")
        }
        AppError::NoKnownWords { text } => format!(
            "none of these words means anything here: “{text}”; try what the songs' tags, genres and artists are called"
        ),
        AppError::EmptyStation => "the library holds nothing for this station".into(),
        AppError::NothingToPlay => "there is nothing to play".into(),
        AppError::SongsGone => "none of these songs is in the library any more".into(),

        AppError::ShippedModelName { model } => {
            format!("{model} is the shipped model's name: give yours another in its manifest")
        }
        AppError::ModelNameTaken { model } => format!(
            "there is another model named {model}: `segue models remove {model}` first, or change the name in the manifest"
        ),
        AppError::ModelShipped { model } => format!("{model} is the shipped model, and stays"),
        AppError::NoFineModel => {
            "no model that listens more closely came with this Segue, or it does not follow the one that you chose; \
             `segue models list` names them"
                .into()
        }
        AppError::ModelCurrent { model } => {
            format!("{model} is the current model: `segue models use` another first")
        }
        AppError::ModelServing { model } => format!(
            "{model} serves until the current model has analysed the library: `segue analyze` first"
        ),
        AppError::NoSuchModel { model } => {
            format!("there is no model named {model:?}; `segue models list` names them")
        }
        AppError::NoSuchOutput { name } => {
            format!("there is no one sound card named {name:?}; `segue output list` names them")
        }
        AppError::TrialRefused { said } => said.clone(),
        AppError::TrialFailed => "refused the model: its trial failed".into(),
        AppError::TrialCrashed { status, said } => {
            let said = said.as_ref();
            let said = said.map_or_else(String::new, |said| format!("; it said: {said}"));
            format!("refused the model: ONNX Runtime did not survive it ({status}{said})")
        }
        AppError::TrialTimeout { limit_s } => {
            format!("refused the model: its trial was not over after {limit_s} seconds")
        }

        AppError::SourceNeverChanges => {
            "these songs never change; a playlist that renews itself is made of a search, a mix, a station or a path".into()
        }
        AppError::NoDeletedPlaylist { playlist } => format!("no playlist {playlist} was deleted"),
        AppError::PlaylistChangedSince => {
            "the playlist was changed again since, or deleted; it stays as it is".into()
        }
        AppError::PlaylistFixed { playlist } => {
            format!("“{playlist}” is made of nothing that changes; it stays as it is")
        }
        AppError::PlaylistRenewed { playlist } => {
            format!("“{playlist}” is made anew each day: what is changed by hand would be lost")
        }
        AppError::AlbumGone => "its album has left the library".into(),
        AppError::NoQueue => "there is no queue without a window".into(),
        AppError::NoPlaylistName => "a playlist needs a name".into(),
        AppError::AmbiguousPlaylist { name, ids } => {
            let numbers: Vec<String> = ids.iter().map(ToString::to_string).collect();
            format!(
                "{} playlists are called {name}; name one by its number: {}",
                ids.len(),
                numbers.join(", ")
            )
        }
        AppError::PlaylistSourceUnreadable { playlist, detail } => {
            format!("what “{playlist}” is made from cannot be read: {detail}")
        }

        AppError::PlayLength { listened_s } => format!("nobody listens for {listened_s} seconds"),
        AppError::FuturePlay => "nobody has listened in the future".into(),
        AppError::PlaysNotWritten { detail } => {
            format!("cannot write the plays to standard output: {detail}")
        }
        AppError::PlaysFormat { format } => {
            format!("plays are not written as {format}, only as segue or listenbrainz")
        }
        AppError::NegativeStretch => "--start and --length are seconds, from 0".into(),

        AppError::TooFewPlays { least } => format!(
            "there are fewer than {least} plays of songs in the library: too few to hold any out"
        ),
        AppError::NotATerm { term } => format!("“{term}” names nothing that can be turned down"),
        AppError::NotADecade { year } => {
            format!("eras are decades, such as era:1990, and not {year}")
        }
        AppError::NoSuchReasonKind { kind } => {
            format!("no reason that can be turned down is of the kind “{kind}”")
        }
        AppError::TermNotInLibrary { term } => format!("nothing in the library has “{term}”"),
        AppError::ForgetFuture => "nothing was learned in the future yet".into(),
        AppError::LearnedAgain => "what was forgotten was learned again at once".into(),
        AppError::NoSuchForgotten { id } => format!("nothing was forgotten under number {id}"),
    }
}

/// What happened while something goes on.
pub(crate) fn notice(notice: &Notice) -> String {
    match notice {
        Notice::Polling => "There are more folders than this system lets a program watch: changes show within half a minute.".into(),
        Notice::ChangesNotTakenUp { problem } => {
            format!("Changes on disk are not taken up yet: {}", error(problem))
        }
        Notice::PlayNotLogged { problem } => format!("The play was not logged: {}", error(problem)),
        Notice::QueueNotKept { problem } => format!("The queue is not saved: {}", error(problem)),
        Notice::FileIncomplete { name, why } => format!("“{name}”: {}", file(why)),
        Notice::FilePassedOver { name, why } => format!("“{name}” was skipped: {}", file(why)),
        Notice::RadioEnds { problem } => format!("The radio ends here: {}", error(problem)),
        Notice::DjStops { problem } => format!("The guest DJ cannot go on: {}", error(problem)),
        Notice::FolderNotAdded { problem } => error(problem),
        Notice::StillStarting => "Segue is still starting: add the folder in its window".into(),
    }
}

/// A file with its fault.
pub(crate) fn failure(failure: &FailureRow) -> String {
    of_file(&failure.path, &failure.why)
}

/// What of a query means nothing, with its place underlined.
fn query(text: &str, fault: &QueryFault) -> String {
    let why = match &fault.kind {
        QueryFaultKind::UnknownField { name, meant } => {
            format!("there is no field “{name}”; did you mean “{meant}”?")
        }
        QueryFaultKind::NotANumber { field, text } => {
            format!("“{text}” is no number for “{field}”; write 1957, >=1957, 1957..1965 or none")
        }
        QueryFaultKind::NotADate { field, text } => format!(
            "“{text}” is no time for “{field}”; write 2025-03, >=2025, 2024..2025, <30d or never"
        ),
        QueryFaultKind::NotAKey { text } => {
            format!("“{text}” is no musical key; write Am, F# or 8A")
        }
        QueryFaultKind::UnknownFlag { field, text, known } => {
            format!(
                "“{field}:” does not know “{text}”, but {}",
                known.join(", ")
            )
        }
        QueryFaultKind::EmptyRange { text } => format!("“{text}” ends before it begins"),
        QueryFaultKind::Unopened => "this bracket was not opened".to_owned(),
        QueryFaultKind::TooMuch => "this is more than a query may hold".to_owned(),
    };
    // On one line, a character wide each, so that the marks stand under what they mean.
    let line: String = text
        .chars()
        .map(|c| if c.is_control() || c == '\n' { ' ' } else { c })
        .collect();
    let marks = "^".repeat(fault.to.saturating_sub(fault.from).max(1));
    format!("{why}\n  {line}\n  {}{marks}", " ".repeat(fault.from))
}

fn of_file(path: &str, why: &FileFault) -> String {
    match why {
        FileFault::NotFound => format!("there is no file {path}"),
        FileFault::Unreadable { detail } => format!("cannot read {path}: {detail}"),
        why => format!("cannot play {path}: {}", file(why)),
    }
}

/// What is wrong with a file.
pub(crate) fn file(why: &FileFault) -> String {
    match why {
        FileFault::NotFound => "there is no such file".into(),
        FileFault::Folder => "it is a folder".into(),
        FileFault::Unreadable { detail } => format!("it cannot be read: {detail}"),
        FileFault::Empty => "the file is empty".into(),
        FileFault::NoAudio => "the file holds no audio".into(),
        FileFault::NoSoundTrack => "it has no sound track".into(),
        FileFault::Video => "it is a video".into(),
        FileFault::CutOff => "it is cut off before its sound begins".into(),
        FileFault::NoPacketTable => "it is cut off before the table of its packets".into(),
        FileFault::Truncated => "it ends long before the length it states".into(),
        FileFault::NotPlayable { format } => {
            format!("it is {}, which Segue cannot play", unplayable(format))
        }
        FileFault::UnknownFormat => "it is not a sound file of a known kind".into(),
        FileFault::Implausible { channels, rate_hz } => {
            format!("it claims {channels} channels at {rate_hz} Hz")
        }
        FileFault::NotResampled { to_hz, detail } => {
            format!("it cannot be resampled to {to_hz} Hz: {detail}")
        }
        FileFault::Unsupported { detail } => format!("it cannot be decoded: {detail}"),
        FileFault::Damaged { damage } => format!("it is damaged: {}", damaged(damage)),
        FileFault::Panicked { detail } => format!("reading it failed inside Segue: {detail}"),
        FileFault::Hidden { folder: false } => {
            "its name begins with a dot, and hidden files are passed over".into()
        }
        FileFault::Hidden { folder: true } => {
            "its name begins with a dot, and hidden folders are passed over with the music in them"
                .into()
        }
        FileFault::NameNotUnicode => "its name is not valid Unicode".into(),
        FileFault::TagsLost { lost } => {
            let lost: Vec<String> = lost.iter().map(lost_tag).collect();
            format!("some of the tags cannot be read: {}", lost.join(", "))
        }
        FileFault::HeAac { core_hz } => format!(
            "it is HE-AAC, of which Segue plays the core alone, without spectral band replication: it sounds dull above {} kHz",
            f64::from(*core_hz) / 2_000.0
        ),
        FileFault::Sheet { why } => match why {
            SheetFault::FileMissing { name } => {
                format!("this cue sheet names {name}, which is not there")
            }
            SheetFault::DiscImage { name } => {
                format!("this cue sheet names {name}, a disc image, which Segue does not play")
            }
            SheetFault::BeyondEnd { number } => {
                format!("its cue sheet has track {number} begin after the end of the file")
            }
        },
        FileFault::Silent => "it is silent".into(),
        FileFault::Network { detail } => format!("the network failed on it: {detail}"),
        FileFault::Loudness { detail } => format!("its loudness cannot be measured: {detail}"),
        FileFault::NoVector { detail } => format!("the network gave no vector for it: {detail}"),
        FileFault::Told { text } => text.clone(),
    }
}

fn unplayable(format: &UnplayableFormat) -> String {
    match format {
        UnplayableFormat::Named { name } => name.clone(),
        UnplayableFormat::InContainer { name, container } => format!("{name} in a {container}"),
        UnplayableFormat::Channels { name, channels } => {
            format!("{name} with {channels} channels")
        }
        UnplayableFormat::Subtype { name, subtype } => format!("{name} of the type {subtype}"),
    }
}

fn damaged(damage: &Damage) -> String {
    match damage {
        Damage::EndsEarly => "it ends too early".into(),
        Damage::NothingDecodes { packets } => {
            format!("none of its {packets} packets can be decoded")
        }
        Damage::BadPackets { packets } => {
            format!("{packets} packets in a row cannot be decoded")
        }
        Damage::SoundTrackLost => "its sound track vanished".into(),
        Damage::MorePacketsThanBytes => "it claims more packets than it has bytes".into(),
        Damage::NoMorePackets => "no more packets can be found in it".into(),
        Damage::Circles => "it leads its reader in circles".into(),
        Damage::Said { detail } => detail.clone(),
    }
}

fn lost_tag(lost: &LostTag) -> String {
    let name = lost.name.as_deref().unwrap_or("one without a name");
    let why = lost.why.map(|why| match why {
        TagFault::Encrypted => "encrypted",
        TagFault::TooShort => "too short",
        TagFault::TooLong => "too long",
        TagFault::Compressed => "cannot be unpacked",
        TagFault::Encoding => "unknown encoding",
        TagFault::NoPicture => "no picture",
        TagFault::Length => "false length",
    });
    why.map_or_else(|| name.to_owned(), |why| format!("{name} ({why})"))
}

/// Why there is no sound.
pub(crate) fn output(fault: &OutputFault) -> String {
    const HINT: &str = "connect or enable one in the system's sound settings, or choose another output (null, wav:PATH)";
    match fault {
        OutputFault::NoDevice => {
            format!("cannot open the default sound card: the system names none; {HINT}")
        }
        OutputFault::NotThere { device } => {
            format!(
                "the sound card {device} is not there; connect it, or run `segue output default`"
            )
        }
        OutputFault::NotOpened { detail } => {
            format!("cannot open the sound card: {detail}; {HINT}")
        }
        OutputFault::Lost { detail } => format!("the sound card is gone ({detail})"),
        OutputFault::Stalled => "the sound card takes no more sound".into(),
        OutputFault::File { path, detail } => format!("cannot write {path}: {detail}"),
        OutputFault::NoThread { detail } => format!("cannot start the playback thread: {detail}"),
        OutputFault::Panicked => "the thread that opens the sound card failed inside Segue".into(),
    }
}

fn library(error: &LibraryError) -> String {
    match error {
        LibraryError::Folder { path, why } => {
            let why = match why {
                FolderFault::Unreadable { detail } => detail.clone(),
                FolderFault::NotAFolder => "it is not a folder".into(),
                FolderFault::NameNotUnicode => "its name is not valid Unicode".into(),
                FolderFault::Hidden { root } => format!(
                    "it is hidden in {root}, which is in the library without what is hidden in it"
                ),
            };
            format!("cannot use {path} as a music folder: {why}")
        }
        LibraryError::DataDir { action, path, why } => format!(
            "cannot {}: the data folder cannot be written at {path}: {}; choose another with --data-dir",
            attempt(*action),
            data_dir(why)
        ),
        LibraryError::Newer { path, found, known } => format!(
            "the database {path} is of version {found} and this Segue knows up to {known}; use the newer Segue, or another data folder"
        ),
        LibraryError::Damaged { path, detail } => format!(
            "the database {path} is damaged: {}; move it away and scan again, or restore it from a backup",
            detail.as_deref().unwrap_or("it is not an SQLite database")
        ),
        LibraryError::Database { action, detail } => {
            format!("cannot {}: {detail}", attempt(*action))
        }
        LibraryError::Value { what, detail } => {
            format!("the stored value of {what} cannot be read: {detail}")
        }
        LibraryError::Watch { path, detail } => format!("cannot watch {path}: {detail}"),
    }
}

fn data_dir(why: &DataDirFault) -> String {
    match why {
        DataDirFault::Unwritable { detail } => detail.clone(),
        DataDirFault::DiskFull { detail } => format!("the disk it lies on is full ({detail})"),
        DataDirFault::ReadOnly { detail } => format!("it is read-only ({detail})"),
        DataDirFault::NoNewFiles { detail } => {
            format!("files cannot be made there: is it read-only? ({detail})")
        }
        DataDirFault::DiskFailed { detail } => {
            format!("the disk it lies on does not take it: is it full? ({detail})")
        }
        DataDirFault::WriteProtected => "the database is write-protected".into(),
        DataDirFault::TakenAway => "the database was taken away while Segue used it".into(),
        DataDirFault::OpenedReadOnly { cause } => {
            format!("it was opened read-only, as Segue {}", library(cause))
        }
    }
}

fn attempt(action: LibraryAction) -> &'static str {
    match action {
        LibraryAction::OpenDatabase => "open the database",
        LibraryAction::CheckDatabase => "check the database",
        LibraryAction::ReadRevision => "look for changes in the database",
        LibraryAction::AddFolders => "add the folders",
        LibraryAction::RemoveFolder => "remove a folder",
        LibraryAction::ReadFolders => "list the folders",
        LibraryAction::SaveScan => "save what was scanned",
        LibraryAction::ReadFailures => "list the failed files",
        LibraryAction::ReadTracks => "read the tracks",
        LibraryAction::ForgetMissing => "forget what is missing",
        LibraryAction::ReadAlbums => "list the albums",
        LibraryAction::FindCover => "find a cover",
        LibraryAction::RecognizeSong => "recognise a song",
        LibraryAction::ReadPlays => "read the plays",
        LibraryAction::SavePlays => "save the plays",
        LibraryAction::MatchPlays => "match a play",
        LibraryAction::ReadCounts => "read the play counts",
        LibraryAction::SaveCounts => "save the play counts",
        LibraryAction::ReadRatings => "read the ratings",
        LibraryAction::SaveRating => "save a rating",
        LibraryAction::ReadFeedback => "read the feedback",
        LibraryAction::SaveFeedback => "save the feedback",
        LibraryAction::UndoFeedback => "undo the feedback",
        LibraryAction::ReadForgotten => "read what was forgotten",
        LibraryAction::ForgetLearned => "forget what was learned",
        LibraryAction::LearnAgain => "learn again what was forgotten",
        LibraryAction::ReadAnalyses => "read the analyses",
        LibraryAction::SaveAnalyses => "save an analysis",
        LibraryAction::ForgetAnalyses => "forget the analyses",
        LibraryAction::ReadMeasures => "read what was measured",
        LibraryAction::SaveMeasures => "save what was measured",
        LibraryAction::ForgetMeasures => "forget what was measured",
        LibraryAction::ReadPlaylists => "read the playlists",
        LibraryAction::SavePlaylist => "save the playlist",
        LibraryAction::ChangePlaylist => "change the playlist",
        LibraryAction::DeletePlaylist => "delete the playlist",
        LibraryAction::RestorePlaylist => "restore the playlist",
        LibraryAction::MatchPlaylists => "match the playlists",
        LibraryAction::ReadQueue => "read the queue",
        LibraryAction::SaveQueue => "save the queue",
        LibraryAction::ReadSettings => "read the settings",
        LibraryAction::SaveSettings => "save a setting",
    }
}

fn file_attempt(attempt: FileAttempt) -> &'static str {
    match attempt {
        FileAttempt::ReadFolder => "read the folder",
        FileAttempt::MakeFolder => "make the folder",
        FileAttempt::Find => "find",
        FileAttempt::Write => "write",
        FileAttempt::Remove => "remove",
        FileAttempt::Start => "start",
        FileAttempt::KeepModel => "keep the model in",
    }
}

fn analysis(error: &AnalysisError) -> String {
    match error {
        AnalysisError::RuntimeMissing { path } => format!(
            "there is no ONNX Runtime at {path}; `cargo xtask setup` installs it, or set ORT_DYLIB_PATH"
        ),
        AnalysisError::RuntimeRefused { path, why } => {
            let why = match why {
                RuntimeFault::AnotherLoaded { path } => format!("{path} is loaded already"),
                RuntimeFault::Unknown => {
                    "it is not an ONNX Runtime that this Segue knows".to_owned()
                }
                RuntimeFault::Unreadable { detail } => {
                    format!("cannot look into it before it is loaded: {detail}")
                }
                RuntimeFault::Said { detail } => detail.clone(),
            };
            format!("cannot load ONNX Runtime from {path}: {why}")
        }
        AnalysisError::RuntimeUploads { path, mark } => format!(
            "{path} carries Microsoft's telemetry uploader (`{mark}` stands in it) and was not loaded: Segue sends nothing to anybody; \
             `cargo xtask setup` installs ONNX Runtime 1.27.0, which has none (the official libraries have it since 1.29), \
             or set ORT_DYLIB_PATH to one that has none"
        ),
        AnalysisError::ModelMissing { path, detail } => {
            format!("cannot read the model file {path}: {detail}; is the model installed?")
        }
        AnalysisError::ModelWrite { path, detail } => {
            format!("cannot write the model file {path}: {detail}")
        }
        AnalysisError::ModelRefused { path, why } => {
            format!("refused the model file {path}: {}", model(why))
        }
        AnalysisError::Provider { provider, detail } => {
            format!(
                "the provider {provider} is not available: {detail}; `auto` takes the best that is"
            )
        }
    }
}

fn model(why: &ModelFault) -> String {
    match why {
        ModelFault::NoHash { name } => {
            format!("there is no SHA-256 of {name}; `segue models import` writes it")
        }
        ModelFault::OtherHash { found, expected } => {
            format!("its SHA-256 is {found}, the manifest says {expected}; install the model again")
        }
        ModelFault::NotInManifest { key } => format!("the manifest has no {key}"),
        ModelFault::NotText => "it is not text".into(),
        ModelFault::OtherWeights { wanted, named } => format!(
            "it wants weights from {wanted:?}; the manifest's files.weights names {}",
            named
                .as_ref()
                .map_or("none".to_owned(), |named| format!("{named:?}"))
        ),
        ModelFault::TooLarge { max_bytes } => format!("it is larger than {max_bytes} bytes"),
        ModelFault::NotProbabilities => {
            "its tags are no probabilities; is network.tags_activation missing?".into()
        }
        ModelFault::Said { detail } => detail.clone(),
    }
}

#[cfg(test)]
mod tests {
    use segue_core::query::Query;

    #[test]
    fn a_query_is_underlined_where_it_means_nothing() {
        for (text, said) in [
            (
                "björk yaer:1997",
                "there is no field “yaer”; did you mean “year”?\n  björk yaer:1997\n        ^^^^",
            ),
            (
                "is:lovely\tx",
                "“is:” does not know “lovely”, but liked, disliked, compilation, lossless, duplicate, heard\n  is:lovely x\n  ^^^^^^^^^",
            ),
        ] {
            let fault = Query::parse(text).unwrap_err();
            assert_eq!(super::query(text, &fault), said);
        }
    }
}
