//! The page's commands, one line each: the use cases are in `segue-app`.

use segue_app::{
    AlbumRow, AlbumSort, AlbumsPage, CommandError, Desktop, EnqueueAt, FailureRow, FeedbackKind,
    FeedbackRow, JobAction, JobKind, LibraryStatus, PickRow, PlayerCommand, PlayerState, QueuePage,
    RatingName, SongsPage, SongsQuery, WaveformRow,
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
        tune,
        stop_radio,
        player,
        command,
        queue,
        rate,
        say,
        say_wrong_after,
        feedback,
        undo_feedback,
        job,
    ])
}

#[tauri::command(async)]
fn status(desktop: State<'_, Desktop>) -> Answer<LibraryStatus> {
    Ok(desktop.status()?)
}

#[tauri::command(async)]
fn choose_folder(app: AppHandle) -> Option<String> {
    let chosen = app
        .dialog()
        .file()
        .set_title("Where is your music?")
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
    source: String,
) -> Answer<()> {
    Ok(desktop.play_songs(&query, index, &source)?)
}

#[tauri::command(async)]
fn play_tracks(desktop: State<'_, Desktop>, ids: Vec<i64>, source: String) -> Answer<()> {
    Ok(desktop.play_tracks(&ids, &source)?)
}

#[tauri::command(async)]
fn enqueue(desktop: State<'_, Desktop>, ids: Vec<i64>, at: EnqueueAt) -> Answer<()> {
    Ok(desktop.enqueue(&ids, at)?)
}

#[tauri::command(async)]
fn radio(
    desktop: State<'_, Desktop>,
    ids: Vec<i64>,
    discovery: Option<f32>,
    count: u32,
) -> Answer<Vec<PickRow>> {
    Ok(desktop.radio(&ids, discovery, count)?)
}

#[tauri::command(async)]
fn start_radio(desktop: State<'_, Desktop>, ids: Vec<i64>, discovery: Option<f32>) -> Answer<()> {
    Ok(desktop.start_radio(&ids, discovery)?)
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
fn rate(desktop: State<'_, Desktop>, id: i64, rating: Option<RatingName>) -> Answer<()> {
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
