//! The real window in the pseudo-language (`ui/src/words/pseudo.ts`): on every page, in menus, dialogs, notices and errors, for
//! eyes and for screen readers, nothing is said that was not taken from the words of the language. What the library holds
//! (titles, names, tags, paths) stays as it is. So no sentence comes from Rust, and none is written into the page.

use std::fs;

use serde_json::{Value, json};

use super::{Home, ROWS, Visit, copy_demo, run};
use crate::world::root;

/// Titles, names, tags, paths and versions that the library holds, asked for as the page asks.
const DATA: &str = "const done = arguments[arguments.length - 1];\
    const ask = window.__TAURI_INTERNALS__.invoke;\
    Promise.all([\
        ask('songs', { query: { text: '', album: null, sort: 'title', descending: false }, offset: 0, limit: 200 }),\
        ask('status'), ask('failures'), ask('playlists'), ask('taste'),\
        ask('find_seeds', { text: '', limit: 200 }), ask('outputs')])\
    .then(([songs, status, failures, playlists, taste, seeds, outputs]) => {\
        const names = songs.rows.flatMap((row) => [row.title, row.path, row.album ?? '', row.album_artist ?? '',\
            ...row.artists, ...row.genres, ...(row.tags ?? [])]);\
        const paths = [...status.roots, ...failures].map(({ path }) => path).concat(status.jobs.map(({ current }) => current ?? ''));\
        const files = paths.map((path) => path.split('/').pop());\
        const typed = ['calm piano, no vocals, zorp', 'calm', 'piano', 'vocals', 'zorp', 'zorn', 'zzzz', 'Xyzzy', '/no/such/folder', '.opus'];\
        const versions = [...typed, 'CPU', 'OPUS', 'FLAC', status.version, status.model ?? '', taste.version];\
        const tags = seeds.map(({ seed }) => seed.name ?? '');\
        done([...names, ...tags, ...outputs.devices.map(({ name }) => name), ...paths, ...files, ...playlists.map(({ name }) => name), ...versions, status.suggested_folder ?? '']);\
    }, (refused) => done([JSON.stringify(refused)]))";

/// The page has come to rest: what it asked for is there and drawn.
const RESTS: &str = "const done = arguments[arguments.length - 1];\
    let before = ''; let same = 0;\
    const look = () => {\
        const now = document.body.innerHTML.length + ' ' + document.body.innerText;\
        same = now === before ? same + 1 : 0;\
        before = now;\
        same >= 3 ? done(true) : setTimeout(look, 100);\
    };\
    setTimeout(() => done(true), 5000);\
    look()";

impl Visit {
    /// Says what is read or heard in plain letters at this place of the window.
    async fn collect(&self, place: &str, found: &mut Vec<String>) {
        self.client.execute_async(RESTS, vec![]).await.unwrap();
        let data = self.client.execute_async(DATA, vec![]).await.unwrap();
        let script = fs::read_to_string(root().join("ui/plain-words.js")).unwrap();
        let script = script.split_once("export default").unwrap().1;
        let script = script.trim().trim_end_matches(';');
        let plain = self
            .client
            .execute(&format!("return ({script})(arguments[0])"), vec![data])
            .await
            .unwrap();
        let plain = plain.as_array().unwrap().iter();
        found.extend(plain.map(|text| format!("{place}: {}", text.as_str().unwrap())));
        self.screenshot(&format!("pseudo-{place}")).await;
    }

    /// Presses a key where the focus is.
    async fn key(&self, key: &str, shift: bool) {
        let script = format!(
            "(document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', \
             {{ key: {}, shiftKey: {shift}, bubbles: true, cancelable: true }}))",
            json!(key)
        );
        self.client.execute(&script, vec![]).await.unwrap();
    }

    /// Asks for the menu of the first thing that this finds, and waits for it.
    async fn menu_of(&self, selector: &str) {
        self.sees(selector).await;
        let script = format!(
            "document.querySelector({}).dispatchEvent(new MouseEvent('contextmenu', \
             {{ bubbles: true, cancelable: true, clientX: 400, clientY: 200 }}))",
            json!(selector)
        );
        self.client.execute(&script, vec![]).await.unwrap();
        self.sees("[role=menu]").await;
    }

