//! The system's microphone, for the core's recorder.

use std::sync::mpsc::Sender;

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use divedeep::speech::{Heard, Microphone};

/// The system's default microphone.
pub(crate) struct SystemMicrophone;

impl Microphone for SystemMicrophone {
    fn listen(&self, heard: Sender<Heard>) -> Result<(Box<dyn std::any::Any>, u32), String> {
        let device = cpal::default_host().default_input_device().ok_or("there is none")?;
        let config = device.default_input_config().map_err(|error| error.to_string())?;
        let channels = usize::from(config.channels().max(1));
        let rate_hz = config.sample_rate();
        let gone = heard.clone();
        let on_error = move |error: cpal::Error| {
            // A sound card that was too slow for a moment goes on by itself.
            if error.kind() != cpal::ErrorKind::Xrun {
                let _ = gone.send(Err(error.to_string()));
            }
        };
        macro_rules! stream {
            ($sample:ty) => {
                device.build_input_stream(
                    config.into(),
                    move |data: &[$sample], _: &_| {
                        let mono = data.chunks(channels).map(|frame| {
                            let sum: f32 =
                                frame.iter().map(|sample| cpal::Sample::to_sample::<f32>(*sample)).sum();
                            sum / channels as f32
                        });
                        let _ = heard.send(Ok(mono.collect()));
                    },
                    on_error,
                    None,
                )
            };
        }
        let stream = match config.sample_format() {
            cpal::SampleFormat::I16 => stream!(i16),
            cpal::SampleFormat::I32 => stream!(i32),
            cpal::SampleFormat::F32 => stream!(f32),
            cpal::SampleFormat::U8 => stream!(u8),
            cpal::SampleFormat::U16 => stream!(u16),
            other => return Err(format!("its samples are {other}")),
        };
        let stream = stream.map_err(|error| error.to_string())?;
        stream.play().map_err(|error| error.to_string())?;
        Ok((Box::new(stream), rate_hz))
    }
}
