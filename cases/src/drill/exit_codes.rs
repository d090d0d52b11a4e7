//! D09: exit codes and signals: of one command, of a script's control flow, of containers and services.

use std::fmt::Write as _;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use serde_json::json;

use super::{Answer, Ask, Choice, Exercise, Family, Form, Trap, Unit, shown};
use crate::cloud::Draw;
use crate::cloud::host::{Cgroup, Growth, Host, Memory, Process, render};
use crate::model::{Evidence, EvidenceType, Text};

pub(super) const FAMILY: Family = Family {
    id: "D09",
    place: ("linux", "signals-exit-codes"),
    depths: &[1, 2, 2],
    seconds: 60,
    version: 1,
    sources: &[
        "bash(1), Exit status (127 not found, 126 not executable, 128+n by signal n); Pipelines; SHELL BUILTIN COMMANDS, set, trap, wait",
        "POSIX.1-2017, XCU 2.8.2, Exit Status for Commands; exit (the low 8 bits)",
        "signal(7) (numbers on x86 and arm; SIGKILL cannot be caught)",
        "timeout(1) (124, 137, --preserve-status); xargs(1) and grep(1), EXIT STATUS",
        "Docker docs, docker container run, Exit status; docker container stop (SIGTERM, then SIGKILL after the grace period)",
        "Kubernetes docs, Pod Lifecycle; Configure Liveness, Readiness and Startup Probes",
        "systemd.exec(5), Process exit codes; systemd.service(5), SERVICE_RESULT",
    ],
    draw,
};

/// Signals and their numbers on x86 and arm. Not QUIT, which Bash always ignores, nor INT: an interactive Bash whose child
/// it ended drops the rest of the line, and nothing would be printed.
const SIGNALS: &[(&str, u8)] = &[
    ("HUP", 1),
    ("ABRT", 6),
    ("KILL", 9),
    ("USR1", 10),
    ("SEGV", 11),
    ("USR2", 12),
    ("PIPE", 13),
    ("ALRM", 14),
    ("TERM", 15),
];

/// The lines of a script, how it ends, the options with whether each holds and why, and the step that explains it.
type Lesson = (Vec<String>, u32, Vec<(String, bool, Text)>, Text);

fn draw(draw: &mut Draw, level: u8) -> Exercise {
    match level {
        1 => commands(draw),
        2 => scripts(draw),
        _ => services(draw),
    }
}

fn t(en: impl Into<String>, zh: impl Into<String>) -> Text {
    Text::new(en.into(), zh.into())
}

fn code(text: &str) -> Text {
    t(format!("`{text}`"), format!("`{text}`"))
}

/// What a code says about the end of a command.
#[derive(Clone, PartialEq)]
enum Meaning {
    Signal(&'static str, u8),
    NotFound,
    NotExecutable,
    Own,
    TimedOut,
}

impl Meaning {
    fn text(&self) -> Text {
        match self {
            Self::Signal(name, number) => t(
                format!("Signal {number} (SIG{name}) ended a process"),
                format!("訊號{number}（SIG{name}）終止了行程"),
            ),
            Self::NotFound => t("The command was not found", "找不到指令"),
            Self::NotExecutable => {
                t("The command was found but could not be executed", "找到指令，但無法執行")
            }
            Self::Own => t(
                "The last program or the script chose this code itself",
                "最後的程式或指令碼自己選了這個結束碼",
            ),
            Self::TimedOut => t(
                "`timeout` ended the command, and says so by this code",
                "`timeout`終止了指令，並以這個碼回報",
            ),
        }
    }

    fn why(&self) -> Text {
        match self {
            Self::Signal(_, number) => t(
                format!("A shell reports signal {number} as 128 + {number} = {}.", 128 + u32::from(*number)),
                format!("shell以128 + {number} = {}表示訊號{number}。", 128 + u32::from(*number)),
            ),
            Self::NotFound => t("That would be 127, from the shell.", "那會是shell給的127。"),
            Self::NotExecutable => t("That would be 126, from the shell.", "那會是shell給的126。"),
            Self::Own => t(
                "Codes a program passes to `exit` are its own; only their low 8 bits are kept.",
                "程式傳給`exit`的碼由它自己決定，只保留低8位元。",
            ),
            Self::TimedOut => t(
                "`timeout` returns 124 when the time is up, unless the signal was KILL or `--preserve-status` is given.",
                "`timeout`時間到會回124，除非送的是KILL或加了`--preserve-status`。",
            ),
        }
    }
}

/// A script, and what it comes to.
struct Script {
    lines: Vec<String>,
    code: u32,
    meaning: Meaning,
    traps: Vec<(u32, Text)>,
    steps: Vec<Text>,
    /// What `ls -l` shows of the files beside it.
    listing: Option<String>,
}

impl Script {
    fn new(lines: &[&str], code: u32, meaning: Meaning, step: Text) -> Self {
        Self {
            lines: lines.iter().map(|line| (*line).to_owned()).collect(),
            code,
            meaning,
            traps: Vec::new(),
            steps: vec![step],
            listing: None,
        }
    }

    fn trap(mut self, value: u32, why: Text) -> Self {
        if value != self.code && !self.traps.iter().any(|(known, _)| *known == value) {
            self.traps.push((value, why));
        }
        self
    }

    fn evidence(&self, name: &str) -> Evidence {
        let mut text = String::new();
        if let Some(listing) = &self.listing {
            let _ = writeln!(text, "{listing}");
        }
        let _ = write!(
            text,
            "$ cat {name}\n#!/bin/bash\n{}\n$ bash {name} 2>/dev/null; echo \"exit: $?\"",
            self.lines.join("\n")
        );
        shown(EvidenceType::Command, text)
    }

