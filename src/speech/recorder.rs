//! The recorder: a microphone heard in a thread of its own, written to a file as it is heard. Which microphone is the
//! shell's matter.

use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use serde::Serialize;

use super::Recording;
use crate::error::{Error, Result};

/// What a microphone sends: samples of one channel, or that it is gone.
pub type Heard = std::result::Result<Vec<f32>, String>;

/// Something that hears. It is opened and closed in the recorder's thread, so it need not be sent to another.
pub trait Microphone: Send + Sync {
    /// Begins to listen; ends when what it gives is dropped. The number is samples a second.
    ///
    /// # Errors
    /// The system's words for why it cannot.
    fn listen(&self, heard: Sender<Heard>) -> std::result::Result<(Box<dyn std::any::Any>, u32), String>;
}

/// What the recorder does.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RecorderState {
    /// The rehearsal being recorded; none while nothing is.
    pub number: Option<u32>,
    /// Milliseconds recorded, with what was there before.
    pub length_ms: u32,
    /// Loudness of the last moment, 0 to 1.
    pub level: f32,
    /// The code of the error that ended it; what was recorded until then is kept.
    pub fault: Option<String>,
}

/// Records one rehearsal at a time.
pub struct Recorder {
    microphone: Arc<dyn Microphone>,
    running: Mutex<Option<(SyncSender<()>, JoinHandle<()>)>>,
    state: Arc<Mutex<RecorderState>>,
}

impl Recorder {
    /// A recorder that hears by this microphone.
    pub fn new(microphone: impl Microphone + 'static) -> Self {
        Self { microphone: Arc::new(microphone), running: Mutex::default(), state: Arc::default() }
    }

    /// What it does now.
    pub fn state(&self) -> RecorderState {
        lock(&self.state).clone()
    }

    /// Begins to record into a file, after what is there. Whatever was recorded before is ended.
    ///
    /// # Errors
    /// [`Error::NoMicrophone`], and those of [`Recording::open`]: then nothing is recorded.
    pub fn start(&self, number: u32, path: PathBuf) -> Result<RecorderState> {
        self.stop();
        let (stop, stopped) = mpsc::sync_channel(1);
        let (opened, is_open) = mpsc::channel();
        let (microphone, state) = (self.microphone.clone(), self.state.clone());
        let thread = std::thread::spawn(move || {
            let (send, heard) = mpsc::channel();
            let ready = microphone.listen(send).map_err(|reason| Error::NoMicrophone { reason });
            let ready = ready.and_then(|(stream, rate_hz)| Ok((stream, rate_hz, Recording::open(&path)?)));
            match ready {
                Ok((stream, rate_hz, recording)) => {
                    *lock(&state) = RecorderState {
                        number: Some(number),
                        length_ms: recording.length_ms(),
                        ..RecorderState::default()
                    };
                    let _ = opened.send(Ok(()));
                    let ended = record(recording, rate_hz, &heard, &stopped, &state);
                    drop(stream);
                    let mut state = lock(&state);
                    state.number = None;
                    state.level = 0.0;
                    state.fault = ended.err().map(|error| error.code().to_owned());
                }
                Err(error) => {
                    let _ = opened.send(Err(error));
                }
            }
        });
        let gone = || Error::NoMicrophone { reason: "the recorder ended".to_owned() };
        is_open.recv().map_err(|_| gone())??;
        *lock(&self.running) = Some((stop, thread));
        Ok(self.state())
    }

    /// Ends the recording, if there is one, and waits until it is whole on the disk.
    pub fn stop(&self) -> RecorderState {
        if let Some((stop, thread)) = lock(&self.running).take() {
            let _ = stop.try_send(());
            let _ = thread.join();
        }
        self.state()
    }
}

/// Writes what is heard until it is told to stop or the microphone is gone.
fn record(
    mut recording: Recording,
    rate_hz: u32,
    heard: &Receiver<Heard>,
    stopped: &Receiver<()>,
    state: &Mutex<RecorderState>,
) -> Result<()> {
    let hear = |recording: &mut Recording, heard: Heard| -> Result<()> {
        let samples = heard.map_err(|reason| Error::NoMicrophone { reason })?;
        recording.hear(&samples, rate_hz)?;
        let energy: f32 = samples.iter().map(|sample| sample * sample).sum();
        let mut state = lock(state);
        state.length_ms = recording.length_ms();
        state.level = (energy / samples.len().max(1) as f32).sqrt().min(1.0);
        Ok(())
    };
    loop {
        match heard.recv_timeout(Duration::from_millis(50)) {
            Ok(heard) => hear(&mut recording, heard)?,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Error::NoMicrophone { reason: "it was unplugged".to_owned() });
            }
        }
        if stopped.try_recv().is_ok() {
            // What was heard and is still waiting belongs to it.
            for heard in heard.try_iter().collect::<Vec<_>>() {
                hear(&mut recording, heard)?;
            }
            return recording.finish();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic elsewhere leaves plain values as they were.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says so many chunks of a tenth of a second, then what comes last.
    struct Voice {
        chunks: usize,
        last: Option<&'static str>,
    }

    impl Microphone for Voice {
        fn listen(&self, heard: Sender<Heard>) -> std::result::Result<(Box<dyn std::any::Any>, u32), String> {
            for _ in 0..self.chunks {
                let _ = heard.send(Ok(vec![0.25; 4_800]));
            }
            if let Some(reason) = self.last {
                let _ = heard.send(Err(reason.to_owned()));
            }
            // The sender lives as long as the stream.
            Ok((Box::new(heard), 48_000))
        }
    }

    struct Deaf;

    impl Microphone for Deaf {
        fn listen(&self, _: Sender<Heard>) -> std::result::Result<(Box<dyn std::any::Any>, u32), String> {
            Err("there is none".to_owned())
        }
    }

    fn seconds(path: &std::path::Path) -> f32 {
        let (samples, rate) = crate::speech::read(path).expect("a WAV file");
        samples.len() as f32 / rate as f32
    }

    #[test]
    fn what_is_heard_is_on_the_disk_when_it_is_stopped_and_is_gone_on_with() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("1.wav");
        let recorder = Recorder::new(Voice { chunks: 20, last: None });
        assert_eq!(recorder.start(1, path.clone()).expect("a microphone").number, Some(1));
        let state = recorder.stop();
        assert_eq!((state.number, state.length_ms, state.fault), (None, 2_000, None));
        assert!((seconds(&path) - 2.0).abs() < 0.01);
        recorder.start(1, path.clone()).expect("a microphone");
        assert_eq!(recorder.stop().length_ms, 4_000);
    }

    #[test]
    fn a_microphone_that_is_unplugged_leaves_what_it_heard() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("1.wav");
        let recorder = Recorder::new(Voice { chunks: 10, last: Some("unplugged") });
        recorder.start(1, path.clone()).expect("a microphone");
        while recorder.state().number.is_some() {
            std::thread::yield_now();
        }
        assert_eq!(recorder.state().fault.as_deref(), Some("no_microphone"));
        assert!((seconds(&path) - 1.0).abs() < 0.01);
        recorder.stop();
    }

    #[test]
    fn no_microphone_is_an_error_with_its_reason_and_nothing_is_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("1.wav");
        let refused = Recorder::new(Deaf).start(1, path.clone());
        assert!(matches!(refused, Err(Error::NoMicrophone { reason }) if reason == "there is none"));
        assert!(!path.exists());
    }
}
