//! Spoken answers: keeping them as a WAV file that survives the program's end at any moment, and what their loudness
//! shows of the delivery. Pure but for the file; the microphone is the window's.

mod delivery;
mod recorder;
mod recording;

pub use delivery::delivery;
pub use recorder::{Heard, Microphone, Recorder, RecorderState};
pub use recording::{RATE_HZ, Recording, read};
