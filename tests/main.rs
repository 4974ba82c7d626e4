//! The tests of the house as a whole, in one binary: each module opens with what it holds.

mod circles;
#[cfg(unix)]
mod full_disk;
mod house;
mod journeys;
mod models;
#[cfg(target_os = "linux")]
mod network;
mod playlists;
mod recommending;
mod sound;
#[cfg(target_os = "linux")]
mod window;
mod words;
mod world;
