//! Speech of known words, pauses and pace, said by espeak-ng.
#![allow(clippy::print_stdout, reason = "the figures are read when a test fails")]

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

/// Texts the values above were not tuned on, with syllables counted by hand; espeak's phonemes agree with each.
const ENGLISH: [[(&str, u32); 4]; 4] = [
    [
        ("Last winter the payment service began to lose messages at night", 17),
        ("I compared the logs of both regions and found a gap of nine seconds", 17),
        ("A retry had been switched off by mistake during an upgrade", 15),
        ("I turned it on again and added an alarm for the queue", 15),
    ],
    [
        ("My manager wanted the report before the end of the quarter", 17),
        ("I told her honestly that the numbers were not ready yet", 15),
        ("We agreed to send a short summary first and the details later", 17),
        ("She thanked me because the team valued a clear answer", 13),
    ],
    [
        ("During my internship I had to learn a programming language in two weeks", 19),
        ("Every morning I read one chapter and solved five problems by hand", 16),
        ("At the end I presented a working prototype to the whole department", 19),
        ("The hardest moment was a power failure in the second data center", 19),
    ],
    [
        ("Nobody knew which machines would come back in what order", 14),
        ("I drew the dependencies on a whiteboard and gave each person one task", 18),
        ("Three days later every application was available again", 17),
        ("Afterwards I organized a review and we practice it twice a year now", 19),
    ],
];

/// As for [`ENGLISH`]; a Han character is a syllable.
const CHINESE: [[&str; 4]; 4] = [
    [
        "去年冬天支付服务开始在夜里丢失消息",
        "我比较了两个地区的日志发现少了九秒钟",
        "原来升级的时候有人不小心关掉了重试功能",
        "我把它重新打开并且给队列加了一个警报",
    ],
    [
        "经理希望在季度结束以前拿到报告",
        "我老实告诉她那些数字还没有准备好",
        "我们同意先交一份简短的摘要再补细节",
        "她很感谢我因为客户重视清楚的回答",
    ],
    [
        "实习期间我必须在两个星期内学会一种语言",
        "每天早上我读完一章然后亲手解决五个问题",
        "最后我向整个部门展示了一个能用的样品",
        "最困难的时刻是第二机房突然停电",
    ],
    [
        "没有人知道哪些机器应该先恢复",
        "我在白板上画出依赖关系给每个人分配一件事",
        "三个小时以后所有应用程序又可以使用",
        "后来我组织了一次检讨现在每年练习两次",
    ],
];

const SILENCES_MS: [u32; 4] = [400, 700, 1_200, 2_500];

/// A recording and what is true of it.
struct Known {
    samples: Vec<f32>,
    hz: u32,
    pauses_ms: Vec<(u32, u32)>,
    first_ms: u32,
    last_ms: u32,
    syllables: u32,
}

impl Known {
    fn pace(&self) -> f32 {
        self.syllables as f32 * 60_000.0 / (self.last_ms - self.first_ms) as f32
    }
}

/// A sentence as espeak-ng says it, without the silence around it.
fn said(voice: &str, words_per_minute: u32, text: &str) -> (Vec<f32>, u32) {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("speech-{}-{}.wav", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let path = std::env::temp_dir().join(name);
    let speed = words_per_minute.to_string();
    let run = Command::new("espeak-ng").args(["-v", voice, "-s", &speed, "-w"]).arg(&path).arg(text).status();
    assert!(run.expect("espeak-ng is installed").success());
    let mut file = hound::WavReader::open(&path).expect("a WAV file");
    let all: Vec<f32> = file.samples::<i16>().map(|s| f32::from(s.expect("a sample")) / 32_768.0).collect();
    let hz = file.spec().sample_rate;
    std::fs::remove_file(path).expect("our own file");
    let loud = |sample: &f32| sample.abs() > 0.001;
    let first = all.iter().position(loud).expect("sound");
    let last = all.iter().rposition(loud).expect("sound");
    (all[first..=last].to_vec(), hz)
}

/// Noise from -1 to 1, evenly spread: its mean square is 1/3.
fn hiss(length: usize) -> impl Iterator<Item = f32> {
    let mut state = 0x2545_f491_4f6c_dd1du64;
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    })
    .take(length)
}

/// Sentences with silences of known length between, in noise so many decibels below the speech.
fn joined(voice: &str, speed: u32, texts: &[(&str, u32)], skip: usize, noise_db: f32) -> Known {
    let sentences: Vec<_> = texts.iter().map(|(text, _)| said(voice, speed, text)).collect();
    let hz = sentences[0].1;
    let ms = |samples: usize| (samples as u64 * 1_000 / u64::from(hz)) as u32;
    let silence = |ms: u32| std::iter::repeat_n(0.0f32, (hz * ms / 1_000) as usize);
    let mut samples: Vec<f32> = silence(600).collect();
    let (first_ms, mut pauses_ms) = (ms(samples.len()), Vec::new());
    for (index, (sentence, _)) in sentences.iter().enumerate() {
        if index > 0 {
            let start = ms(samples.len());
            samples.extend(silence(SILENCES_MS[(index + skip) % SILENCES_MS.len()]));
            pauses_ms.push((start, ms(samples.len())));
        }
        samples.extend(sentence);
    }
    let last_ms = ms(samples.len());
    samples.extend(silence(900));
    let spoken: Vec<f32> = sentences.into_iter().flat_map(|(sentence, _)| sentence).collect();
    let rms = (spoken.iter().map(|sample| sample * sample).sum::<f32>() / spoken.len() as f32).sqrt();
    let gain = rms * 10f32.powf(noise_db / 20.0) * 3f32.sqrt();
    let noise = hiss(samples.len());
    samples.iter_mut().zip(noise).for_each(|(sample, noise)| *sample += gain * noise);
    let syllables = texts.iter().map(|(_, syllables)| syllables).sum();
    Known { samples, hz, pauses_ms, first_ms, last_ms, syllables }
}