    fn status(&self) -> Answer {
        let traps = self.traps.iter().map(|(value, why)| Trap::new(value, why.clone())).collect();
        Answer::count(self.code.into(), traps)
    }
}

const NAMES: &[&str] =
    &["job.sh", "nightly.sh", "deploy.sh", "check.sh", "import.sh", "sync.sh", "rotate.sh", "probe.sh"];

/// Level 1: one command decides.
fn commands(draw: &mut Draw) -> Exercise {
    let name = *draw.pick(NAMES);
    let (signal, number) = *draw.pick(SIGNALS);
    let by_number = draw.percent(50);
    let sent = if by_number { number.to_string() } else { signal.to_owned() };
    let reported = 128 + u32::from(number);
    let signal_step = t(
        format!(
            "SIG{signal} is signal {number}. A process ended by it has no exit code; the shell reports 128 + {number} = {reported}."
        ),
        format!(
            "SIG{signal}是訊號{number}。被它終止的行程沒有結束碼，shell以128 + {number} = {reported}回報。"
        ),
    );
    let pause = *draw.pick(&["0.1", "0.15", "0.2"]);
    let long = draw.int(30u32, 900);
    let before = *draw.pick(&[
        "echo \"start\"",
        "cd /tmp",
        "umask 022",
        "date > /dev/null",
        "echo \"run $(date +%F)\"",
    ]);
    // Files are beside the script: it must not go elsewhere first.
    let quiet = if before.starts_with("cd") { "set -u" } else { before };
    let script = match draw.int(0, 11) {
        0 => {
            let raw = *draw.pick(&[
                256i64, 257, 260, 300, 384, 400, 512, 513, 700, 1000, -1, -2, 261, 399, 1024, -5, 258, 640,
            ]);
            let kept = raw.rem_euclid(256) as u32;
            Script::new(
                &[before, &format!("exit {raw}")],
                kept,
                Meaning::Own,
                t(
                    format!("Only the low 8 bits of an exit code are kept: {raw} mod 256 = {kept}."),
                    format!("結束碼只保留低8位元：{raw} mod 256 = {kept}。"),
                ),
            )
            .trap(
                raw.unsigned_abs() as u32,
                t("An exit code has 8 bits: 0 to 255.", "結束碼只有8位元：0到255。"),
            )
            .trap(255, t("It wraps round; it is not cut off at 255.", "它會繞回，不是封頂在255。"))
        }
        1 => {
            let chosen = *draw.pick(&[137u32, 143, 139, 130, 141]);
            let line = *draw.pick(&["cleanup failed, giving up", "no lock, stopping", "bad input, leaving"]);
            Script::new(
                &[before, &format!("echo \"{line}\" >&2"), &format!("exit {chosen}")],
                chosen,
                Meaning::Own,
                t(
                    format!("`exit {chosen}` sets the code. It looks like signal {}, but none was sent: a code alone does not prove a signal.", chosen - 128),
                    format!("`exit {chosen}`直接設定結束碼。看起來像訊號{}，其實沒有送任何訊號：單看結束碼不能證明是訊號。", chosen - 128),
                ),
            )
            .trap(chosen - 128, t("That is the number a signal would have; the code is what `exit` was given.", "那是訊號編號；結束碼就是傳給`exit`的值。"))
        }
        2 => {
            let wrong = *draw.pick(&[
                "pyhton3 load.py",
                "gerp -c ERROR app.log",
                "systemclt status app",
                "kubeclt get pods",
                "backup-tool --all",
                "ngnix -t",
            ]);
            Script::new(
                &[before, wrong],
                127,
                Meaning::NotFound,
                t(
                    format!(
                        "No program `{}` is on the PATH: the shell itself returns 127.",
                        wrong.split(' ').next().unwrap_or(wrong)
                    ),
                    format!("PATH裡沒有`{}`：shell自己回127。", wrong.split(' ').next().unwrap_or(wrong)),
                ),
            )
            .trap(
                126,
                t("126 is for a file that exists but cannot be executed.", "126是檔案存在但無法執行。"),
            )
            .trap(
                1,
                t(
                    "1 is what programs return; here none was started.",
                    "1是程式回傳的；這裡根本沒有程式啟動。",
                ),
            )
        }
        3 => {
            let tool = *draw.pick(&["load.sh", "report", "hook", "tool.py"]);
            let mut script = Script::new(
                &[quiet, &format!("./{tool}")],
                126,
                Meaning::NotExecutable,
                t(
                    format!(
                        "`{tool}` is there, but has no `x`: the shell cannot execute it and returns 126."
                    ),
                    format!("`{tool}`存在，但沒有`x`：shell無法執行，回126。"),
                ),
            );
            script.listing = Some(format!(
                "$ ls -l {tool}\n-rw-r--r-- 1 app app {} Mar  2 09:1{} {tool}",
                draw.int(100u32, 900),
                draw.int(0u32, 9)
            ));
            script
                .trap(
                    127,
                    t(
                        "127 is for a command that is not found; this file exists.",
                        "127是找不到指令；這個檔案存在。",
                    ),
                )
                .trap(
                    1,
                    t(
                        "The file was never started, so it returned nothing.",
                        "檔案沒有啟動，也就沒有回傳值。",
                    ),
                )
        }
        4 => {
            let folder = *draw.pick(&["conf.d", "plugins", "releases", "bin.old"]);
            let mut script = Script::new(
                &[quiet, &format!("./{folder}")],
                126,
                Meaning::NotExecutable,
                t(
                    format!("`{folder}` is a directory: it is found but cannot be executed, 126."),
                    format!("`{folder}`是目錄：找得到，但無法執行，回126。"),
                ),
            );
            script.listing = Some(format!(
                "$ ls -ld {folder}\ndrwxr-xr-x 2 app app 4096 Mar  2 09:1{} {folder}",
                draw.int(0u32, 9)
            ));
            script
                .trap(
                    127,
                    t("It is found: 127 would be for a name that is not there.", "找得到；127是名稱不存在。"),
                )
                .trap(
                    0,
                    t("`x` on a directory means search, not execution.", "目錄的`x`是進入權，不是執行。"),
                )
        }
        5 | 6 => Script::new(
            &[before, &format!("kill -{sent} $$"), "echo \"not reached\""],
            reported,
            Meaning::Signal(signal, number),
            signal_step,
        )
        .trap(
            number.into(),
            t(
                format!("{number} is the signal; the shell adds 128."),
                format!("{number}是訊號編號；shell會加上128。"),
            ),
        )
        .trap(
            0,
            t("The signal ends the script before its last line.", "指令碼在最後一行之前就被訊號終止了。"),
        ),
        7 => {
            // Background jobs of a script ignore INT and QUIT.
            let (signal, number) = *draw.pick(&[
                ("TERM", 15u8),
                ("KILL", 9),
                ("HUP", 1),
                ("USR1", 10),
                ("ALRM", 14),
                ("USR2", 12),
            ]);
            let reported = 128 + u32::from(number);
            Script::new(
                &[before, &format!("sleep {long} &"), "child=$!", &format!("kill -{} \"$child\"", if by_number { number.to_string() } else { signal.into() }), "wait \"$child\""],
                reported,
                Meaning::Signal(signal, number),
                t(
                    format!("`wait` gives the end of the child: signal {number}, so 128 + {number} = {reported}, and the script ends with its last command's code."),
                    format!("`wait`回報子行程的結局：訊號{number}，即128 + {number} = {reported}；指令碼以最後一個指令的碼結束。"),
                ),
            )
            .trap(0, t("`kill` succeeded, but `wait` comes after it.", "`kill`成功了，但最後執行的是`wait`。"))
            .trap(number.into(), t("The shell adds 128 to the number of the signal.", "shell會把訊號編號加上128。"))
        }
        8 => {
            let (option, value, meaning, why): (&str, u32, Meaning, Text) = match draw.int(0, 3) {
                0 => (
                    "",
                    124,
                    Meaning::TimedOut,
                    t(
                        "The time is up: `timeout` sends SIGTERM and returns 124.",
                        "時間到：`timeout`送SIGTERM，自己回124。",
                    ),
                ),
                1 => (
                    "-s KILL ",
                    137,
                    Meaning::Signal("KILL", 9),
                    t(
                        "With KILL, `timeout` ends by that signal as well: 128 + 9 = 137.",
                        "用KILL時，`timeout`也以該訊號結束：128 + 9 = 137。",
                    ),
                ),
                2 => (
                    "--preserve-status ",
                    143,
                    Meaning::Signal("TERM", 15),
                    t(
                        "`--preserve-status` returns the command's own end: SIGTERM, 128 + 15 = 143.",
                        "`--preserve-status`回傳指令本身的結局：SIGTERM，128 + 15 = 143。",
                    ),
                ),
                _ => (
                    "-s INT ",
                    124,
                    Meaning::TimedOut,
                    t(
                        "Whatever signal it sent (except KILL), `timeout` returns 124.",
                        "不論送什麼訊號（KILL除外），`timeout`都回124。",
                    ),
                ),
            };
            Script::new(&[before, &format!("timeout {option}{pause} sleep {long}")], value, meaning, why)
                .trap(124, t("124 is `timeout`'s own code; this option changes that.", "124是`timeout`自己的碼；這個選項改變了它。"))
                .trap(143, t("SIGTERM ended `sleep`, but the last command is `timeout`, which has a code of its own.", "SIGTERM終止了`sleep`，但最後的指令是`timeout`，它有自己的碼。"))
        }
        9 => {
            let own = draw.int(1u32, 9);
            Script::new(
                &[before, &format!("timeout {} bash -c 'exit {own}'", draw.int(5u32, 60))],
                own,
                Meaning::Own,
                t(
                    format!("The command ended in time: `timeout` passes its code on, {own}."),
                    format!("指令在時限內結束：`timeout`把它的碼{own}原樣傳回。"),
                ),
            )
            .trap(124, t("124 only when the time is up; here it was not.", "時間到才會是124；這裡沒有逾時。"))
        }
        10 => {
            let (line, value, why) = match draw.int(0, 3) {
                0 => (
                    "echo \"all good\" | grep -q ERROR".to_owned(),
                    1,
                    t("`grep` found no line: 1.", "`grep`沒有找到任何一行：1。"),
                ),
                1 => (
                    "grep -q ERROR /var/log/missing-app.log".to_owned(),
                    2,
                    t(
                        "`grep` cannot read the file: an error, 2 (1 would mean no line found).",
                        "`grep`讀不到檔案，屬於錯誤：2（1是沒找到）。",
                    ),
                ),
                2 => (
                    format!("printf '{}\\n' a b | xargs -n 1 false", "%s"),
                    123,
                    t(
                        "A command run by `xargs` returned 1 to 125: `xargs` returns 123.",
                        "`xargs`執行的指令回傳1到125：`xargs`回123。",
                    ),
                ),
                _ => (
                    "env no-such-program --version".to_owned(),
                    127,
                    t(
                        "`env` could not find the program: 127, as a shell would say.",
                        "`env`找不到程式：127，與shell相同。",
                    ),
                ),
            };
            let meaning = if value == 127 { Meaning::NotFound } else { Meaning::Own };
            Script::new(&[before, &line], value, meaning, why)
                .trap(
                    1,
                    t(
                        "This program tells failures apart by other codes.",
                        "這個程式用不同的碼區分失敗原因。",
                    ),
                )
                .trap(0, t("The last command did not succeed.", "最後的指令沒有成功。"))
        }
        _ => {
            let failing = *draw.pick(&[
                "false",
                "grep -q x /dev/null",
                "ls /no/such/path > /dev/null",
                "no-such-command",
            ]);
            let script = Script::new(
                &[before, failing, "echo \"done\""],
                0,
                Meaning::Own,
                t(
                    "The script goes on after a failure (no `set -e`) and ends with its last command's code: `echo`, 0.",
                    "失敗後指令碼照樣往下（沒有`set -e`），以最後一個指令`echo`的碼結束：0。",
                ),
            )
            .trap(1, t("A failure in the middle is forgotten without `set -e`.", "沒有`set -e`時，中間的失敗不會留下來。"));
            if failing == "no-such-command" {
                script.trap(
                    127,
                    t(
                        "That was the line before the last; the last command decides.",
                        "那是倒數第二行；以最後的指令為準。",
                    ),
                )
            } else {
                script
            }
        }
    };
    let mut wrong = vec![Meaning::NotFound, Meaning::NotExecutable, Meaning::Own, Meaning::TimedOut];
    let near = match &script.meaning {
        Meaning::Signal(_, 9) => ("TERM", 15),
        _ => ("KILL", 9),
    };
    wrong.push(Meaning::Signal(near.0, near.1));
    wrong.retain(|meaning| *meaning != script.meaning);
    // `timeout` that ends with the signal says both.
    if matches!(script.meaning, Meaning::Signal(..))
        && script.lines.iter().any(|line| line.starts_with("timeout"))
    {
        wrong.retain(|meaning| *meaning != Meaning::TimedOut);
    }
    let wrong = draw.some(&wrong, 4);
    let right = Choice::new(script.meaning.text(), script.steps.first().cloned().unwrap_or_default());
    let options = std::iter::once(right)
        .chain(wrong.iter().map(|meaning| Choice::new(meaning.text(), meaning.why())))
        .collect();
    Exercise {
        prompt: t(
            "Bash 5 on Linux (x86-64); signals have their default effect. What does the last command print after `exit:`, and why?",
            "Linux（x86-64）上的Bash 5，訊號都是預設作用。最後那個指令在`exit:`後面印出什麼？為什麼？",
        ),
        evidence: vec![script.evidence(name)],
        asks: vec![
            Ask::new("code", t("The number after `exit:`", "`exit:`後面的數字"), script.status()),
            Ask::new(
                "meaning",
                t("What that code comes from", "這個碼是怎麼來的"),
                Answer::choice(draw, options),
            ),
        ],
        steps: script.steps.clone(),
        given: json!({ "name": name }),
    }
}

/// Level 2: control flow. What is asked besides the code differs.
fn scripts(draw: &mut Draw) -> Exercise {
    let name = *draw.pick(NAMES);
    match draw.int(0, 5) {
        0 | 1 => pipeline(draw, name),
        2 => early_exit(draw, name),
        3 => traps(draw, name),
        4 => background(draw, name),
        _ => substitution(draw, name),
    }
}

fn script_case(name: &str, script: Script, more: Vec<Ask>) -> Exercise {
    let mut asks =
        vec![Ask::new("code", t("The number after `exit:`", "`exit:`後面的數字"), script.status())];
    asks.extend(more);
    Exercise {
        prompt: t(
            format!("Bash 5 on Linux; signals have their default effect. `{name}` is run as shown."),
            format!("Linux上的Bash 5，訊號都是預設作用。`{name}`依下列方式執行。"),
        ),
        evidence: vec![script.evidence(name)],
        asks,
        steps: script.steps,
        given: json!({ "name": name }),
    }
}

/// Which `echo` lines are printed.
fn printed(lines: &[(String, bool, Text)]) -> Ask {
    let options = lines.iter().map(|(line, _, why)| Choice::new(code(line), why.clone())).collect();
    let right =
        (0..lines.len()).filter(|index| lines.get(*index).is_some_and(|(_, shown, _)| *shown)).collect();
    Ask::new("lines", t("Which lines are printed", "會印出哪幾行"), Answer::Several { options, right })
}

/// A pipeline of three functions, or one whose reader leaves early.
fn pipeline(draw: &mut Draw, name: &str) -> Exercise {
    let pipefail = draw.percent(50);
    let stages = draw.some(&["fetch", "parse", "filter", "convert", "store", "send", "check", "merge"], 3);
    let early = draw.percent(45);
    // The last stage succeeds, so that `pipefail` makes a difference.
    let mut codes: Vec<u32> = (0..3).map(|_| if draw.percent(40) { 0 } else { draw.int(1u32, 9) }).collect();
    if let Some(last) = codes.last_mut()
        && draw.percent(85)
    {
        *last = 0;
    }
    let mut lines = Vec::new();
    if pipefail {
        lines.push("set -o pipefail".to_owned());
    }
    let mut shown_stages: Vec<String> = stages.iter().map(|stage| (*stage).to_owned()).collect();
    if early {
        // The writer is stopped by SIGPIPE: far more than a pipe holds is left to write.
        let endless = draw.pick(&["yes ready", "seq 1 5000000", "cat /dev/zero", "yes | cat -n"]).to_string();
        let count = draw.int(1u32, 9);
        let taker =
            if endless.contains("zero") { format!("head -c {count}") } else { format!("head -n {count}") };
        let last = draw.pick(&["wc -c", "wc -l", "tail -n 1", "sort"]).to_string();
        let parts: Vec<&str> = endless.split(" | ").collect();
        shown_stages = parts
            .iter()
            .map(|part| (*part).to_owned())
            .chain([taker, format!("{last} > /dev/null")])
            .collect();
        codes = vec![141; parts.len()];
        codes.extend([0, 0]);
    } else {
        if codes.iter().filter(|value| **value > 0).count() == 0 {
            codes[0] = draw.int(1u32, 9);
        }
        for (index, (stage, value)) in stages.iter().zip(&codes).enumerate() {
            let body = match index {
                0 => "echo row".to_owned(),
                1 => "cat".to_owned(),
                _ => "cat > /dev/null".to_owned(),
            };
            lines.push(format!("{stage}() {{ {body}; return {value}; }}"));
        }
    }
    lines.push(shown_stages.join(" | "));
    let last = codes.last().copied().unwrap_or(0);
    let rightmost = codes.iter().rev().find(|value| **value != 0).copied().unwrap_or(0);
    let value = if pipefail { rightmost } else { last };
    let other = if pipefail { last } else { rightmost };
    let list = codes.iter().map(u32::to_string).collect::<Vec<_>>().join(" ");
    let mut script = Script::new(
        &[],
        value,
        Meaning::Own,
        t(format!("The stages end with {list}, left to right."), format!("各段由左到右的結束碼是{list}。")),
    );
    if early {
        script.steps.push(t(
            "`head` reads what it needs and ends; who still writes into the closed pipe gets SIGPIPE (13): 128 + 13 = 141.",
            "`head`讀夠就結束；還在寫入已關閉管線的行程會收到SIGPIPE（13）：128 + 13 = 141。",
        ));
    }
    script.steps.push(if pipefail {
        t(
            format!(
                "With `pipefail` the pipeline's code is that of the rightmost stage that failed: {value}."
            ),
            format!("有`pipefail`時，管線的碼是最右邊失敗那一段的碼：{value}。"),
        )
    } else {
        t(
            format!("Without `pipefail` only the last stage counts: {value}."),
            format!("沒有`pipefail`時只看最後一段：{value}。"),
        )
    });
    script.lines = lines;
    let first = codes.iter().find(|value| **value != 0).copied().unwrap_or(0);
    script = script
        .trap(
            other,
            if pipefail {
                t(
                    "With `pipefail` a failure before the last stage counts as well.",
                    "有`pipefail`時，前面各段失敗也算數。",
                )
            } else {
                t(
                    "That is what `pipefail` would give; it is not set.",
                    "那是有`pipefail`的結果；這裡沒有設。",
                )
            },
        )
        .trap(
            first,
            t(
                "Of several failures the rightmost counts, not the first.",
                "有好幾段失敗時，看最右邊的，不是第一個。",
            ),
        );
    if early {
        script = script.trap(13, t("13 is the signal; the shell adds 128.", "13是訊號編號；shell會加128。"));
    }
    let changed = Ask::new(
        "other",
        if pipefail {
            t("The number without the line `set -o pipefail`", "若拿掉`set -o pipefail`那一行，數字是多少")
        } else {
            t(
                "The number if the script began with `set -o pipefail`",
                "若指令碼開頭加上`set -o pipefail`，數字是多少",
            )
        },
        Answer::count(other.into(), Vec::new()),
    );
    let statuses = Ask::new(
        "statuses",
        t("`${PIPESTATUS[@]}` right after the pipeline", "管線執行完當下的`${PIPESTATUS[@]}`"),
        Answer::typed(Form::List, list),
    );
    script_case(name, script, vec![changed, statuses])
}

/// `set -e` and what it does not stop at.
fn early_exit(draw: &mut Draw, name: &str) -> Exercise {
    let errexit = draw.percent(70);
    let value = draw.int(2u32, 9);
    let failing = format!("(exit {value})");
    // Where a failure is tested, `set -e` does not end the script.
    let tested = [
        format!("{failing} || echo \"ignored\""),
        format!("if {failing}; then echo \"yes\"; else echo \"no\"; fi"),
        format!("! {failing}"),
        format!("{failing} && echo \"fine\""),
        format!("while {failing}; do echo \"again\"; done"),
        format!("{failing} | cat"),
    ];
    let chosen = draw.some(&tested, 2);
    let plain = draw.percent(65);
    let mut lines = Vec::new();
    if errexit {
        lines.push("set -e".to_owned());
    }
    lines.push("echo \"one\"".to_owned());
    lines.extend(chosen.iter().take(1).cloned());
    lines.push("echo \"two\"".to_owned());
    let stop = plain && errexit;
    if plain {
        lines.push(failing.clone());
    }
    lines.extend(chosen.iter().skip(1).cloned());
    lines.push("echo \"three\"".to_owned());
    let end = draw.percent(50);
    if end {
        lines.push("exit 1".to_owned());
    }
    let result = if stop { value } else { u32::from(end) };
    let mut steps = Vec::new();
    for line in &chosen {
        steps.push(t(
            format!("`{line}`: the failure is tested, inverted or not last in its list or pipeline; even `set -e` goes on."),
            format!("`{line}`：這個失敗被判斷、反轉，或不是串列、管線的最後一個；即使有`set -e`也會繼續。"),
        ));
    }
    if plain {
        steps.push(if errexit {
            t(
                format!("`{failing}` alone fails: with `set -e` the script ends here with {value}."),
                format!("單獨的`{failing}`失敗：有`set -e`，指令碼在這裡以{value}結束。"),
            )
        } else {
            t(
                format!("`{failing}` fails, but without `set -e` the script goes on."),
                format!("`{failing}`失敗，但沒有`set -e`，指令碼繼續。"),
            )
        });
    }
    steps.push(t(format!("The script ends with {result}."), format!("指令碼以{result}結束。")));
    let mut script = Script::new(&[], result, Meaning::Own, t("", ""));
    script.steps = steps;
    script.lines = lines;
    script = script
        .trap(value, t("The failing command does not end this script.", "失敗的指令沒有結束這個指令碼。"))
        .trap(0, t("It does not reach a last command that succeeds.", "它沒有走到成功的最後一個指令。"));
    if stop {
        script = script.trap(
            1,
            t(
                "`set -e` ends a script with the code of the command that failed.",
                "`set -e`以失敗指令的碼結束指令碼。",
            ),
        );
    }
    let reason = if stop {
        t(
            format!("`set -e` ends the script at the plain `{failing}`."),
            format!("`set -e`讓指令碼停在單獨的`{failing}`。"),
        )
    } else {
        t("Nothing ends the script before it.", "在它之前沒有任何東西結束指令碼。")
    };
    let mut options = vec![
        ("one".to_owned(), true, t("Nothing has failed yet.", "這時還沒有任何失敗。")),
        (
            "two".to_owned(),
            true,
            t(
                "The failure before it is tested, so `set -e` does not end the script.",
                "前面的失敗屬於被判斷的情形，`set -e`不會結束指令碼。",
            ),
        ),
        ("three".to_owned(), !stop, reason.clone()),
    ];
    for (index, line) in chosen.iter().enumerate() {
        let reached = index == 0 || !stop;
        for (word, holds) in
            [("ignored", true), ("yes", false), ("no", true), ("fine", false), ("again", false)]
        {
            if line.contains(&format!("echo \"{word}\"")) {
                let why = if reached {
                    t(
                        format!("`{failing}` fails, and the line says what happens then."),
                        format!("`{failing}`失敗，這一行寫明了接下來怎麼做。"),
                    )
                } else {
                    reason.clone()
                };
                options.push((word.to_owned(), holds && reached, why));
            }
        }
    }
    script_case(name, script, vec![printed(&options)])
}

/// Traps.
fn traps(draw: &mut Draw, name: &str) -> Exercise {
    let value = draw.int(2u32, 9);
    let kept = draw.int(10u32, 40);
    let (signal, number) = *draw.pick(&[("TERM", 15u8), ("HUP", 1), ("USR1", 10), ("INT", 2)]);
    let file = *draw.pick(&["/tmp/lock.$$", "/tmp/work.$$", "/tmp/state.$$"]);
    let (lines, result, options, step): Lesson = match draw.int(0, 4) {
        0 => (
            vec![
                format!("trap 'echo \"cleanup\"; rm -f {file}' EXIT"),
                format!("exit {value}"),
                "echo \"after\"".into(),
            ],
            value,
            vec![
                (
                    "cleanup".into(),
                    true,
                    t("The EXIT trap runs on every `exit`.", "每次`exit`都會執行EXIT trap。"),
                ),
                ("after".into(), false, t("`exit` comes before it.", "在它之前就`exit`了。")),
            ],
            t(
                format!(
                    "The EXIT trap runs, but the code stays {value}: its commands do not change it unless they call `exit`."
                ),
                format!("EXIT trap會執行，但結束碼仍是{value}：除非裡面呼叫`exit`，否則不會改變。"),
            ),
        ),
        1 => (
            vec![
                format!("trap 'echo \"cleanup\"; exit {kept}' EXIT"),
                format!("exit {value}"),
                "echo \"after\"".into(),
            ],
            kept,
            vec![
                (
                    "cleanup".into(),
                    true,
                    t("The EXIT trap runs on every `exit`.", "每次`exit`都會執行EXIT trap。"),
                ),
                ("after".into(), false, t("`exit` comes before it.", "在它之前就`exit`了。")),
            ],
            t(
                format!("The `exit {kept}` inside the EXIT trap replaces {value}."),
                format!("EXIT trap裡的`exit {kept}`取代了{value}。"),
            ),
        ),
        2 => (
            vec![
                format!("trap 'echo \"caught\"; exit {kept}' {signal}"),
                format!("kill -{signal} $$"),
                "echo \"after\"".into(),
            ],
            kept,
            vec![
                (
                    "caught".into(),
                    true,
                    t("The handler runs instead of the default effect.", "處理程式取代了預設作用。"),
                ),
                ("after".into(), false, t("The handler ends the script.", "處理程式結束了指令碼。")),
            ],
            t(
                format!(
                    "SIG{signal} is caught, and the handler ends the script with {kept}: not 128 + {number}, because no signal ended it."
                ),
                format!(
                    "SIG{signal}被攔截，處理程式以{kept}結束指令碼：不是128 + {number}，因為它不是被訊號終止的。"
                ),
            ),
        ),
        3 => (
            vec![
                format!("trap 'echo \"caught\"' {signal}"),
                format!("kill -{signal} $$"),
                "echo \"after\"".into(),
                format!("exit {value}"),
            ],
            value,
            vec![
                ("caught".into(), true, t("The handler runs.", "處理程式會執行。")),
                (
                    "after".into(),
                    true,
                    t(
                        "The handler does not call `exit`, so the script goes on.",
                        "處理程式沒有呼叫`exit`，指令碼繼續往下。",
                    ),
                ),
            ],
            t(
                format!(
                    "A handler without `exit` returns to the script, which goes on and ends with {value}."
                ),
                format!("沒有`exit`的處理程式會回到指令碼，繼續到最後以{value}結束。"),
            ),
        ),
        _ => (
            vec![
                format!("trap 'echo \"caught\"; exit {kept}' {signal} EXIT"),
                "echo \"before\"".into(),
                "kill -KILL $$".into(),
            ],
            137,
            vec![
                ("before".into(), true, t("It comes before the signal.", "它在訊號之前。")),
                (
                    "caught".into(),
                    false,
                    t(
                        "SIGKILL runs no handler, not even the EXIT trap.",
                        "SIGKILL不會執行任何處理程式，連EXIT trap也不會。",
                    ),
                ),
            ],
            t(
                "SIGKILL cannot be caught and the EXIT trap does not run: 128 + 9 = 137.",
                "SIGKILL無法攔截，EXIT trap也不會執行：128 + 9 = 137。",
            ),
        ),
    };
    let mut script = Script::new(&[], result, Meaning::Own, step);
    let text = lines.join("\n");
    script.lines = lines;
    script =
        script.trap(0, t("The last command's code is not what counts here.", "這裡不是看最後一個指令的碼。"));
    // Only what the script could be taken to end with.
    if text.contains(&format!("kill -{signal} ")) {
        script = script.trap(
            128 + u32::from(number),
            t("That would be the code if the signal had ended the script.", "那是訊號真的終止指令碼時的碼。"),
        );
    }
    if text.contains(&format!("exit {value}")) {
        script = script.trap(value, t("The EXIT trap has the last word here.", "這裡是EXIT trap說了算。"));
    }
    if text.contains("kill -KILL") {
        script = script.trap(kept, t("The handler never runs for SIGKILL.", "SIGKILL不會執行處理程式。"));
    }
    script_case(name, script, vec![printed(&options)])
}

/// Background jobs and `wait`.
fn background(draw: &mut Draw, name: &str) -> Exercise {
    let (first, second) = (draw.int(1u32, 9), draw.int(11u32, 19));
    let (signal, number) = *draw.pick(&[("TERM", 15u8), ("KILL", 9), ("USR1", 10), ("HUP", 1)]);
    let reported = 128 + u32::from(number);
    let jobs = draw.some(&["index", "mail", "thumbs", "export", "vacuum"], 2);
    let (a, b) = (jobs[0], jobs[1]);
    let start = |job: &str, value: u32| format!("(exit {value}) & {job}=$!");
    let (wait, result, step): (Vec<String>, u32, Text) = match draw.int(0, 3) {
        0 => (
            vec![start(a, first), start(b, second), format!("wait \"${a}\" \"${b}\"")],
            second,
            t(
                "`wait` with several jobs returns the code of the last one named.",
                "`wait`給多個工作時，回傳最後列名那個的碼。",
            ),
        ),
        1 => (
            vec![start(a, first), start(b, second), "wait".to_owned()],
            0,
            t(
                "`wait` without names waits for all and returns 0, whatever they returned.",
                "不帶參數的`wait`會等全部工作，並且一律回0。",
            ),
        ),
        2 => (
            vec![start(a, first), start(b, second), format!("wait \"${b}\""), format!("wait \"${a}\"")],
            first,
            t(
                "Each `wait` returns its job's code; the last one decides.",
                "每個`wait`各回傳該工作的碼；以最後一個為準。",
            ),
        ),
        _ => (
            vec![
                format!("sleep {} & {a}=$!", draw.int(60u32, 600)),
                start(b, second),
                format!("kill -{signal} \"${a}\""),
                format!("wait \"${b}\" \"${a}\""),
            ],
            reported,
            t(
                format!("The last one named was ended by signal {number}: 128 + {number} = {reported}."),
                format!("最後列名的那個被訊號{number}終止：128 + {number} = {reported}。"),
            ),
        ),
    };
    let last = wait.last().cloned().unwrap_or_default();
    let mut lines = wait;
    let check = draw.percent(50);
    lines.push("status=$?".to_owned());
    if check {
        lines.push("((status > 128)) && echo \"signal $((status - 128))\"".to_owned());
    } else {
        lines.push("((status == 0)) || echo \"failed\"".to_owned());
    }
    lines.push("exit \"$status\"".to_owned());
    let mut script = Script::new(&[], result, Meaning::Own, step.clone());
    script.lines = lines;
    if result < 128 {
        let why =
            t("That job's code is not the one this `wait` returns.", "這個`wait`回傳的不是那個工作的碼。");
        script = script.trap(first, why.clone()).trap(second, why);
    } else {
        script = script.trap(
            number.into(),
            t("The shell adds 128 to the number of the signal.", "shell會把訊號編號加上128。"),
        );
    }
    script = script.trap(
        0,
        t(
            "This `wait` names its jobs and returns the code of one.",
            "這個`wait`指名了工作，會回傳其中一個的碼。",
        ),
    );
    let said = if check { result > 128 } else { result != 0 };
    let line = match (check, result > 128) {
        (true, true) => format!("signal {number}"),
        (true, false) => format!("signal {result}"),
        _ => "failed".to_owned(),
    };
    let why = t(format!("`{last}` returns {result}."), format!("`{last}`回傳{result}。"));
    let other = match (check, said) {
        (true, true) => format!("signal {result}"),
        (true, false) => "signal 0".to_owned(),
        _ => format!("failed {result}"),
    };
    let other = if other == line { "signal 128".to_owned() } else { other };
    let nothing = t("Nothing is printed before `exit:`", "在`exit:`之前什麼都沒印");
    let options = vec![
        Choice::new(code(&line), why.clone()),
        Choice::new(nothing, why.clone()),
        Choice::new(code(&other), why),
    ];
    let more = Ask::new(
        "before",
        t("What is printed before `exit:`", "在`exit:`之前印出什麼"),
        Answer::Choice { options, right: usize::from(!said) },
    );
    script_case(name, script, vec![more])
}

/// Codes that an assignment keeps or hides, and what other programs see.
fn substitution(draw: &mut Draw, name: &str) -> Exercise {
    let value = draw.int(3u32, 99);
    let variable = *draw.pick(&["out", "token", "host", "rows", "path"]);
    let (signal, number) = *draw.pick(&[("KILL", 9u8), ("TERM", 15), ("SEGV", 11), ("ABRT", 6)]);
    let function = *draw.pick(&["load", "main", "collect", "prepare"]);
    let reported = 128 + u32::from(number);
    let (lines, result, options, step): Lesson = match draw.int(0, 4) {
        0 => (
            vec![
                "set -e".into(),
                format!("{function}() {{"),
                format!("  local {variable}=$(exit {value})"),
                "  echo \"got it\"".into(),
                "}".into(),
                function.into(),
                "echo \"end\"".into(),
            ],
            0,
            vec![
                (
                    "got it".into(),
                    true,
                    t(
                        "`local` succeeded, so `set -e` sees no failure.",
                        "`local`本身成功，`set -e`看不到失敗。",
                    ),
                ),
                (
                    "end".into(),
                    true,
                    t("The function returns the code of its `echo`, 0.", "函式回傳最後`echo`的碼0。"),
                ),
            ],
            t(
                format!(
                    "`local {variable}=$(...)` has the code of `local`, 0: the {value} of the substitution is lost."
                ),
                format!("`local {variable}=$(...)`的碼是`local`的0：指令替換的{value}不見了。"),
            ),
        ),
        1 => (
            vec![
                "set -e".into(),
                format!("{function}() {{"),
                format!("  local {variable}"),
                format!("  {variable}=$(exit {value})"),
                "  echo \"got it\"".into(),
                "}".into(),
                function.into(),
                "echo \"end\"".into(),
            ],
            value,
            vec![
                (
                    "got it".into(),
                    false,
                    t(
                        "The assignment failed, so `set -e` ended the script.",
                        "賦值失敗，`set -e`結束了指令碼。",
                    ),
                ),
                ("end".into(), false, t("The script has already ended.", "指令碼早已結束。")),
            ],
            t(
                format!(
                    "A plain assignment has the code of its substitution, {value}; `set -e` ends the script with it."
                ),
                format!("單純的賦值會帶著指令替換的碼{value}；`set -e`以它結束指令碼。"),
            ),
        ),
        2 => (
            vec![
                format!(
                    "python3 -c 'import subprocess; print(subprocess.run([\"bash\", \"-c\", \"kill -{signal} $$\"]).returncode)'"
                ),
                "echo \"end\"".into(),
            ],
            0,
            vec![
                (
                    format!("-{number}"),
                    true,
                    t(
                        "Python's subprocess gives the negative number of the signal.",
                        "Python的subprocess會給訊號編號的負值。",
                    ),
                ),
                (
                    reported.to_string(),
                    false,
                    t(
                        "128 + n is the shell's way; Python was told the signal itself.",
                        "128 + n是shell的表示法；Python得到的是訊號本身。",
                    ),
                ),
                ("end".into(), true, t("The script goes on after Python ends.", "Python結束後指令碼繼續。")),
            ],
            t(
                format!(
                    "The process was ended by signal {number}: `returncode` is -{number} in Python, where a shell would say {reported}. The script ends with `echo`, 0."
                ),
                format!(
                    "行程被訊號{number}終止：Python的`returncode`是 -{number}，shell則會說{reported}。指令碼最後是`echo`，0。"
                ),
            ),
        ),
        3 => (
            vec![
                format!("bash -c 'kill -{signal} $$'"),
                "status=$?".into(),
                "echo \"child $status\"".into(),
                format!("if ((status == {reported})); then exit {value}; fi"),
                "exit \"$status\"".into(),
            ],
            value,
            vec![
                (
                    format!("child {reported}"),
                    true,
                    t(
                        format!("Signal {number} is reported as 128 + {number}."),
                        format!("訊號{number}以128 + {number}回報。"),
                    ),
                ),
                (format!("child {number}"), false, t("The shell adds 128.", "shell會加128。")),
                (
                    format!("child -{number}"),
                    false,
                    t("Negative numbers are Python's way.", "負數是Python的表示法。"),
                ),
            ],
            t(
                format!(
                    "The child was ended by signal {number}, `$?` is {reported}, and the script then chooses {value} itself."
                ),
                format!("子行程被訊號{number}終止，`$?`是{reported}，之後指令碼自己選了{value}。"),
            ),
        ),
        _ => (
            vec![
                format!("python3 -c 'import os; os.kill(os.getpid(), {number})' && echo \"fine\""),
                "echo \"status $?\"".into(),
            ],
            0,
            vec![
                ("fine".into(), false, t("The command before `&&` failed.", "`&&`前面的指令失敗了。")),
                (
                    format!("status {reported}"),
                    true,
                    t(
                        "`$?` is still the code of what failed; `&&` skipped the rest.",
                        "`$?`還是失敗那個指令的碼；`&&`後面被略過。",
                    ),
                ),
                (
                    "status 0".into(),
                    false,
                    t("A skipped command does not set `$?`.", "被略過的指令不會改變`$?`。"),
                ),
            ],
            t(
                format!(
                    "Signal {number} ends Python; the list's code is {reported}. The last command is `echo`, so the script ends with 0."
                ),
                format!(
                    "訊號{number}終止了Python，整個串列的碼是{reported}。最後一個指令是`echo`，所以指令碼以0結束。"
                ),
            ),
        ),
    };
    let mut script = Script::new(&[], result, Meaning::Own, step);
    script.lines = lines;
    if result == 0 {
        let why = t("The script's last command succeeded.", "指令碼最後的指令成功了。");
        let hidden = script.lines.iter().any(|line| line.contains(&format!("exit {value}")));
        script = script.trap(if hidden { value } else { reported }, why);
    } else {
        script = script.trap(0, t("The failure is not hidden here.", "這裡的失敗沒有被蓋掉。"));
        if script.lines.iter().any(|line| line.contains(&reported.to_string())) {
            script = script.trap(
                reported,
                t(
                    "That is the child's end; the script chooses its own code.",
                    "那是子行程的結局；指令碼自己另選了碼。",
                ),
            );
        }
    }
    script_case(name, script, vec![printed(&options)])
}

/// Why a container or a service ended.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Cause {
    Limit,
    HostMemory,
    Grace,
    Probe,
    Stopped,
    Crash,
    Abort,
    Own,
    Missing,
    Forbidden,
    Folder,
    Account,
    Unknown,
}