    /// Opens, one after the other, the menus that stand in the open one, and leaves it.
    async fn look_into_menu(&self, place: &str, found: &mut Vec<String>) {
        self.collect(place, found).await;
        let count = "return document.querySelectorAll('[role=menu] > [aria-haspopup=menu]:not([aria-disabled])').length";
        let inner = self.client.execute(count, vec![]).await.unwrap();
        for index in 0..inner.as_u64().unwrap() {
            let open = format!(
                "document.querySelectorAll('[role=menu] > [aria-haspopup=menu]:not([aria-disabled])')[{index}].click()"
            );
            self.client.execute(&open, vec![]).await.unwrap();
            self.until(
                "the inner menu",
                "return document.querySelectorAll('[role=menu]').length === 2",
            )
            .await;
            self.collect(&format!("{place}-{index}"), found).await;
            self.key("Escape", false).await;
            self.until(
                "the outer menu alone",
                "return document.querySelectorAll('[role=menu]').length === 1",
            )
            .await;
        }
        self.key("Escape", false).await;
        self.until("no menu", "return !document.querySelector('[role=menu]')")
            .await;
    }

    /// The page of the sidebar at this place in it.
    async fn page(&self, index: usize) {
        let click = format!("document.querySelectorAll('nav .pages button')[{index}].click()");
        self.client.execute(&click, vec![]).await.unwrap();
        self.until(
            "the page",
            &format!(
                "return document.querySelectorAll('nav .pages button')[{index}].ariaCurrent === 'page' || \
                 document.querySelectorAll('nav .pages button')[{index}].getAttribute('aria-current') === 'page'"
            ),
        )
        .await;
    }

    /// Chooses among the radio buttons of the page's first group.
    async fn option(&self, group: &str, index: usize) {
        let script = format!(
            "document.querySelector({}).querySelectorAll('input')[{index}].click()",
            json!(group)
        );
        self.client.execute(&script, vec![]).await.unwrap();
    }
}