/// One short recording with pauses of 400, 700 and 1,200 ms.
fn example() -> Known {
    joined("en-us", 160, &ENGLISH[0], 3, -45.0)
}

/// The pauses' errors in milliseconds and the pace's in per cent; the pauses found must be the true ones.
fn errors(known: &Known, found: &Delivery) -> (Vec<i64>, f32) {
    assert_eq!(found.pauses.len(), known.pauses_ms.len(), "{:?} for {:?}", found.pauses, known.pauses_ms);
    let lengths = found.pauses.iter().zip(&known.pauses_ms).map(|(pause, (start, end))| {
        assert!(pause.start_ms < *end && pause.end_ms > *start, "{pause:?} for {start}..{end}");
        i64::from(pause.length_ms()) - i64::from(end - start)
    });
    let pace = found.syllables_per_minute().expect("speech");
    (lengths.collect(), (pace / known.pace() - 1.0) * 100.0)
}

fn holds(known: &Known, found: &Delivery, name: &str) {
    let (pauses, pace) = errors(known, found);
    println!("{name}: pauses {pauses:?} ms, pace {pace:+.1} %");
    assert!(pauses.iter().all(|error| error.abs() <= 150), "{name}: {pauses:?}");
    assert!(pace.abs() <= 10.0, "{name}: {pace}");
    assert!(found.lead_ms.abs_diff(known.first_ms) <= 100, "{name}: lead {}", found.lead_ms);
    let last_ms = found.total_ms - found.tail_ms;
    assert!(last_ms.abs_diff(known.last_ms) <= 150, "{name}: last sound {last_ms} for {}", known.last_ms);
    let paused: u32 = found.pauses.iter().map(|pause| pause.length_ms()).sum();
    assert_eq!(found.lead_ms + found.speaking_ms + paused + found.tail_ms, found.total_ms);
    assert_eq!(
        found.longest_pause().map_or(0, Pause::length_ms),
        found.pauses.iter().map(|pause| pause.length_ms()).max().unwrap_or(0)
    );
    assert!(found.share_spoken().is_some_and(|share| share > 0.5 && share < 1.0));
}

fn sweep(voices: &[&str], texts: &[Vec<(&str, u32)>]) {
    for voice in voices {
        for speed in [120, 145, 170, 200] {
            for (index, text) in texts.iter().enumerate() {
                let noise_db = [-35.0, -40.0, -45.0, -50.0][(index + speed as usize / 10) % 4];
                let known = joined(voice, speed, text, index, noise_db);
                let found = delivery(&known.samples, known.hz);
                holds(&known, &found, &format!("{voice} {speed} text {index} noise {noise_db}"));
            }
        }
    }
}

#[test]
fn english_pauses_and_pace_are_near_the_truth() {
    sweep(&["en-us", "en-gb", "en-us+f3"], &ENGLISH.map(|text| text.to_vec()));
}

#[test]
fn chinese_pauses_and_pace_are_near_the_truth() {
    // Not `cmn`: espeak-ng 1.51 reads the tones of its own transcription there as English numbers ("fu four").
    let counted = CHINESE.map(|text| text.map(|line| (line, line.chars().count() as u32)).to_vec());
    sweep(&["cmn-latn-pinyin", "cmn-latn-pinyin+f2"], &counted);
}

#[test]
fn the_syllables_written_beside_the_texts_are_those_espeak_says() {
    for (text, syllables) in ENGLISH.iter().flatten() {
        for voice in ["en-us", "en-gb"] {
            let run = Command::new("espeak-ng").args(["-q", "--ipa", "--sep=_", "-v", voice, text]).output();
            let phonemes = String::from_utf8(run.expect("espeak-ng is installed").stdout).expect("text");
            let nuclei = phonemes.split(['_', ' ', '\n']).filter(|phoneme| {
                let bare = phoneme.trim_start_matches(['ˈ', 'ˌ']);
                bare.starts_with(|first| "aeiouyɐɑɒæɔəɚɛɜɝɪɨᵻʊʉʌ".contains(first)) || bare.contains('\u{329}')
            });
            assert_eq!(nuclei.count() as u32, *syllables, "{voice}: {text}: {phonemes}");
        }
    }
}

