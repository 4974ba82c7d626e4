//! The page's commands, one line each: the use cases are in `segue-app`.

use segue_app::{
    AlbumRow, AlbumSort, AlbumsPage, CommandError, Crossfade, Desktop, EnqueueAt, EqualizerChange,
    EqualizerSetting, FailureRow, FeedbackKind, FeedbackRow, JobAction, JobKind, LibraryStatus,
    LoudnessSettings, MixFound, MixRow, OutputPage, OutputSettings, PickRef, PickRow, PlaySource,
    PlayerCommand, PlayerState, PlaylistPage, PlaylistRow, PlaylistSource, QueuePage, Rating,
    SeedRef, SeedRow, SongsPage, SongsQuery, SoundPage, StationRequest, TastePage, TrackRow,
    WaveformRow, WishRow,
};
use tauri::{AppHandle, Builder, State, Wry};
use tauri_plugin_dialog::DialogExt;

type Answer<T> = Result<T, CommandError>;

pub(crate) fn register(builder: Builder<Wry>) -> Builder<Wry> {
    builder.invoke_handler(tauri::generate_handler![
        status,
        choose_folder,
        add_folder,
        remove_folder,
        rescan,
        forget_missing,
        set_closely,
        failures,
        songs,
        albums,
        album_of,
        waveform,
        play_songs,
        play_tracks,
        enqueue,
        radio,
        start_radio,
        seeds,
        find_seeds,
        understand,
        tune,
        stop_radio,
        mixes,
        mix,
        play_mix,
        path,
        play_path,
        play_picks,
        playlists,
        playlist,
        create_playlist,
        rename_playlist,
        delete_playlist,
        undelete_playlist,
        add_to_playlist,
        remove_from_playlist,
        move_in_playlist,
        refresh_playlist,
        undo_playlist_edit,
        import_playlist,
        export_playlist,
        play_playlist,
        player,
        command,
        queue,
        sound,
        set_loudness,
        set_crossfade,
        outputs,
        set_output,
        set_equalizer,
        import_equalizer,
        rate,
        say,
        say_wrong_after,
        feedback,
        undo_feedback,
        turn,
        taste,
        forget,
        remember,
        export_taste,
        first_choice,
        end_first_choice,
        job,
    ])
}

#[tauri::command(async)]
fn status(desktop: State<'_, Desktop>) -> Answer<LibraryStatus> {
    Ok(desktop.status()?)
}

#[tauri::command(async)]
fn choose_folder(app: AppHandle, title: String) -> Option<String> {
    let chosen = app
        .dialog()
        .file()
        .set_title(title)
        .blocking_pick_folder()?;
    Some(chosen.into_path().ok()?.to_string_lossy().into_owned())
}

#[tauri::command(async)]
fn add_folder(desktop: State<'_, Desktop>, path: String) -> Answer<()> {
    Ok(desktop.add_folder(path.as_ref())?)
}

#[tauri::command(async)]
fn remove_folder(desktop: State<'_, Desktop>, path: String) -> Answer<()> {
    Ok(desktop.remove_folder(path.as_ref())?)
}

#[tauri::command(async)]
fn rescan(desktop: State<'_, Desktop>) -> Answer<()> {
    Ok(desktop.rescan()?)
}

#[tauri::command(async)]
fn set_closely(desktop: State<'_, Desktop>, on: bool) -> Answer<()> {
    Ok(desktop.set_closely(on)?)
}

#[tauri::command(async)]
fn forget_missing(desktop: State<'_, Desktop>) -> Answer<u64> {
    Ok(desktop.forget_missing()?)
}

#[tauri::command(async)]
fn failures(desktop: State<'_, Desktop>) -> Answer<Vec<FailureRow>> {
    Ok(desktop.failures()?)
}

#[tauri::command(async)]
fn songs(
    desktop: State<'_, Desktop>,
    query: SongsQuery,
    offset: u32,
    limit: u32,
) -> Answer<SongsPage> {
    Ok(desktop.songs(&query, offset, limit)?)
}

#[tauri::command(async)]
fn albums(
    desktop: State<'_, Desktop>,
    text: String,
    sort: AlbumSort,
    descending: bool,
    offset: u32,
    limit: u32,
) -> Answer<AlbumsPage> {
    Ok(desktop.albums(&text, sort, descending, offset, limit)?)
}

#[tauri::command(async)]
fn album_of(desktop: State<'_, Desktop>, id: i64) -> Answer<Option<AlbumRow>> {
    Ok(desktop.album_of(id)?)
}

