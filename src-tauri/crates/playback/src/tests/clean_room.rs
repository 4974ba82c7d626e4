//! The card's callback neither allocates nor frees, whatever happens around it and whatever numbers the card wants: each would
//! take a lock in the allocator, and the sound would wait for whoever holds it.

use std::alloc::{GlobalAlloc, Layout, System};

use rodio::cpal::{FromSample, I24, Sample};
use segue_core::Equalizer;

use super::*;
use crate::callback::Callback;
use crate::dsp::Design;

thread_local! {
    /// Whether this thread is in the callback.
    static IN_CALLBACK: Cell<bool> = const { Cell::new(false) };
    /// What it asked of the allocator there.
    static ASKED: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, which counts what is asked of it where nothing may be.
struct CountingAllocator;

fn asked() {
    // A thread that ends has no such variables any more.
    _ = IN_CALLBACK.try_with(|within| {
        if within.get() {
            ASKED.set(ASKED.get() + 1);
        }
    });
}

#[expect(unsafe_code, reason = "an allocator is unsafe by its trait")]
// SAFETY: all is handed on to the system's allocator as it came.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        asked();
        // SAFETY: as above.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        asked();
        // SAFETY: as above.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        asked();
        // SAFETY: as above.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// How often the allocator is asked for something in there.
fn asks(run: impl FnOnce()) -> usize {
    ASKED.set(0);
    IN_CALLBACK.set(true);
    run();
    IN_CALLBACK.set(false);
    ASKED.get()
}

/// Plays through everything that can happen to a callback.
fn check<T: Sample + FromSample<f32>>(channels: u16) {
    let (mut feed, mut tap) = ring(48_000, 4096);
    tap.dither_to(16);
    let mut callback = Callback::new(tap, channels, 48_000);
    let mut out = vec![T::EQUILIBRIUM; 1024 * usize::from(channels)];
    let mut fill = |what: &str, sounds: bool| {
        let ahead = Duration::from_millis(50);
        let count = asks(|| callback.fill(&mut out, ahead, Instant::now()));
        assert_eq!(count, 0, "{what}");
        assert_eq!(
            out.iter().any(|sample| *sample != T::EQUILIBRIUM),
            sounds,
            "{what}"
        );
    };
    fill("nothing was played yet", false);
    feed.write(&level(0.5, 4096));
    feed.expect_more(true);
    fill("it is ready, and does not run", false);
    feed.run(true);
    fill("it plays", true);
    feed.set_level(0.25);
    fill("softer", true);
    feed.run(false);
    fill("it fades into a pause", true);
    fill("it is paused", false);
    feed.run(true);
    fill("it plays on", true);
    feed.flush();
    feed.write(&level(0.75, 3000));
    fill("a seek", true);
    assert!(feed.withdraw(feed.written() - 1000), "nothing is stale");
    feed.write(&level(0.25, 1000));
    fill("what follows was replaced", true);
    fill("what replaces it", true);
    assert_eq!(feed.underruns(), 0);
    fill("it runs dry", true);
    fill("it is dry", false);
    assert_eq!(feed.underruns(), 1);
    feed.write(&level(0.75, 3000));
    fill("it comes again", true);
    let lift = Equalizer::of_octaves(0.0, [9.0; 10]);
    feed.set_equalizer(Design::new(&lift, 48_000));
    feed.write(&level(0.75, 3000));
    for _ in 0..3 {
        fill("it goes over to an equaliser, and is limited", true);
    }
    feed.set_equalizer(Design::OFF);
    feed.write(&level(0.75, 5000));
    for _ in 0..4 {
        fill("it goes back", true);
    }
    drop(feed);
    fill("nobody feeds it any more", true);
}

#[test]
fn the_callback_asks_the_allocator_for_nothing() {
    assert_eq!(
        asks(|| drop(std::hint::black_box(Box::new(1)))),
        2,
        "it is watched"
    );
    for channels in [1, 2, 6] {
        check::<f32>(channels);
        check::<i16>(channels);
        check::<I24>(channels);
        check::<i32>(channels);
        check::<u8>(channels);
    }
}