#[test]
fn no_speech_is_found_where_there_is_none() {
    let hz = 16_000;
    let tone = |hertz: f32| move |index: usize| (index as f32 * hertz * 2.0 * PI / hz as f32).sin();
    let seconds = 5 * hz as usize;
    let clicks = (0..seconds).map(|index| if index % 4_000 < 40 { 0.9 } else { 0.0 }).collect();
    let cases: Vec<(&str, Vec<f32>)> = vec![
        ("silence", vec![0.0; seconds]),
        ("an offset", vec![0.3; seconds]),
        ("no numbers", vec![f32::NAN; seconds]),
        ("noise", hiss(seconds).collect()),
        ("mains hum", (0..seconds).map(tone(50.0)).collect()),
        ("a whistle", (0..seconds).map(tone(1_000.0)).collect()),
        ("typing", clicks),
        ("one sample", vec![1.0]),
    ];
    for (name, samples) in cases {
        let found = delivery(&samples, hz);
        let total_ms = (samples.len() / 16) as u32;
        assert_eq!(found, Delivery { total_ms, lead_ms: total_ms, ..Delivery::default() }, "{name}");
        assert_eq!(
            (found.syllables_per_minute(), found.share_spoken(), found.longest_pause()),
            (None, None, None)
        );
    }
    assert_eq!(delivery(&[], 48_000), Delivery::default());
    for hz in [0, 1, 3_999, u32::MAX] {
        assert!(delivery(&[0.5, -0.5, f32::INFINITY], hz).pauses.is_empty());
    }
}

#[test]
fn a_bad_recording_is_measured_as_a_good_one() {
    let clean = example();
    let after = clean.pauses_ms[2].0 as usize * clean.hz as usize / 1_000;
    let hum = |index: usize| (index as f32 * 100.0 * PI / clean.hz as f32).sin();
    type Spoiled<'a> = Box<dyn Fn(usize, f32) -> f32 + 'a>;
    let cases: [(&str, Spoiled); 7] = [
        ("clipped", Box::new(|_, sample| (sample * 8.0).clamp(-1.0, 1.0))),
        ("quiet", Box::new(|_, sample| sample * 0.003)),
        ("beyond the range", Box::new(|_, sample| sample * 9.0)),
        ("an offset", Box::new(|_, sample| sample * 0.5 + 0.4)),
        ("a mains hum", Box::new(|index, sample| sample + 0.02 * hum(index))),
        (
            "a click in a pause",
            Box::new(
                |index, sample| {
                    if (after + 12_000..after + 12_200).contains(&index) { 0.95 } else { sample }
                },
            ),
        ),
        (
            "samples that are no numbers",
            Box::new(|index, sample| if index % 997 == 0 { f32::NAN } else { sample }),
        ),
    ];
    for (name, spoil) in cases {
        let samples: Vec<f32> =
            clean.samples.iter().enumerate().map(|(at, sample)| spoil(at, *sample)).collect();
        holds(&clean, &delivery(&samples, clean.hz), name);
    }
}

#[test]
fn a_breath_does_not_split_a_pause() {
    let mut known = example();
    let from = (known.pauses_ms[2].0 as usize + 400) * known.hz as usize / 1_000;
    let breath = known.hz as usize * 4 / 10;
    let noise = hiss(breath);
    known.samples[from..].iter_mut().zip(noise).for_each(|(sample, noise)| *sample += 0.02 * noise);
    holds(&known, &delivery(&known.samples, known.hz), "a breath");
}

#[test]
fn the_rate_of_sampling_does_not_matter() {
    let known = example();
    for hz in [8_000u32, 11_025, 16_000, 24_000, 44_100, 48_000, 96_000] {
        let count = known.samples.len() as u64 * u64::from(hz) / u64::from(known.hz);
        let step = f64::from(known.hz) / f64::from(hz);
        let samples: Vec<f32> = (0..count)
            .map(|index| {
                // The mean over a step where there are fewer samples, a line between two where there are more.
                let at = index as f64 * step;
                let near = &known.samples
                    [at as usize..(at as usize + 1 + step.ceil() as usize).min(known.samples.len())];
                if step > 1.0 {
                    near.iter().sum::<f32>() / near.len() as f32
                } else {
                    let part = at.fract() as f32;
                    near[0] * (1.0 - part) + near.last().unwrap_or(&0.0) * part
                }
            })
            .collect();
        holds(&known, &delivery(&samples, hz), &format!("{hz} Hz"));
    }
}

#[test]
fn speech_without_a_pause_has_none_and_ends_are_kept() {
    let (samples, hz) = said("en-us", 160, ENGLISH[0][1].0);
    let found = delivery(&samples, hz);
    assert_eq!(found.pauses, []);
    assert!(found.lead_ms <= 50 && found.tail_ms <= 150, "{found:?}");
    // Ten seconds of silence around it change nothing of it.
    let mut padded = vec![0.0; 10 * hz as usize];
    padded.extend(samples);
    padded.extend(vec![0.0; 10 * hz as usize]);
    let around = delivery(&padded, hz);
    assert!(around.pauses.is_empty() && around.lead_ms.abs_diff(10_000) <= 50, "{around:?}");
    assert!(around.syllables.abs_diff(found.syllables) <= 1);
}
