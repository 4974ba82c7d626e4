//! The real window through the session's bus, as media keys and panels see it: `playerctl` steers it and reads what plays, and the
//! bus is watched for what it is told unasked. (Every property and method by itself is tested in the room `controls`.)

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

use super::{CURRENT, PATIENCE, PLAYING, POSITION, Visit, run};

/// Asks or tells the player on the bus.
fn playerctl(arguments: &[&str]) -> String {
    let output = Command::new("playerctl")
        .args(["-p", "segue"])
        .args(arguments)
        .output()
        .expect("playerctl starts (package playerctl)");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "playerctl {arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Waits until the bus says so.
async fn until_it_says(what: &str, arguments: &[&str], so: impl Fn(&str) -> bool) -> String {
    let begun = Instant::now();
    loop {
        let said = playerctl(arguments);
        if so(&said) {
            return said;
        }
        assert!(begun.elapsed() < PATIENCE, "no {what}: {said}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// Calls a method of the root interface, which playerctl knows nothing of.
fn call(method: &str) {
    let status = Command::new("dbus-send")
        .args(["--session", "--print-reply", "--type=method_call"])
        .arg("--dest=org.mpris.MediaPlayer2.segue")
        .arg("/org/mpris/MediaPlayer2")
        .arg(format!("org.mpris.MediaPlayer2.{method}"))
        .stdout(Stdio::null())
        .status();
    assert!(status.unwrap().success(), "{method}");
}

/// What is told on the bus of seeks, in lines; it ends with its owner.
struct Seeks {
    monitor: Child,
    lines: Receiver<String>,
}

impl Seeks {
    fn watch() -> Self {
        let mut monitor = Command::new("dbus-monitor")
            .args(["--session", "type='signal',member='Seeked'"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (tell, lines) = channel();
        let mut told = BufReader::new(monitor.stdout.take().unwrap()).lines();
        // Its own name comes first: from then on it watches.
        told.next();
        std::thread::spawn(move || {
            told.map_while(Result::ok)
                .try_for_each(|line| tell.send(line))
        });
        Self { monitor, lines }
    }

    /// Waits for a seek to about this place.
    fn to(&self, place_s: f64) {
        let begun = Instant::now();
        let mut told = Vec::new();
        while begun.elapsed() < PATIENCE {
            let Ok(line) = self.lines.recv_timeout(PATIENCE) else {
                break;
            };
            let micros = line.trim().strip_prefix("int64 ");
            let micros = micros.and_then(|micros| micros.parse::<f64>().ok());
            if micros.is_some_and(|micros| (micros / 1e6 - place_s).abs() < 2.0) {
                return;
            }
            told.push(line);
        }
        panic!("no seek to {place_s} s was told: {told:?}");
    }
}

impl Drop for Seeks {
    fn drop(&mut self) {
        let _ = self.monitor.kill();
        let _ = self.monitor.wait();
    }
}

#[test]
#[ignore = "needs the built window, a display and a session bus: cargo xtask test"]
fn media_keys_and_panels_steer_the_window_and_see_what_plays() {
    run(async {
        let visit = Visit::enter_with_six_songs().await;
        let nothing = until_it_says("player", &["status"], |said| said == "Stopped").await;
        assert_eq!(nothing, "Stopped");
        visit.play_the_first().await;

        // What plays is seen with its cover, which is a picture in a file.
        until_it_says("sound", &["status"], |said| said == "Playing").await;
        let title = playerctl(&["metadata", "xesam:title"]);
        let shown = visit.until("a title", &format!("return {CURRENT}")).await;
        assert!(shown.as_str().unwrap().contains(&title), "{shown} {title}");
        for name in ["xesam:artist", "xesam:album", "mpris:length", "xesam:url"] {
            assert_ne!(playerctl(&["metadata", name]), "", "{name}");
        }
        let cover = playerctl(&["metadata", "mpris:artUrl"]);
        let cover = PathBuf::from(cover.strip_prefix("file://").unwrap());
        assert_eq!(fs::read(cover).unwrap()[..2], [0xff, 0xd8], "a JPEG");

        // Positions are set and told.
        let seeks = Seeks::watch();
        playerctl(&["position", "12"]);
        seeks.to(12.0);
        visit
            .until("the new place", &format!("{POSITION} >= 12"))
            .await;
        playerctl(&["position", "8+"]);
        seeks.to(20.0);
        let place_s = playerctl(&["position"]).parse::<f64>().unwrap();
        assert!((19.0..40.0).contains(&place_s), "{place_s}");

        // Keys.
        playerctl(&["pause"]);
        visit
            .sees("[aria-label=Player] button[aria-label=Play]")
            .await;
        until_it_says("pause", &["status"], |said| said == "Paused").await;
        playerctl(&["play-pause"]);
        visit.sees(PLAYING).await;
        playerctl(&["next"]);
        let next = playerctl(&["metadata", "xesam:title"]);
        assert_ne!(next, title);
        let is_next = format!("return {CURRENT}.includes({next:?})");
        visit.until("the next song", &is_next).await;
        playerctl(&["previous"]);
        assert_eq!(playerctl(&["metadata", "xesam:title"]), title);

        // What is set here is seen there, and the other way round.
        playerctl(&["shuffle", "On"]);
        visit
            .sees("[aria-label=Player] button[aria-label=Shuffle][aria-pressed=true]")
            .await;
        for (status, label) in [
            ("Track", "Repeat: this song"),
            ("Playlist", "Repeat: all"),
            ("None", "Repeat: off"),
        ] {
            playerctl(&["loop", status]);
            let button = format!("[aria-label=Player] button[aria-label='{label}']");
            visit.sees(&button).await;
            assert_eq!(playerctl(&["loop"]), status);
        }
        visit
            .click("[aria-label=Player] button[aria-label=Shuffle]")
            .await;
        until_it_says("order", &["shuffle"], |said| said == "Off").await;
        playerctl(&["volume", "0.25"]);
        until_it_says("volume", &["volume"], |said| said.starts_with("0.25")).await;
        playerctl(&["stop"]);
        until_it_says("stop", &["status"], |said| said == "Stopped").await;
        visit
            .sees("[aria-label=Player] button[aria-label=Play]")
            .await;

        call("Raise");
        call("Quit");
        let begun = Instant::now();
        while !visit.home.windows().is_empty() && begun.elapsed() < PATIENCE {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        assert!(visit.home.windows().is_empty(), "the window does not quit");
        assert_eq!(visit.home.strays(), [""; 0], "files that nobody named");
    });
}
