//! `segue`: the same core as the window, without one. For servers, scripts, cron and tests.
//!
//! This crate reads arguments and prints; every decision is in `segue-app`. Exit codes: 0 done, 1 could not be
//! done, 2 wrong usage. Results go to standard output, all else to standard error.

mod arguments;
mod print;
mod progress;
mod words;

use std::ffi::OsStr;
use std::process::ExitCode;

use arguments::{
    Arguments, Command, EqCommand, FeedbackCommand, LibraryCommand, ModelsCommand, OutputCommand,
    PlaylistCommand, PlaysCommand, TasteCommand,
};
use segue_app::{
    AnalyzeRequest, AppError, EqualizerChange, FeedbackKind, ModelSource, PlayRequest,
    PlaylistSource, RadioRequest, Segue, SongSort, SongsQuery,
};
use segue_core::{Equalizer, LoudnessSettings};

#[expect(
    unsafe_code,
    reason = "the one way to change the environment, which a library that is loaded later reads"
)]
fn main() -> ExitCode {
    // SAFETY: nothing ran before this, so there is no other thread that could read the environment meanwhile.
    for (name, value) in segue_app::OPT_OUTS {
        unsafe { std::env::set_var(name, value) };
    }
    let arguments = Arguments::read(std::env::args_os()).unwrap_or_else(|error| error.exit());
    let level = if arguments.verbose { "info" } else { "error" };
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| level.into()),
        )
        .with_writer(std::io::stderr)
        .init();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print::complain(&error);
            ExitCode::from(1)
        }
    }
}

fn run(arguments: Arguments) -> Result<(), AppError> {
    if let Command::Models(ModelsCommand::Try { folder }) = &arguments.command {
        // In a process of its own, and nowhere near the library.
        return segue_app::try_model(folder);
    }
    if let Command::Doctor = &arguments.command {
        // A database that is not whole is told like all else, and then is a failure.
        let found = Segue::doctor(arguments.data_dir.as_deref())?;
        print::doctor(&found, arguments.json);
        return match (found.database.integrity, found.database.open_problem) {
            (_, Some(problem)) => Err(problem),
            (Some(whole), None) if whole == "ok" => Ok(()),
            (wrong, None) => Err(AppError::DatabaseNotWhole {
                detail: wrong.unwrap_or_default(),
            }),
        };
    }
    let segue = Segue::open(arguments.data_dir.as_deref())?;
    if let Some(problem) = segue.read_only() {
        let why = words::error(&problem);
        print::say(&format!("reading only, nothing can be changed: {why}"));
    }
    let json = arguments.json;
    match arguments.command {
        Command::Scan { folders, watch } => {
            let mut bar = progress::scan();
            let done = segue.scan(&folders, &mut |progress| bar.scan(progress))?;
            bar.clear();
            print::scan(&done, json);
            if watch {
                print::say("watching for changes; end with Ctrl+C");
                segue.watch(&mut |done| print::scan(done, json), &mut |notice| {
                    print::say(&words::notice(notice));
                })?;
            }
        }
        Command::Analyze {
            jobs,
            provider,
            again,
            closely,
        } => {
            let mut bar = progress::analysis();
            let request = AnalyzeRequest {
                jobs,
                provider,
                again,
                closely,
            };
            let done = segue.analyze(&request, &mut |progress| bar.analysis(progress))?;
            bar.clear();
            print::analysis(&done, json);
        }
        Command::Library(LibraryCommand::ForgetMissing) => {
            print::missing_forgotten(&segue.forget_missing()?, json);
        }
        Command::Tracks {
            query,
            limit,
            offset,
            sort,
            descending,
        } => {
            print::tracks(
                &segue.tracks(&query.join(" "), sort, descending, limit, offset)?,
                json,
            );
        }
        Command::Embed { files } => segue.embed(&files, &mut |line| print::embedded(line, json))?,
        Command::Similar { file, by, count } => {
            print::similar(&segue.similar(&file, by, count)?, by, json);
        }
        Command::Radio {
            seeds,
            less,
            count,
            discovery,
            more,
            seed_rng,
            with_seed,
            save,
        } => {
            let request = RadioRequest {
                less,
                count,
                discovery,
                rng_seed: seed_rng,
                with_seed,
                more,
            };
            if let Some(name) = save.save {
                let source = segue.station_source(&seeds, &request)?;
                print::playlist_kept(&segue.create_playlist(&name, &source, save.living)?, json);
            } else {
                print::radio(&segue.radio(&seeds, &request)?, json);
            }
        }
        Command::Path {
            from,
            to,
            count,
            save,
        } => match save.save {
            Some(name) => {
                let source = segue.path_source(&from, &to, count)?;
                print::playlist_kept(&segue.create_playlist(&name, &source, save.living)?, json);
            }
            None => print::path(&segue.path(&from, &to, count)?, json),
        },
        Command::Mix { list: true, .. } => print::mixes(&segue.mixes()?, json),
        Command::Mix {
            kind, count, save, ..
        } => {
            let id = kind.unwrap_or_default();
            if let Some(name) = save.save {
                let source = PlaylistSource::Mix { id, count };
                print::playlist_kept(&segue.create_playlist(&name, &source, save.living)?, json);
            } else {
                print::mix(&segue.mix(&id, count)?, json);
            }
        }
        Command::Playlist(command) => playlist(&segue, command, json)?,
        Command::Plays(PlaysCommand::Add {
            file,
            listened,
            at,
            source,
        }) => {
            segue.add_play(&file, listened, at, &source)?;
            print::done(json);
        }
        Command::Plays(PlaysCommand::Import {
            file,
            format,
            dry_run,
        }) => {
            print::imported(&segue.import_plays(&file, format, dry_run)?, dry_run, json);
        }
        Command::Plays(PlaysCommand::Export { format }) => {
            segue.export_plays(format, &mut std::io::stdout().lock())?;
        }
        Command::Feedback(command) => feedback(&segue, command, json)?,
        Command::Taste(command) => taste(&segue, command, json)?,
        Command::Like { file } => rate(&segue, &file, Some(segue_core::Rating::Like), json)?,
        Command::Dislike { file } => rate(&segue, &file, Some(segue_core::Rating::Dislike), json)?,
        Command::Unrate { file } => rate(&segue, &file, None, json)?,
        Command::Play {
            files,
            output,
            start,
            length,
            loudness,
            eq,
            crossfade,
            sleep,
            path,
        } => {
            let mut bar = progress::playing();
            let request = PlayRequest {
                files,
                output,
                start_s: start,
                length_s: length,
                loudness,
                equalizer: eq,
                crossfade,
                sleep_min: sleep,
            };
            let played = segue.play(&request, &mut |event| bar.playing(event))?;
            bar.clear();
            print::played(&played, path, json);
        }
        Command::Output(command) => output(&segue, command, json)?,
        Command::Models(command) => models(&segue, command, json)?,
        // Told before the library was opened.
        Command::Doctor => {}
    }
    Ok(())
}