#[tauri::command(async)]
fn waveform(desktop: State<'_, Desktop>, track: i64) -> Answer<Option<WaveformRow>> {
    Ok(desktop.waveform(track)?)
}

#[tauri::command(async)]
fn play_songs(
    desktop: State<'_, Desktop>,
    query: SongsQuery,
    index: u32,
    source: PlaySource,
) -> Answer<()> {
    Ok(desktop.play_songs(&query, index, source)?)
}

#[tauri::command(async)]
fn play_tracks(desktop: State<'_, Desktop>, ids: Vec<i64>, source: PlaySource) -> Answer<()> {
    Ok(desktop.play_tracks(&ids, source)?)
}

#[tauri::command(async)]
fn enqueue(desktop: State<'_, Desktop>, ids: Vec<i64>, at: EnqueueAt) -> Answer<()> {
    Ok(desktop.enqueue(&ids, at)?)
}

#[tauri::command(async)]
fn radio(desktop: State<'_, Desktop>, request: StationRequest, count: u32) -> Answer<Vec<PickRow>> {
    Ok(desktop.radio(&request, count)?)
}

#[tauri::command(async)]
fn start_radio(desktop: State<'_, Desktop>, request: StationRequest) -> Answer<()> {
    Ok(desktop.start_radio(&request)?)
}

#[tauri::command(async)]
fn seeds(desktop: State<'_, Desktop>, seeds: Vec<SeedRef>) -> Answer<Vec<SeedRow>> {
    Ok(desktop.seeds(&seeds)?)
}

#[tauri::command(async)]
fn find_seeds(desktop: State<'_, Desktop>, text: String, limit: u32) -> Answer<Vec<SeedRow>> {
    Ok(desktop.find_seeds(&text, limit)?)
}

#[tauri::command(async)]
fn understand(desktop: State<'_, Desktop>, text: String) -> Answer<WishRow> {
    Ok(desktop.understand(&text)?)
}

#[tauri::command(async)]
fn tune(desktop: State<'_, Desktop>, discovery: f32) -> Answer<()> {
    Ok(desktop.tune(discovery)?)
}

#[tauri::command(async)]
fn stop_radio(desktop: State<'_, Desktop>) -> Answer<()> {
    Ok(desktop.stop_radio()?)
}

#[tauri::command(async)]
fn mixes(desktop: State<'_, Desktop>) -> Answer<Vec<MixRow>> {
    Ok(desktop.mixes()?)
}

#[tauri::command(async)]
fn mix(desktop: State<'_, Desktop>, id: String, count: u32) -> Answer<MixFound> {
    Ok(desktop.mix(&id, count)?)
}

#[tauri::command(async)]
fn play_mix(desktop: State<'_, Desktop>, id: String, count: u32) -> Answer<()> {
    Ok(desktop.play_mix(&id, count)?)
}

#[tauri::command(async)]
fn path(desktop: State<'_, Desktop>, from: i64, to: i64, count: u32) -> Answer<Vec<PickRow>> {
    Ok(desktop.path(from, to, count)?)
}

#[tauri::command(async)]
fn play_path(desktop: State<'_, Desktop>, from: i64, to: i64, count: u32) -> Answer<()> {
    Ok(desktop.play_path(from, to, count)?)
}

#[tauri::command(async)]
fn play_picks(
    desktop: State<'_, Desktop>,
    source: PlaylistSource,
    picks: Vec<PickRef>,
    index: u32,
) -> Answer<()> {
    Ok(desktop.play_picks(&source, &picks, index)?)
}

#[tauri::command(async)]
fn playlists(desktop: State<'_, Desktop>) -> Answer<Vec<PlaylistRow>> {
    Ok(desktop.playlists()?)
}

#[tauri::command(async)]
fn playlist(desktop: State<'_, Desktop>, id: i64, offset: u32, limit: u32) -> Answer<PlaylistPage> {
    Ok(desktop.playlist(id, offset, limit)?)
}

#[tauri::command(async)]
fn create_playlist(
    desktop: State<'_, Desktop>,
    name: String,
    source: PlaylistSource,
    living: bool,
) -> Answer<PlaylistRow> {
    Ok(desktop.create_playlist(&name, &source, living)?)
}

#[tauri::command(async)]
fn rename_playlist(desktop: State<'_, Desktop>, id: i64, name: String) -> Answer<()> {
    Ok(desktop.rename_playlist(id, &name)?)
}