impl Cause {
    fn text(self) -> Text {
        match self {
            Self::Limit => {
                t("The OOM killer: its memory limit was reached", "OOM Killer：達到它自己的記憶體上限")
            }
            Self::HostMemory => {
                t("The OOM killer: the host had no memory left", "OOM Killer：整台主機的記憶體用盡")
            }
            Self::Grace => t(
                "It was stopped, did not end in the grace period and got SIGKILL",
                "被要求停止，寬限時間內沒有結束，於是收到SIGKILL",
            ),
            Self::Probe => {
                t("Its liveness probe failed, so the kubelet ended it", "存活探針失敗，kubelet將它結束")
            }
            Self::Stopped => {
                t("It was stopped and ended on SIGTERM in time", "被要求停止，並在期限內因SIGTERM結束")
            }
            Self::Crash => t("It crashed on an invalid memory access", "存取無效的記憶體位址而當掉"),
            Self::Abort => t("It aborted itself, as on a failed assertion", "程式自行中止，例如斷言失敗"),
            Self::Own => t("The program reported an error of its own", "程式自己回報了錯誤"),
            Self::Missing => t("The command it should run does not exist", "要執行的指令不存在"),
            Self::Forbidden => t("The command exists but may not be executed", "指令存在，但不允許執行"),
            Self::Folder => t("Its working directory does not exist", "工作目錄不存在"),
            Self::Account => t("The user it should run as does not exist", "要用來執行的使用者不存在"),
            Self::Unknown => {
                t("SIGKILL, but this does not show who sent it", "SIGKILL，但這些資料看不出是誰送的")
            }
        }
    }