fn feedback(segue: &Segue, command: FeedbackCommand, json: bool) -> Result<(), AppError> {
    let rows = match command {
        FeedbackCommand::NotNow { file, artist } => {
            vec![segue.say(FeedbackKind::NotNow, &file, artist)?]
        }
        FeedbackCommand::Never { file, artist } => {
            vec![segue.say(FeedbackKind::Never, &file, artist)?]
        }
        FeedbackCommand::WrongAfter { earlier, later } => {
            vec![segue.say_wrong_after(&earlier, &later)?]
        }
        FeedbackCommand::List => segue.feedback()?,
        FeedbackCommand::Undo => segue.undo_feedback()?.into_iter().collect(),
        FeedbackCommand::Remove { id } => {
            segue.remove_feedback(id)?;
            print::done(json);
            return Ok(());
        }
    };
    print::feedback(&rows, json);
    Ok(())
}

fn playlist(segue: &Segue, command: PlaylistCommand, json: bool) -> Result<(), AppError> {
    match command {
        PlaylistCommand::List => print::playlists(&segue.playlists()?, json),
        PlaylistCommand::Show { playlist } => {
            let id = segue.find_playlist(&playlist)?;
            print::playlist(&segue.playlist(id, 0, u32::MAX)?, json);
        }
        PlaylistCommand::Create {
            name,
            query,
            living,
            order,
        } => {
            let query = SongsQuery {
                text: query,
                album: None,
                sort: order.sort.map_or_else(SongSort::default, |sort| sort.0),
                descending: order.descending,
            };
            let limit = order.limit.and_then(|limit| limit.0);
            let source = PlaylistSource::Search { query, limit };
            print::playlist_kept(&segue.create_playlist(&name, &source, living)?, json);
        }
        PlaylistCommand::Rules {
            playlist,
            query,
            order,
        } => {
            let id = segue.find_playlist(&playlist)?;
            let (mut songs, mut limit) = segue.playlist_rules(id)?;
            if query.is_some() || order.sort.is_some() || order.descending || order.limit.is_some()
            {
                songs.text = query.unwrap_or(songs.text);
                if let Some(sort) = order.sort {
                    (songs.sort, songs.descending) = (sort.0, order.descending);
                }
                songs.descending |= order.descending;
                limit = order.limit.map_or(limit, |other| other.0);
                segue.set_playlist_rules(id, &songs, limit)?;
            }
            print::playlist_rules(&songs, limit, json);
        }
        PlaylistCommand::Import { file } => {
            print::playlist_imported(&segue.import_playlist(&file)?, json);
        }
        PlaylistCommand::Export { playlist, file } => {
            let id = segue.find_playlist(&playlist)?;
            print::playlist_exported(&segue.export_playlist(id, &file)?, json);
        }
        PlaylistCommand::Rename { playlist, name } => {
            let id = segue.find_playlist(&playlist)?;
            print::playlist_kept(&segue.rename_playlist(id, &name)?, json);
        }
        PlaylistCommand::Delete { playlist } => {
            segue.delete_playlist(segue.find_playlist(&playlist)?)?;
            print::done(json);
        }
        PlaylistCommand::Undelete { playlist } => {
            let id = segue.find_deleted_playlist(&playlist)?;
            print::playlist_kept(&segue.undelete_playlist(id)?, json);
        }
    }
    Ok(())
}

