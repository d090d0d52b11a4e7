//! A recording on its way into a WAV file, and back out of it.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

use crate::error::{Error, Result};

/// Samples a second in the file: enough for speech, a third of what a microphone gives.
pub const RATE_HZ: u32 = 16_000;
/// The file is whole on the disk up to this many samples before its end: half a second.
const FLUSH_SAMPLES: u32 = RATE_HZ / 2;
const SPEC: WavSpec =
    WavSpec { channels: 1, sample_rate: RATE_HZ, bits_per_sample: 16, sample_format: SampleFormat::Int };

/// A recording being made: mono, 16 bits, 16 kHz.
pub struct Recording {
    writer: WavWriter<BufWriter<File>>,
    path: PathBuf,
    /// Where the next sample of the file stands between two of the microphone's, in units of one of its samples.
    phase: u32,
    sum: f32,
    count: u32,
    since_flush: u32,
}

impl Recording {
    /// Begins a recording, or goes on with the one that is there. A file that is no such recording is put aside under
    /// another name.
    ///
    /// # Errors
    /// [`Error::WriteFile`], [`Error::DiskFull`].
    pub fn open(path: &Path) -> Result<Self> {
        let failed = |error| failed(path, error);
        let writer = match WavWriter::append(path) {
            Ok(writer) if writer.spec() == SPEC => writer,
            _ => {
                if path.exists() {
                    std::fs::rename(path, path.with_extension("damaged"))
                        .map_err(|error| failed(hound::Error::IoError(error)))?;
                }
                WavWriter::create(path, SPEC).map_err(failed)?
            }
        };
        let mut recording =
            Self { writer, path: path.to_owned(), phase: 0, sum: 0.0, count: 0, since_flush: 0 };
        recording.flush()?;
        Ok(recording)
    }

    /// Milliseconds recorded so far.
    pub fn length_ms(&self) -> u32 {
        (u64::from(self.writer.duration()) * 1000 / u64::from(RATE_HZ)) as u32
    }

    /// Adds what a microphone heard: one channel, -1 to 1, at its own rate. Samples that fall together are averaged.
    ///
    /// # Errors
    /// [`Error::WriteFile`], [`Error::DiskFull`]: what was added before stays.
    pub fn hear(&mut self, samples: &[f32], rate_hz: u32) -> Result<()> {
        // Below this a device is broken, and one of its samples would be seconds of ours.
        let rate_hz = rate_hz.max(1_000);
        for sample in samples {
            self.sum += if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 };
            self.count += 1;
            self.phase += RATE_HZ;
            if self.phase < rate_hz {
                continue;
            }
            let mean = self.sum / self.count as f32;
            (self.sum, self.count) = (0.0, 0);
            while self.phase >= rate_hz {
                self.phase -= rate_hz;
                let written = self.writer.write_sample((mean * f32::from(i16::MAX)) as i16);
                written.map_err(|error| failed(&self.path, error))?;
                self.since_flush += 1;
            }
        }
        if self.since_flush >= FLUSH_SAMPLES { self.flush() } else { Ok(()) }
    }

    /// Ends the recording.
    ///
    /// # Errors
    /// [`Error::WriteFile`], [`Error::DiskFull`].
    pub fn finish(mut self) -> Result<()> {
        self.flush()
    }

    /// Makes the file whole: samples and the header that counts them.
    fn flush(&mut self) -> Result<()> {
        self.since_flush = 0;
        self.writer.flush().map_err(|error| failed(&self.path, error))
    }
}

/// A WAV file's samples, channels averaged, -1 to 1, and their rate.
///
/// # Errors
/// [`Error::ReadFile`] for a file that is not there or is no WAV file.
pub fn read(path: &Path) -> Result<(Vec<f32>, u32)> {
    let failed = |error: hound::Error| Error::ReadFile { path: path.to_owned(), reason: error.to_string() };
    let mut reader = WavReader::open(path).map_err(failed)?;
    let spec = reader.spec();
    let scale = 1.0 / (1_u64 << (u32::from(spec.bits_per_sample).clamp(1, 32) - 1)) as f32;
    let samples: std::result::Result<Vec<f32>, _> = match spec.sample_format {
        SampleFormat::Float => reader.samples::<f32>().collect(),
        SampleFormat::Int => reader.samples::<i32>().map(|sample| Ok(sample? as f32 * scale)).collect(),
    };
    let channels = usize::from(spec.channels.max(1));
    let mono = samples
        .map_err(failed)?
        .chunks(channels)
        .map(|frame| frame.iter().sum::<f32>() / channels as f32)
        .collect();
    Ok((mono, spec.sample_rate))
}