    fn why(self) -> Text {
        match self {
            Self::Limit => t(
                "That takes an OOM flag, or a kernel line with the cgroup's limit.",
                "這要有OOM旗標，或核心紀錄裡寫明cgroup上限。",
            ),
            Self::HostMemory => t(
                "The kernel would log `global_oom` (CONSTRAINT_NONE) with this process as the victim.",
                "核心會記錄`global_oom`（CONSTRAINT_NONE），並列出這個行程。",
            ),
            Self::Grace => t(
                "A stop with SIGTERM, and SIGKILL some seconds later, would be on record.",
                "紀錄裡會先有停止與SIGTERM，幾秒後才是SIGKILL。",
            ),
            Self::Probe => t(
                "Events would show the probe's failures and the kubelet's decision.",
                "事件裡會看到探針失敗與kubelet的決定。",
            ),
            Self::Stopped => t(
                "That gives 143 (or 0 where the program tidies up), not this.",
                "那會是143（程式自行收尾則為0），不是這個。",
            ),
            Self::Crash => t("That is SIGSEGV, 11: code 139.", "那是SIGSEGV（11），碼為139。"),
            Self::Abort => t("That is SIGABRT, 6: code 134.", "那是SIGABRT（6），碼為134。"),
            Self::Own => t(
                "A program's own errors are small numbers that it passes to `exit`.",
                "程式自己的錯誤是它傳給`exit`的小數字。",
            ),
            Self::Missing => t(
                "That is 127 in a container, 203/EXEC with \"No such file\" in systemd.",
                "在容器是127；在systemd是203/EXEC加上「No such file」。",
            ),
            Self::Forbidden => t(
                "That is 126 in a container, 203/EXEC with \"Permission denied\" in systemd.",
                "在容器是126；在systemd是203/EXEC加上「Permission denied」。",
            ),
            Self::Folder => t("systemd says 200/CHDIR then.", "那樣systemd會寫200/CHDIR。"),
            Self::Account => t("systemd says 217/USER then.", "那樣systemd會寫217/USER。"),
            Self::Unknown => {
                t("Here the evidence does show where the end came from.", "這裡的資料看得出是怎麼結束的。")
            }
        }
    }