#[tauri::command(async)]
fn delete_playlist(desktop: State<'_, Desktop>, id: i64) -> Answer<()> {
    Ok(desktop.delete_playlist(id)?)
}

#[tauri::command(async)]
fn undelete_playlist(desktop: State<'_, Desktop>, id: i64) -> Answer<()> {
    Ok(desktop.undelete_playlist(id)?)
}

#[tauri::command(async)]
fn add_to_playlist(desktop: State<'_, Desktop>, id: i64, tracks: Vec<i64>) -> Answer<u64> {
    Ok(desktop.add_to_playlist(id, &tracks)?)
}

#[tauri::command(async)]
fn remove_from_playlist(desktop: State<'_, Desktop>, id: i64, entries: Vec<i64>) -> Answer<u64> {
    Ok(desktop.remove_from_playlist(id, &entries)?)
}

#[tauri::command(async)]
fn move_in_playlist(desktop: State<'_, Desktop>, id: i64, entry: i64, index: u32) -> Answer<u64> {
    Ok(desktop.move_in_playlist(id, entry, index)?)
}

#[tauri::command(async)]
fn refresh_playlist(desktop: State<'_, Desktop>, id: i64) -> Answer<u64> {
    Ok(desktop.refresh_playlist(id)?)
}

#[tauri::command(async)]
fn undo_playlist_edit(desktop: State<'_, Desktop>, edit: u64) -> Answer<()> {
    Ok(desktop.undo_playlist_edit(edit)?)
}

#[tauri::command(async)]
fn import_playlist(
    app: AppHandle,
    desktop: State<'_, Desktop>,
    title: String,
) -> Answer<Option<PlaylistRow>> {
    let endings = ["m3u8", "m3u", "pls", "xspf", "jspf", "json"];
    let chosen = app
        .dialog()
        .file()
        .set_title(title)
        .add_filter(endings.map(str::to_uppercase).join(", "), &endings)
        .blocking_pick_file();
    let Some(path) = chosen.and_then(|chosen| chosen.into_path().ok()) else {
        return Ok(None);
    };
    Ok(Some(desktop.import_playlist(&path)?))
}

#[tauri::command(async)]
fn export_playlist(
    app: AppHandle,
    desktop: State<'_, Desktop>,
    id: i64,
    title: String,
) -> Answer<Option<String>> {
    let mut dialog = app
        .dialog()
        .file()
        .set_title(title)
        .set_file_name(desktop.playlist_file_name(id)?);
    for ending in ["m3u8", "m3u", "pls", "xspf", "jspf"] {
        dialog = dialog.add_filter(ending.to_uppercase(), &[ending]);
    }
    let chosen = dialog.blocking_save_file();
    let Some(path) = chosen.and_then(|chosen| chosen.into_path().ok()) else {
        return Ok(None);
    };
    Ok(Some(desktop.export_playlist(id, &path)?))
}

#[tauri::command(async)]
fn play_playlist(desktop: State<'_, Desktop>, id: i64, index: u32) -> Answer<()> {
    Ok(desktop.play_playlist(id, index)?)
}

#[tauri::command(async)]
fn player(desktop: State<'_, Desktop>) -> Answer<PlayerState> {
    Ok(desktop.player()?)
}

#[tauri::command(async)]
fn command(desktop: State<'_, Desktop>, command: PlayerCommand) -> Answer<()> {
    Ok(desktop.command(&command)?)
}

#[tauri::command(async)]
fn queue(desktop: State<'_, Desktop>, offset: u32, limit: u32) -> Answer<QueuePage> {
    Ok(desktop.queue(offset, limit)?)
}

#[tauri::command(async)]
fn sound(desktop: State<'_, Desktop>) -> Answer<SoundPage> {
    Ok(desktop.sound()?)
}

#[tauri::command(async)]
fn set_loudness(
    desktop: State<'_, Desktop>,
    settings: LoudnessSettings,
) -> Answer<LoudnessSettings> {
    Ok(desktop.set_loudness(settings)?)
}

#[tauri::command(async)]
fn set_crossfade(desktop: State<'_, Desktop>, crossfade: Crossfade) -> Answer<Crossfade> {
    Ok(desktop.set_crossfade(crossfade)?)
}

#[tauri::command(async)]
fn outputs(desktop: State<'_, Desktop>) -> Answer<OutputPage> {
    Ok(desktop.outputs()?)
}

