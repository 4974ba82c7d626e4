//! The files by which listeners take their music elsewhere: histories of other players and services, playlists, and equalisers.
//!
//! This room knows formats and nothing of the library: it hands out what a file tells, and writes what it is given. Which
//! songs are meant, and what becomes of them, is the use cases' business. Every format is a module of its own, below the
//! kind of thing that it tells; a format for another kind (cue sheets, say) would stand beside [`history`], [`playlist`],
//! [`smart`] and [`equalizer`].

pub mod equalizer;
mod error;
pub mod history;
pub mod playlist;
mod replace;
pub mod smart;
mod text;

pub use error::FileError;
pub use replace::replace;