    /// What it is taken for.
    fn mistaken(self) -> &'static [Self] {
        match self {
            Self::Limit => &[Self::HostMemory, Self::Grace, Self::Unknown, Self::Crash, Self::Own],
            Self::HostMemory => &[Self::Limit, Self::Grace, Self::Unknown, Self::Crash, Self::Own],
            Self::Grace => &[Self::Limit, Self::HostMemory, Self::Stopped, Self::Unknown, Self::Own],
            Self::Probe => &[Self::Limit, Self::Crash, Self::Stopped, Self::Unknown, Self::Own],
            Self::Stopped => &[Self::Grace, Self::Limit, Self::Crash, Self::Own, Self::Abort],
            Self::Crash => &[Self::Limit, Self::Abort, Self::Own, Self::Stopped, Self::Forbidden],
            Self::Abort => &[Self::Limit, Self::Crash, Self::Own, Self::Stopped, Self::Missing],
            Self::Own => &[Self::Limit, Self::Missing, Self::Abort, Self::Stopped, Self::Forbidden],
            Self::Missing => &[Self::Forbidden, Self::Own, Self::Folder, Self::Crash, Self::Account],
            Self::Forbidden => &[Self::Missing, Self::Own, Self::Account, Self::Crash, Self::Folder],
            Self::Folder => &[Self::Missing, Self::Forbidden, Self::Account, Self::Own, Self::Crash],
            Self::Account => &[Self::Folder, Self::Forbidden, Self::Missing, Self::Own, Self::Crash],
            Self::Unknown => &[Self::Limit, Self::HostMemory, Self::Grace, Self::Probe, Self::Crash],
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Runner {
    Docker,
    Kubernetes,
    Systemd,
}

const APPS: &[&str] = &["orders", "billing", "search", "mailer", "gateway", "catalog", "thumbs", "ledger"];
const PROGRAMS: &[&str] = &["java", "node", "python3", "gunicorn", "ruby", "dotnet"];

/// Level 3: containers and services.
fn services(draw: &mut Draw) -> Exercise {
    let runner = *draw.pick(&[Runner::Docker, Runner::Kubernetes, Runner::Systemd]);
    let causes: &[Cause] = match runner {
        Runner::Docker => &[
            Cause::Limit,
            Cause::Grace,
            Cause::Stopped,
            Cause::Crash,
            Cause::Abort,
            Cause::Own,
            Cause::Missing,
            Cause::Forbidden,
            Cause::Unknown,
        ],
        Runner::Kubernetes => &[
            Cause::Limit,
            Cause::Probe,
            Cause::Crash,
            Cause::Abort,
            Cause::Own,
            Cause::Unknown,
            Cause::Probe,
        ],
        Runner::Systemd => &[
            Cause::Limit,
            Cause::HostMemory,
            Cause::Grace,
            Cause::Stopped,
            Cause::Crash,
            Cause::Missing,
            Cause::Forbidden,
            Cause::Folder,
            Cause::Account,
            Cause::Unknown,
        ],
    };
    let cause = *draw.pick(causes);
    let app = *draw.pick(APPS);
    let program = *draw.pick(PROGRAMS);
    let end = NaiveDate::from_ymd_opt(2026, draw.int(1, 6), draw.int(1, 28)).unwrap_or_default().and_time(
        chrono::NaiveTime::from_num_seconds_from_midnight_opt(draw.int(0, 86_399), 0).unwrap_or_default(),
    );
    // At least the time of a grace period, so that nothing is told from before the start.
    let ran = draw.int(90u32, 86_000);
    let started = end - TimeDelta::seconds(ran.into());
    let scene = Scene {
        app,
        program,
        end,
        started,
        pid: draw.int(1200, 29_000),
        grace: *draw.pick(&[10, 15, 20, 30, 45]),
        limit: *draw.pick(&[256u64, 384, 512, 768, 1024, 1536, 2048]),
        own: *draw.pick(&[1, 2, 3, 78]),
        hexes: draw.hex(64),
        // The probe's kill needs the whole grace period, or the program ends on SIGTERM.
        stubborn: draw.percent(60),
        image: format!("shop/{app}:{}.{}.{}", draw.int(1u32, 9), draw.int(0u32, 20), draw.int(0u32, 9)),
        nanos: draw.int(100_000_000, 999_999_999),
    };
    let (evidence, status, last) = match runner {
        Runner::Docker => scene.docker(draw, cause),
        Runner::Kubernetes => scene.kubernetes(draw, cause),
        Runner::Systemd => scene.systemd(draw, cause),
    };
    // systemd's own codes for what fails before the program starts are beyond the signals.
    let signal = if (129..=192).contains(&status) { status - 128 } else { 0 };
    let mut wrong = draw.some(cause.mistaken(), 4);
    wrong.retain(|other| !(runner != Runner::Kubernetes && *other == Cause::Probe));
    if runner != Runner::Systemd {
        wrong.retain(|other| !matches!(other, Cause::Folder | Cause::Account));
    }
    let options = std::iter::once(Choice::new(cause.text(), scene.proof(cause, status)))
        .chain(wrong.iter().map(|other| Choice::new(other.text(), other.why())))
        .collect();
    let what = match runner {
        Runner::Docker => {
            t(format!("The container `{app}` is no longer running."), format!("容器`{app}`已不在執行。"))
        }
        Runner::Kubernetes => t(
            format!("The container `{app}` of a pod was restarted."),
            format!("某個Pod的容器`{app}`重新啟動過。"),
        ),
        Runner::Systemd => t(
            format!("The service `{app}.service` is no longer running."),
            format!("服務`{app}.service`已不在執行。"),
        ),
    };
    let mut traps = vec![Trap::new(
        status,
        t("That is the whole status; a signal is what is above 128.", "那是整個碼；訊號要看超過128的部分。"),
    )];
    if signal == 0 && status > 128 {
        traps.push(Trap::new(
            status - 128,
            t(
                "Signals end at 64: this code is systemd's own, from before the program started.",
                "訊號編號最大64：這個碼是systemd自己的，程式還沒啟動。",
            ),
        ));
    }
    traps.retain(|trap| trap.value != signal.to_string());
    let mut steps = vec![
        if signal > 0 {
            t(
                format!("{status} = 128 + {signal}: signal {signal}."),
                format!("{status} = 128 + {signal}：訊號{signal}。"),
            )
        } else {
            t(format!("{status} stands for no signal."), format!("{status}不代表任何訊號。"))
        },
        scene.proof(cause, status),
    ];
    steps.push(last.2);
    Exercise {
        prompt: t(
            format!("{} Judge by what is shown only.", what.en),
            format!("{}只根據下列資料判斷。", what.zh_tw),
        ),
        evidence,
        asks: vec![
            Ask::new(
                "signal",
                t(
                    "The signal that the status stands for, as a number; 0 if none",
                    "這個狀態代表的訊號編號；沒有則填0",
                ),
                Answer::count(signal.into(), traps),
            ),
            Ask::new(
                "cause",
                t("How it ended, as far as this shows", "就這些資料而言，它是怎麼結束的"),
                Answer::choice(draw, options),
            ),
            Ask::new(last.0, last.1, last.3),
        ],
        steps,
        given: json!({ "app": app }),
    }
}

/// The facts of a level 3 case.
struct Scene {
    app: &'static str,
    program: &'static str,
    end: NaiveDateTime,
    started: NaiveDateTime,
    pid: u32,
    grace: u32,
    limit: u64,
    own: u32,
    hexes: String,
    stubborn: bool,
    image: String,
    nanos: u32,
}

/// A third question: its name, its label, how it is found, its answer.
type Last = (&'static str, Text, Text, Answer);

impl Scene {
    /// What in the evidence settles the cause.
    fn proof(&self, cause: Cause, status: u32) -> Text {
        let grace = self.grace;
        match cause {
            Cause::Limit => t(
                "137 says SIGKILL only. The OOM flag or the kernel's `CONSTRAINT_MEMCG` line adds who: the OOM killer, at the limit of this cgroup.",
                "137只說明是SIGKILL；OOM旗標或核心的`CONSTRAINT_MEMCG`紀錄才說明是誰：OOM Killer，因為達到這個cgroup的上限。",
            ),
            Cause::HostMemory => t(
                "The kernel's line says `CONSTRAINT_NONE` and `global_oom`: the host's memory ran out, not a limit of the service.",
                "核心紀錄是`CONSTRAINT_NONE`與`global_oom`：是主機記憶體用盡，不是服務自己的上限。",
            ),
            Cause::Grace => t(
                format!(
                    "SIGTERM came first, SIGKILL {grace} s later: it did not end in the grace period. No OOM is on record."
                ),
                format!("先有SIGTERM，{grace}秒後才是SIGKILL：寬限時間內沒有結束，也沒有OOM紀錄。"),
            ),
            Cause::Probe => t(
                "The events show the failing probe and the kubelet's decision to restart the container.",
                "事件裡有探針失敗，以及kubelet決定重新啟動容器。",
            ),
            Cause::Stopped => t(
                format!("SIGTERM was sent and the process ended at once with {status}: an orderly stop."),
                format!("送出SIGTERM後行程馬上以{status}結束：正常停止。"),
            ),
            Cause::Crash => {
                t("Signal 11 is SIGSEGV: an invalid memory access.", "訊號11是SIGSEGV：存取無效的記憶體。")
            }
            Cause::Abort => {
                t("Signal 6 is SIGABRT: the program called abort().", "訊號6是SIGABRT：程式呼叫了abort()。")
            }
            Cause::Own => t(
                format!(
                    "{status} is below 126 and nobody ended it: the program passed it to `exit`; its log says why."
                ),
                format!("{status}小於126，也沒有人終止它：是程式傳給`exit`的，原因要看它的日誌。"),
            ),
            Cause::Missing => t("The error says that the file does not exist.", "錯誤訊息說檔案不存在。"),
            Cause::Forbidden => t(
                "The error says permission denied: the file is there, but may not be executed.",
                "錯誤訊息是permission denied：檔案存在，但不允許執行。",
            ),
            Cause::Folder => t(
                "200/CHDIR: systemd could not change to the working directory.",
                "200/CHDIR：systemd無法切換到工作目錄。",
            ),
            Cause::Account => {
                t("217/USER: systemd could not find the user.", "217/USER：systemd找不到該使用者。")
            }
            Cause::Unknown => t(
                "137 is SIGKILL, and the OOM flag or result says nothing of memory. Who sent it (a person, a script, the platform) is not shown: look for it before naming a cause.",
                "137是SIGKILL，而OOM旗標或結果都沒有提到記憶體。是誰送的（人、指令碼或平台）看不出來：找到證據前不要下結論。",
            ),
        }
    }

    fn ran(&self) -> Last {
        let ran = (self.end - self.started).num_seconds();
        (
            "ran",
            t("How long it ran, in seconds", "它執行了幾秒"),
            t(format!("From start to end: {ran} s."), format!("從開始到結束：{ran}秒。")),
            Answer::Number { value: ran as f64, tolerance: 1.0, unit: Unit::Seconds, traps: Vec::new() },
        )
    }

    fn stamp(&self, at: NaiveDateTime) -> String {
        format!("{}.{:09}+08:00", at.format("%Y-%m-%dT%H:%M:%S"), self.nanos)
    }

    /// What the kernel logs when this process is killed for memory, by running a small host until it happens.
    fn oom(&self, path: &str, own_limit: bool) -> String {
        let memory = Memory {
            total: 7_900_000,
            kernel: 380_000,
            reclaimable: 120_000,
            buffers: 30_000,
            files: 900_000,
            wanted: 900_000,
            kept: 110_000,
            shmem: 1_200,
            low: 45_000,
            ..Memory::default()
        };
        let mut host = Host::new("ip-10-0-3-17", 2, memory, self.started, self.end - TimeDelta::seconds(1));
        let mut process = Process::new(self.pid, "app", 1000, self.program, self.started);
        process.unit = path.ends_with(".service").then(|| format!("{}.service", self.app));
        // It wants more than there is in its last second.
        let room = if own_limit { self.limit * 1024 } else { 7_300_000 };
        process.anon = room - 900;
        process.virtual_kib = room + room / 2 + 260_000;
        process.growth = Growth::Linear(60_000.0);
        if own_limit {
            host.cgroups.push(Cgroup {
                path: path.to_owned(),
                limit: Some(self.limit * 1024),
                cpu_percent: None,
                hits: u64::from(self.pid % 400),
            });
            process.cgroup = Some(0);
            // The kubelet sets it for burstable pods.
            if path.starts_with("/kubepods") {
                process.adjust = 900 + (self.pid % 90) as i32;
            }
        }
        let mut journald = Process::new(311, "root", 0, "systemd-journal", host.booted);
        journald.adjust = -250;
        host.processes = vec![journald, process];
        host.step(1);
        let Some(kill) = host.kills.first() else { return String::new() };
        let mut kill = kill.clone();
        // Some of it is the kernel's: page tables, stacks, buffers. What did not fit was never given.
        kill.anon = room / 1000 * 983;
        let pages = (kill.anon + kill.files) / 4;
        for task in kill.tasks.iter_mut().chain([&mut kill.victim]).filter(|task| task.pid == self.pid) {
            task.resident = pages;
        }
        render::oom(&host, &kill, self.pid % 2)
    }

    fn limit_asked(&self) -> Last {
        let limit = self.limit;
        (
            "limit",
            t("The memory limit that was reached, in MiB", "達到的記憶體上限，以MiB表示"),
            t(
                format!("The kernel's `limit {}kB` is {} / 1024 = {limit} MiB.", limit * 1024, limit * 1024),
                format!("核心紀錄的`limit {}kB`就是{} / 1024 = {limit} MiB。", limit * 1024, limit * 1024),
            ),
            Answer::Number {
                value: limit as f64,
                tolerance: 0.5,
                unit: Unit::MiB,
                traps: vec![Trap::new(limit * 1024, t("That is in KiB.", "那是KiB。"))],
            },
        )
    }

    fn docker(&self, draw: &mut Draw, cause: Cause) -> (Vec<Evidence>, u32, Last) {
        let app = self.app;
        let status = match cause {
            Cause::Limit | Cause::Grace | Cause::Unknown => 137,
            Cause::Stopped => 143,
            Cause::Crash => 139,
            Cause::Abort => 134,
            Cause::Missing => 127,
            Cause::Forbidden => 126,
            _ => self.own,
        };
        let never = matches!(cause, Cause::Missing | Cause::Forbidden);
        let command = *draw.pick(&["/entrypoint.sh", "/app/start", "/usr/local/bin/serve", "/opt/run.sh"]);
        let error = match cause {
            Cause::Missing => format!(
                "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: \"{command}\": stat {command}: no such file or directory: unknown"
            ),
            Cause::Forbidden => format!(
                "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: \"{command}\": permission denied: unknown"
            ),
            _ => String::new(),
        };
        let utc = |at: NaiveDateTime| {
            format!("{}.{:09}Z", (at - TimeDelta::hours(8)).format("%Y-%m-%dT%H:%M:%S"), self.nanos)
        };
        let zero = "0001-01-01T00:00:00Z".to_owned();
        let state = format!(
            "{{\"Status\":\"{}\",\"Running\":false,\"Paused\":false,\"Restarting\":false,\"OOMKilled\":{},\"Dead\":false,\"Pid\":0,\"ExitCode\":{status},\"Error\":{},\"StartedAt\":\"{}\",\"FinishedAt\":\"{}\"}}",
            if never { "created" } else { "exited" },
            cause == Cause::Limit,
            serde_json::Value::from(error),
            if never { zero.clone() } else { utc(self.started) },
            if never { zero } else { utc(self.end) },
        );
        let mut evidence = vec![shown(
            EvidenceType::Command,
            format!("$ docker inspect --format '{{{{json .State}}}}' {app}\n{state}"),
        )];
        let event = |at: NaiveDateTime, what: &str, attributes: String| {
            format!("{} container {what} {} ({attributes})", self.stamp(at), self.hexes)
        };
        let ran = (self.end - self.started).num_seconds();
        let named = format!("image={}, name={app}", self.image);
        let die = event(self.end, "die", format!("execDuration={ran}, exitCode={status}, {named}"));
        let kill = |at: NaiveDateTime, signal: u32| event(at, "kill", format!("{named}, signal={signal}"));
        let lines = match cause {
            Cause::Grace => {
                vec![kill(self.end - TimeDelta::seconds(self.grace.into()), 15), kill(self.end, 9), die]
            }
            Cause::Stopped => vec![kill(self.end, 15), die],
            _ => Vec::new(),
        };
        if !lines.is_empty() {
            let since = (self.end - TimeDelta::minutes(1)).format("%Y-%m-%dT%H:%M:%S");
            let until = (self.end + TimeDelta::minutes(1)).format("%Y-%m-%dT%H:%M:%S");
            evidence.push(shown(
                EvidenceType::Command,
                format!(
                    "$ docker events --since {since} --until {until} --filter container={app} --filter event=kill --filter event=die\n{}",
                    lines.join("\n")
                ),
            ));
        }
        let last = match cause {
            Cause::Limit => {
                let log = self.oom(&format!("/system.slice/docker-{}.scope", self.hexes), true);
                evidence.push(shown(EvidenceType::Log, log));
                self.limit_asked()
            }
            Cause::Grace => self.grace_asked(),
            Cause::Missing | Cause::Forbidden => self.never_asked(),
            _ => self.ran(),
        };
        (evidence, status, last)
    }

    fn grace_asked(&self) -> Last {
        let grace = self.grace;
        (
            "grace",
            t("Seconds from SIGTERM (or the stop) to SIGKILL", "從SIGTERM（或開始停止）到SIGKILL隔了幾秒"),
            t(format!("The grace period was {grace} s."), format!("寬限時間是{grace}秒。")),
            Answer::Number { value: grace.into(), tolerance: 0.5, unit: Unit::Seconds, traps: Vec::new() },
        )
    }

    fn never_asked(&self) -> Last {
        let options = vec![
            Choice::new(
                t("It was created but its program never started", "容器已建立，但程式從未啟動"),
                t(
                    "`Status` is `created`, and the start time is the zero of its type.",
                    "`Status`是`created`，開始時間是零值。",
                ),
            ),
            Choice::new(
                t("Its program started and ended at once", "程式啟動後馬上結束"),
                t(
                    "Then the status would be `exited` and the start time a real one.",
                    "那樣狀態會是`exited`，開始時間也會是真的。",
                ),
            ),
            Choice::new(
                t("Its program is still starting", "程式還在啟動中"),
                t("There is an exit code and an error already.", "已經有結束碼與錯誤訊息了。"),
            ),
        ];
        (
            "started",
            t("What became of its program", "裡面的程式後來如何"),
            t(
                "The runtime could not execute it: nothing of the application has run.",
                "執行階段無法執行它：應用程式完全沒有跑起來。",
            ),
            Answer::Choice { options, right: 0 },
        )
    }

    fn kubernetes(&self, draw: &mut Draw, cause: Cause) -> (Vec<Evidence>, u32, Last) {
        let app = self.app;
        let status = match cause {
            Cause::Limit | Cause::Unknown => 137,
            Cause::Probe => {
                if self.stubborn {
                    137
                } else {
                    143
                }
            }
            Cause::Crash => 139,
            Cause::Abort => 134,
            _ => self.own,
        };
        let reason = if cause == Cause::Limit { "OOMKilled" } else { "Error" };
        let pod = format!(
            "{app}-{}-{}",
            &self.hexes[..9],
            draw.pick(&["x2k8p", "7tqzm", "bn4wd", "q9rhl", "m5vcf"])
        );
        let shown_time = |at: NaiveDateTime| format!("{} +0800", at.format("%a, %d %b %Y %H:%M:%S"));
        let mut evidence = vec![shown(
            EvidenceType::Command,
            format!(
                "$ kubectl describe pod {pod} | grep -A 6 'Last State:'\n    Last State:     Terminated\n      Reason:       {reason}\n      Exit Code:    {status}\n      Started:      {}\n      Finished:     {}\n    Ready:          True\n    Restart Count:  {}",
                shown_time(self.started),
                shown_time(self.end),
                draw.int(1u32, 9)
            ),
        )];
        let mut events: Vec<[String; 5]> =
            vec![["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"].map(str::to_owned)];
        let row = |seen: &str, kind: &str, reason: &str, message: String| {
            [seen.to_owned(), kind.to_owned(), reason.to_owned(), format!("pod/{pod}"), message]
        };
        // After the grace period of 30 seconds, or as soon as it ends.
        let again = if self.stubborn { "4m8s" } else { "4m38s" };
        if cause == Cause::Probe {
            let port = *draw.pick(&[8080, 3000, 8000, 9090]);
            let failed = format!(
                "Liveness probe failed: Get \"http://10.0.{}.{}:{port}/healthz\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
                draw.int(1u32, 9),
                draw.int(10u32, 250)
            );
            events.push(row("5m", "Warning", "Unhealthy", failed));
            events.push(row(
                "4m40s",
                "Normal",
                "Killing",
                format!("Container {app} failed liveness probe, will be restarted"),
            ));
        }
        events.push(row(
            again,
            "Normal",
            "Pulled",
            format!("Container image \"{}\" already present on machine", self.image),
        ));
        events.push(row(again, "Normal", "Created", format!("Created container {app}")));
        events.push(row(again, "Normal", "Started", format!("Started container {app}")));
        // Columns are as wide as they need, and three spaces.
        let widths: Vec<usize> = (0..4)
            .map(|column| {
                events.iter().filter_map(|row| row.get(column)).map(String::len).max().unwrap_or(0) + 3
            })
            .collect();
        let line = |row: &[String; 5]| {
            let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
            cells.collect::<String>() + &row[4]
        };
        let events: Vec<String> = events.iter().map(line).collect();
        evidence.push(shown(
            EvidenceType::Command,
            format!("$ kubectl get events --field-selector involvedObject.name={pod}\n{}", events.join("\n")),
        ));
        let last = if cause == Cause::Limit {
            let path = format!(
                "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{}_{}_{}_{}_{}.slice/cri-containerd-{}.scope",
                draw.hex(8),
                draw.hex(4),
                draw.hex(4),
                draw.hex(4),
                draw.hex(12),
                self.hexes
            );
            evidence.push(shown(EvidenceType::Log, self.oom(&path, true)));
            if draw.percent(50) { self.limit_asked() } else { self.ran() }
        } else {
            self.ran()
        };
        (evidence, status, last)
    }

    fn systemd(&self, draw: &mut Draw, cause: Cause) -> (Vec<Evidence>, u32, Last) {
        let (app, pid) = (self.app, self.pid);
        let unit = format!("{app}.service");
        let host = "ip-10-0-3-17";
        let about = format!(
            "{unit} - {} service",
            app.chars()
                .enumerate()
                .map(|(i, c)| if i == 0 { c.to_ascii_uppercase() } else { c })
                .collect::<String>()
        );
        let line = |at: NaiveDateTime, source: &str, text: &str| {
            format!("{}{text}", render::journal(at, host, source))
        };
        let manager = |at: NaiveDateTime, text: String| line(at, "systemd[1]", &text);
        let child = format!("(run)[{pid}]");
        let exec = format!("/opt/{app}/bin/run");
        let end = self.end;
        let stop = end - TimeDelta::seconds(self.grace.into());
        let exited = |status: &str| manager(end, format!("{unit}: Main process exited, code={status}"));
        let failed = |result: &str| manager(end, format!("{unit}: Failed with result '{result}'."));
        let step = |name: &str, first: String, error: &str| {
            vec![
                line(end, &child, &format!("{unit}: {first}")),
                line(end, &child, &format!("{unit}: Failed at step {name} spawning {exec}: {error}")),
            ]
        };
        let oom = manager(end, format!("{unit}: A process of this unit has been killed by the OOM killer."));
        let (mut lines, status): (Vec<String>, u32) = match cause {
            Cause::Limit | Cause::HostMemory => {
                (vec![oom, exited("killed, status=9/KILL"), failed("oom-kill")], 137)
            }
            Cause::Grace => (
                vec![
                    manager(stop, format!("Stopping {about}...")),
                    manager(end, format!("{unit}: State 'stop-sigterm' timed out. Killing.")),
                    manager(
                        end,
                        format!("{unit}: Killing process {pid} ({}) with signal SIGKILL.", self.program),
                    ),
                    exited("killed, status=9/KILL"),
                    failed("timeout"),
                    manager(end, format!("Stopped {about}.")),
                ],
                137,
            ),
            Cause::Stopped => (
                vec![
                    manager(end, format!("Stopping {about}...")),
                    exited("exited, status=143/n/a"),
                    failed("exit-code"),
                    manager(end, format!("Stopped {about}.")),
                ],
                143,
            ),
            Cause::Crash => (vec![exited("dumped, status=11/SEGV"), failed("core-dump")], 139),
            Cause::Missing | Cause::Forbidden => {
                let error =
                    if cause == Cause::Missing { "No such file or directory" } else { "Permission denied" };
                let mut lines = step("EXEC", format!("Failed to locate executable {exec}: {error}"), error);
                lines.extend([exited("exited, status=203/EXEC"), failed("exit-code")]);
                (lines, 203)
            }
            Cause::Folder => {
                let error = "No such file or directory";
                let mut lines = step(
                    "CHDIR",
                    format!("Changing to the requested working directory failed: {error}"),
                    error,
                );
                lines.extend([exited("exited, status=200/CHDIR"), failed("exit-code")]);
                (lines, 200)
            }
            Cause::Account => {
                let error = "No such process";
                let mut lines = step("USER", format!("Failed to determine user credentials: {error}"), error);
                lines.extend([exited("exited, status=217/USER"), failed("exit-code")]);
                (lines, 217)
            }
            _ => (vec![exited("killed, status=9/KILL"), failed("signal")], 137),
        };
        if !matches!(cause, Cause::Missing | Cause::Forbidden | Cause::Folder | Cause::Account) {
            lines.insert(0, manager(self.started, format!("Started {about}.")));
        }
        let mut evidence = vec![shown(
            EvidenceType::Command,
            format!("$ journalctl -u {unit} --no-pager -n {}\n{}", lines.len(), lines.join("\n")),
        )];
        let unstarted = matches!(cause, Cause::Missing | Cause::Forbidden | Cause::Folder | Cause::Account);
        let shell = if unstarted {
            (
                "shell",
                t("The exit status of systemd's child, as a number", "systemd的子行程結束時的狀態碼（數字）"),
                t(
                    format!(
                        "`code=exited` gives the status itself: {status}. It is systemd's own; a shell that cannot find or execute a command says 127 or 126."
                    ),
                    format!(
                        "`code=exited`就是狀態本身：{status}。這是systemd自己的碼；shell找不到或無法執行指令時是127或126。"
                    ),
                ),
                Answer::count(status.into(), Vec::new()),
            )
        } else {
            (
                "shell",
                t(
                    "`$?` of a shell, had it run the process and seen it end like this",
                    "若由shell執行這個行程並看到同樣的結局，`$?`是多少",
                ),
                t(
                    format!("`code=killed` gives 128 + n, `code=exited` the status itself: {status}."),
                    format!("`code=killed`是128 + n，`code=exited`就是狀態本身：{status}。"),
                ),
                Answer::count(status.into(), Vec::new()),
            )
        };
        let last = match cause {
            Cause::Limit | Cause::HostMemory => {
                evidence.push(shown(
                    EvidenceType::Log,
                    self.oom(&format!("/system.slice/{unit}"), cause == Cause::Limit),
                ));
                if cause == Cause::Limit && draw.percent(50) { self.limit_asked() } else { shell }
            }
            Cause::Grace => self.grace_asked(),
            _ => shell,
        };
        (evidence, status, last)
    }
}