#[tauri::command(async)]
fn set_output(desktop: State<'_, Desktop>, settings: OutputSettings) -> Answer<OutputPage> {
    Ok(desktop.set_output(settings)?)
}

#[tauri::command(async)]
fn set_equalizer(desktop: State<'_, Desktop>, change: EqualizerChange) -> Answer<EqualizerSetting> {
    Ok(desktop.set_equalizer(change)?)
}

#[tauri::command(async)]
fn import_equalizer(
    app: AppHandle,
    desktop: State<'_, Desktop>,
    title: String,
) -> Answer<Option<EqualizerSetting>> {
    let chosen = app
        .dialog()
        .file()
        .set_title(title)
        .add_filter("TXT", &["txt"])
        .blocking_pick_file();
    let Some(path) = chosen.and_then(|chosen| chosen.into_path().ok()) else {
        return Ok(None);
    };
    Ok(Some(desktop.import_equalizer(&path)?))
}

#[tauri::command(async)]
fn rate(desktop: State<'_, Desktop>, id: i64, rating: Option<Rating>) -> Answer<()> {
    Ok(desktop.rate(id, rating)?)
}

#[tauri::command(async)]
fn say(
    desktop: State<'_, Desktop>,
    kind: FeedbackKind,
    id: i64,
    artist: bool,
) -> Answer<FeedbackRow> {
    Ok(desktop.say(kind, id, artist)?)
}

#[tauri::command(async)]
fn say_wrong_after(desktop: State<'_, Desktop>, earlier: i64, later: i64) -> Answer<FeedbackRow> {
    Ok(desktop.say_wrong_after(earlier, later)?)
}

#[tauri::command(async)]
fn feedback(desktop: State<'_, Desktop>) -> Answer<Vec<FeedbackRow>> {
    Ok(desktop.feedback()?)
}

#[tauri::command(async)]
fn undo_feedback(desktop: State<'_, Desktop>, id: Option<i64>) -> Answer<()> {
    Ok(desktop.undo_feedback(id)?)
}

#[tauri::command(async)]
fn turn(desktop: State<'_, Desktop>, term: String, up: bool) -> Answer<FeedbackRow> {
    Ok(desktop.turn(&term, up)?)
}

#[tauri::command(async)]
fn taste(desktop: State<'_, Desktop>) -> Answer<TastePage> {
    Ok(desktop.taste()?)
}

#[tauri::command(async)]
fn forget(desktop: State<'_, Desktop>, since: Option<String>) -> Answer<()> {
    Ok(desktop.forget(since.as_deref())?)
}

#[tauri::command(async)]
fn remember(desktop: State<'_, Desktop>, forgotten: i64) -> Answer<()> {
    Ok(desktop.remember(forgotten)?)
}

#[tauri::command(async)]
fn export_taste(
    app: AppHandle,
    desktop: State<'_, Desktop>,
    title: String,
) -> Answer<Option<String>> {
    let chosen = app
        .dialog()
        .file()
        .set_title(title)
        .set_file_name("segue-taste.json")
        .add_filter("JSON", &["json"])
        .blocking_save_file();
    let Some(path) = chosen.and_then(|chosen| chosen.into_path().ok()) else {
        return Ok(None);
    };
    desktop.export_taste(&path)?;
    Ok(Some(path.to_string_lossy().into_owned()))
}

#[tauri::command(async)]
fn first_choice(desktop: State<'_, Desktop>) -> Answer<Vec<TrackRow>> {
    Ok(desktop.first_choice()?)
}

#[tauri::command(async)]
fn end_first_choice(desktop: State<'_, Desktop>) -> Answer<()> {
    Ok(desktop.end_first_choice()?)
}

#[tauri::command(async)]
fn job(desktop: State<'_, Desktop>, job: JobKind, action: JobAction) -> Answer<()> {
    Ok(desktop.job(job, action)?)
}

#[cfg(test)]
mod tests {
    include!("command_names.rs");

    #[test]
    fn the_capability_names_every_command_and_nothing_of_the_system() {
        let capability: serde_json::Value =
            serde_json::from_str(include_str!("../capabilities/main.json")).unwrap();
        let mut named: Vec<&str> = capability["permissions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap())
            .collect();
        let mut expected: Vec<String> = COMMANDS
            .iter()
            .map(|name| format!("allow-{}", name.replace('_', "-")))
            .collect();
        expected.extend(["core:event:allow-listen", "core:event:allow-unlisten"].map(String::from));
        named.sort_unstable();
        expected.sort_unstable();
        assert_eq!(named, expected);
    }
}