fn taste(segue: &Segue, command: TasteCommand, json: bool) -> Result<(), AppError> {
    match command {
        TasteCommand::Train => print::trained(&segue.train_taste()?, json),
        TasteCommand::Show => print::taste(&segue.show_taste()?, json),
        TasteCommand::Eval => print::judged(&segue.judge_taste()?, json),
        TasteCommand::Forget { since, all: _ } => {
            print::forgotten(&[segue.forget(since)?], json);
        }
        TasteCommand::Forgotten => print::forgotten(&segue.forgotten()?, json),
        TasteCommand::Remember { id } => {
            segue.remember(id)?;
            print::done(json);
        }
        TasteCommand::Less { term } => print::feedback(&[segue.turn(&term, false)?], json),
        TasteCommand::More { term } => print::feedback(&[segue.turn(&term, true)?], json),
        TasteCommand::Choose => print::choice(&segue.first_choice()?, json),
        TasteCommand::Export { file } => {
            segue.export_taste(&file)?;
            print::done(json);
        }
    }
    Ok(())
}

fn output(segue: &Segue, command: OutputCommand, json: bool) -> Result<(), AppError> {
    match command {
        OutputCommand::List => print::outputs(&segue.outputs()?, json),
        OutputCommand::Use { name } => print::outputs(&segue.use_output(Some(&name))?, json),
        OutputCommand::Default => print::outputs(&segue.use_output(None)?, json),
        OutputCommand::Loudness {
            mode,
            preamp,
            fallback,
        } => {
            let kept = segue.sound(None)?.loudness;
            let wanted = LoudnessSettings {
                mode: mode.unwrap_or(kept.mode),
                preamp_db: preamp.unwrap_or(kept.preamp_db),
                fallback_db: fallback.unwrap_or(kept.fallback_db),
            };
            let kept = match wanted == kept {
                true => kept,
                false => segue.set_loudness(wanted)?,
            };
            print::loudness(&kept, json);
        }
        OutputCommand::Crossfade { length } => {
            let kept = match length {
                None => segue.sound(None)?.crossfade,
                Some(length) => segue.set_crossfade(length)?,
            };
            print::crossfade(kept, json);
        }
        OutputCommand::Eq { device, change } => {
            let device = device.map(|name| segue.output_named(&name)).transpose()?;
            let device = device.as_ref();
            let change = match change {
                None => {
                    let others = segue.equalized_outputs()?;
                    print::equalizer(&segue.sound(device)?.equalizer, &others, json);
                    return Ok(());
                }
                Some(EqCommand::Import { file }) => {
                    let kept = segue.import_equalizer(device, &file)?;
                    print::equalizer(&kept, &[], json);
                    return Ok(());
                }
                Some(EqCommand::Off) => EqualizerChange::Off,
                Some(EqCommand::On) => EqualizerChange::On,
                Some(EqCommand::Preset { name }) => EqualizerChange::Preset { preset: name },
                Some(EqCommand::Set { gains, preamp }) => EqualizerChange::Curve {
                    equalizer: Equalizer::of_octaves(preamp, gains_of(&gains)),
                },
            };
            print::equalizer(&segue.set_equalizer(device, change)?, &[], json);
        }
    }
    Ok(())
}

/// The grammar lets ten through, no more and no less.
fn gains_of(gains: &[f64]) -> [f64; 10] {
    std::array::from_fn(|at| gains.get(at).copied().unwrap_or_default())
}

fn models(segue: &Segue, command: ModelsCommand, json: bool) -> Result<(), AppError> {
    match command {
        ModelsCommand::List => print::models(&segue.models()?, json),
        ModelsCommand::Import {
            source,
            onnx,
            weights,
        } => {
            let source = ModelSource {
                manifest: source,
                onnx,
                weights,
            };
            let program = std::env::current_exe().map_err(|error| AppError::NoProgram {
                detail: error.to_string(),
            })?;
            print::model_imported(&segue.import_model(&source, &program)?, json);
        }
        ModelsCommand::Use { name } => print::model_used(&segue.use_model(&name)?, json),
        ModelsCommand::Closely { on } => print::closely(&segue.set_closely(on)?, json),
        ModelsCommand::Remove { name } => {
            segue.remove_model(&name)?;
            print::done(json);
        }
        ModelsCommand::Try { folder } => segue_app::try_model(&folder)?,
    }
    Ok(())
}

fn rate(
    segue: &Segue,
    file: &OsStr,
    rating: Option<segue_core::Rating>,
    json: bool,
) -> Result<(), AppError> {
    segue.rate(file, rating)?;
    print::done(json);
    Ok(())
}