fn failed(path: &Path, error: hound::Error) -> Error {
    match error {
        hound::Error::IoError(error) if error.kind() == std::io::ErrorKind::StorageFull => {
            Error::DiskFull { path: path.to_owned() }
        }
        error => Error::WriteFile { path: path.to_owned(), reason: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(rate_hz: u32, seconds: f32) -> Vec<f32> {
        let samples = (rate_hz as f32 * seconds) as u32;
        (0..samples)
            .map(|n| (n as f32 * 440.0 * std::f32::consts::TAU / rate_hz as f32).sin() * 0.5)
            .collect()
    }

    #[test]
    fn any_microphones_rate_becomes_the_files() {
        let folder = tempfile::tempdir().expect("a folder");
        for rate_hz in [8_000, 16_000, 44_100, 48_000, 96_000] {
            let path = folder.path().join(format!("{rate_hz}.wav"));
            let mut recording = Recording::open(&path).expect("a recording");
            for chunk in tone(rate_hz, 2.0).chunks(441) {
                recording.hear(chunk, rate_hz).expect("heard");
            }
            assert!((1_990..=2_000).contains(&recording.length_ms()), "{rate_hz}: {}", recording.length_ms());
            recording.finish().expect("finished");
            let (samples, rate) = read(&path).expect("a WAV file");
            assert_eq!(rate, RATE_HZ);
            let loudest = samples.iter().fold(0.0_f32, |loudest, sample| loudest.max(sample.abs()));
            assert!((0.4..=0.51).contains(&loudest), "{rate_hz}: {loudest}");
        }
    }

    #[test]
    fn a_recording_that_was_cut_off_is_whole_and_is_gone_on_with() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("1.wav");
        let mut recording = Recording::open(&path).expect("a recording");
        for chunk in tone(48_000, 3.0).chunks(480) {
            recording.hear(chunk, 48_000).expect("heard");
        }
        // As after a kill: nothing more is written, nothing is closed.
        std::mem::forget(recording);
        let (samples, _) = read(&path).expect("a whole file");
        assert!(
            samples.len() >= (RATE_HZ * 5 / 2) as usize,
            "at most half a second is lost: {}",
            samples.len()
        );

        let mut recording = Recording::open(&path).expect("gone on with");
        recording.hear(&tone(44_100, 1.0), 44_100).expect("heard");
        recording.finish().expect("finished");
        let (longer, _) = read(&path).expect("a whole file");
        assert!(longer.len() >= samples.len() + (RATE_HZ * 9 / 10) as usize);
    }

    #[test]
    fn what_is_no_recording_is_put_aside_and_not_lost() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("2.wav");
        std::fs::write(&path, "somebody's notes").expect("a file");
        assert!(matches!(read(&path), Err(Error::ReadFile { .. })));
        Recording::open(&path).expect("a recording").finish().expect("finished");
        assert_eq!(
            std::fs::read_to_string(path.with_extension("damaged")).expect("put aside"),
            "somebody's notes"
        );
        assert_eq!(read(&path).expect("empty, but a WAV file").0.len(), 0);
    }

    #[test]
    fn broken_samples_are_silence() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("3.wav");
        let mut recording = Recording::open(&path).expect("a recording");
        recording.hear(&[f32::NAN, f32::INFINITY, 7.0, -7.0], 16_000).expect("heard");
        recording.finish().expect("finished");
        let (samples, _) = read(&path).expect("a WAV file");
        assert!(samples.iter().all(|sample| sample.abs() <= 1.0));
    }
}