#[test]
#[ignore = "needs the built window and a display: cargo xtask test"]
fn every_text_of_the_window_comes_from_its_words() {
    run(async {
        let visit = Visit::enter(Home::new(), &[]).await;
        let mut found = Vec::new();
        let music = visit.music();
        copy_demo(&music, 12);
        fs::write(music.join("broken.flac"), b"not a FLAC file").unwrap();
        visit.sees(".ways button").await;
        let speak = "localStorage.setItem('segue.language', 'en-XA')";
        visit.client.execute(speak, vec![]).await.unwrap();
        visit.client.refresh().await.unwrap();
        visit
            .until(
                "the pseudo-language",
                "return document.documentElement.lang === 'en-XA' && !!document.querySelector('.ways button')",
            )
            .await;
        visit.collect("first-run", &mut found).await;

        // A folder, songs, their menu; a station from one of them, once all were analysed.
        visit.click(".ways button").await;
        visit
            .until("songs", "return document.querySelector('[role=grid]')?.getAttribute('aria-rowcount') === '13'")
            .await;
        visit.collect("songs", &mut found).await;
        visit
            .until(
                "the analysis",
                "return !document.querySelector('nav [role=progressbar]')",
            )
            .await;
        visit.menu_of("[role=row] [role=gridcell]").await;
        visit.look_into_menu("song-menu", &mut found).await;
        visit.click("[role=row]:not(.head) [role=gridcell]").await;
        visit.press("r").await;
        visit.sees("footer .why button").await;
        visit.click("footer .why button").await;
        visit.sees("[role=dialog]").await;
        visit.collect("why", &mut found).await;
        visit.key("Escape", false).await;
        visit.menu_of("footer [role=group]").await;
        visit.look_into_menu("playing-menu", &mut found).await;

        // Albums, and one of them.
        visit.page(1).await;
        visit.sees("[role=group] img").await;
        visit.collect("albums", &mut found).await;
        visit.menu_of("[role=group] [role=group]").await;
        visit.look_into_menu("album-menu", &mut found).await;
        visit.click(".albums button.open").await;
        visit.sees("main h1").await;
        visit.collect("album", &mut found).await;

        // Mixes, songs to rate, and one mix.
        visit.page(2).await;
        visit.sees("main h2").await;
        visit.collect("mixes", &mut found).await;
        if truthy_count(&visit, "[aria-labelledby=first-choice] button").await {
            let begin = "[...document.querySelectorAll('[aria-labelledby=first-choice] button')].at(-1).click()";
            visit.client.execute(begin, vec![]).await.unwrap();
            visit.sees("[aria-labelledby=first-choice] li").await;
            visit.collect("first-choice", &mut found).await;
        }
        visit.sees("[data-mix] button").await;
        visit.click("[data-mix] button").await;
        visit.sees("main li").await;
        visit.collect("mix", &mut found).await;
        visit.menu_of("main ul li[tabindex]").await;
        visit.look_into_menu("pick-menu", &mut found).await;

        // Radio: on air, a description, a path.
        visit.page(3).await;
        visit.sees("main li").await;
        visit.collect("radio", &mut found).await;
        visit.option("main [role=radiogroup]", 1).await;
        visit.click("[role=combobox]").await;
        visit.press("calm piano, no vocals, zorp").await;
        visit.sees("[role=option]").await;
        visit.collect("found", &mut found).await;
        visit.press("\u{E007}").await;
        visit.sees("main section li").await;
        visit.collect("new-station", &mut found).await;
        visit.option("main [role=radiogroup]", 2).await;
        visit.collect("path", &mut found).await;

        // The queue, with the guest DJ.
        visit.page(5).await;
        visit.sees("[role=grid] [role=row]").await;
        visit.option(".dj [role=radiogroup]", 1).await;
        visit.collect("queue", &mut found).await;
        visit.menu_of("[role=grid] [role=row]").await;
        visit.look_into_menu("queue-menu", &mut found).await;

        // A new playlist, and its page.
        visit.click("nav .head button").await;
        visit.sees("[role=menu]").await;
        visit.collect("playlist-menu", &mut found).await;
        visit.click("[role=menuitem]").await;
        visit.sees("dialog input").await;
        visit.collect("name-dialog", &mut found).await;
        visit.types("Xyzzy").await;
        visit.press("\u{E007}").await;
        visit.click("nav button[aria-label=Xyzzy]").await;
        visit
            .until(
                "its page",
                "return document.querySelector('main h1')?.innerText === 'Xyzzy'",
            )
            .await;
        visit.collect("playlist", &mut found).await;

        // Settings: a failed file, a folder that is not there; the keys.
        visit.page(6).await;
        visit
            .until(
                "the failed file",
                "return document.querySelector('main').innerText.includes('broken.flac')",
            )
            .await;
        visit.collect("settings", &mut found).await;
        visit.click("main form input").await;
        visit.press("/no/such/folder\u{E007}").await;
        visit.sees(".notice.error").await;
        visit.collect("error", &mut found).await;
        visit.click("main h2").await;
        visit.key("?", true).await;
        visit.sees("dialog").await;
        visit.collect("shortcuts", &mut found).await;
        visit.click("dialog header button").await;

        // What was learned, with a rule.
        visit.page(4).await;
        visit.sees("main h2").await;
        visit.collect("taste", &mut found).await;
        // A search that finds nothing.
        visit.click("[role=search] input").await;
        visit.press("zzzz").await;
        visit.until("nothing found", &format!("{ROWS} === 0")).await;
        visit.collect("search", &mut found).await;

        found.sort();
        found.dedup();
        assert!(
            found.is_empty(),
            "plain words in the window:\n{}",
            found.join("\n")
        );
        visit.end().await;
    });
}

async fn truthy_count(visit: &Visit, selector: &str) -> bool {
    let script = format!(
        "return document.querySelectorAll({}).length",
        json!(selector)
    );
    let count: Value = visit.client.execute(&script, vec![]).await.unwrap();
    count != json!(0)
}
