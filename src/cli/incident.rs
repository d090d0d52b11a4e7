//! Incidents in the terminal: a case by seed, played for its own sake; nothing is graded.

use std::io::{BufRead, Write};

use clap::Args;
use divedeep::bank::{Bank, Source};
use divedeep::cloud::Seed;
use divedeep::drill::plain;
use divedeep::error::Error;
use divedeep::incident::{
    self, Case, Debrief, Diagnosis, Guess, Play, PostPart, Series, Step, StepKind, parts_in, score,
};
use divedeep::model::{Aim, Incident, Language, Text, UpdatePart, blocks, inlines};

use super::practice::{Typed, ask};
use super::{Stop, Words, line, lines, print_json};

/// An incident by seed, or the list of them.
#[derive(Args)]
pub struct IncidentArguments {
    /// An incident, I01 to I24, or `list`.
    incident: String,
    /// A number or a word; the same seed gives the same case everywhere. Without one, a new case is drawn.
    #[arg(long)]
    seed: Option<Seed>,
    /// As JSON, with all its evidence and its cause.
    #[arg(long)]
    json: bool,
}

/// A case at the terminal.
struct Desk<'a> {
    record: &'a Incident,
    case: &'a Case,
    words: Words,
    play: Play,
}

impl IncidentArguments {
    /// Does it.
    pub fn run(
        self,
        source: &Source,
        language: Language,
        new_seed: impl FnOnce() -> u32,
        input: &mut impl BufRead,
        out: &mut impl Write,
    ) -> Result<(), Stop> {
        let bank = Bank::read(source)?;
        if self.incident == "list" {
            return list(&bank, language, self.json, out);
        }
        let missing = || Error::NoSuchItem { item: self.incident.clone() };
        let world = incident::world(&self.incident).ok_or_else(missing)?;
        let record = bank.incidents().find(|record| record.id == world.id).ok_or_else(missing)?;
        let seed = self.seed.unwrap_or_else(|| Seed(new_seed()));
        let cause = incident::cause_of(record, seed);
        let case = world.case(cause, seed);
        if self.json {
            return print_json(out, &serde_json::json!({ "case": case, "record": record }));
        }
        let diagnosis = Diagnosis::new(world, seed, cause, &record.checks);
        let mut desk = Desk { record, case: &case, words: Words(language), play: Play::default() };
        if desk.sit(input, out)? {
            let debrief = score(&desk.play, &diagnosis, &record.actions);
            desk.print_debrief(&debrief, out)?;
        }
        Ok(())
    }
}

fn list(bank: &Bank, language: Language, json: bool, out: &mut impl Write) -> Result<(), Stop> {
    let mut records: Vec<_> =
        bank.incidents().filter(|record| incident::world(&record.id).is_some()).collect();
    records.sort_by_key(|record| &record.id);
    if json {
        let row = |record: &&Incident| {
            serde_json::json!({
                "id": record.id, "title": record.title, "symptom": record.symptom, "severity": record.severity,
                "domain": record.domain, "topic": record.topic, "depth": record.depth, "skills": record.skills,
            })
        };
        return print_json(out, &records.iter().map(row).collect::<Vec<_>>());
    }
    for record in records {
        writeln!(out, "{}  {}", record.id, record.title.get(language))?;
    }
    Ok(())
}

impl Desk<'_> {
    fn text(&self, text: &Text) -> String {
        self.case.scene.fill(&self.words.pick(&text.en, &text.zh_tw))
    }

    fn line(&self, text: &Text) -> String {
        line(&inlines(&self.text(text)))
    }

    fn minute(&self) -> u32 {
        self.play.steps.last().map_or(0, |step| step.minute)
    }

    fn step(&mut self, kind: StepKind, id: &str, minutes: u32) {
        let minute = self.minute() + minutes;
        self.play.steps.push(Step { kind, id: id.to_owned(), minute });
    }

    /// Plays until the case is closed; false when the input ended or the learner left.
    fn sit(&mut self, input: &mut impl BufRead, out: &mut impl Write) -> Result<bool, Stop> {
        let words = self.words;
        let Case { incident, seed, version, .. } = self.case;
        writeln!(
            out,
            "{incident} · {} {seed} · {} {version}\n",
            words.pick("seed", "種子"),
            words.pick("version", "版本")
        )?;
        writeln!(out, "{}\n", self.line(&self.record.title))?;
        for text in lines(&blocks(&self.text(&self.record.customer)), "  > ") {
            writeln!(out, "{text}")?;
        }
        for note in &self.record.notes {
            writeln!(out, "  - {}", self.line(&note.text))?;
        }
        self.menu(out)?;
        loop {
            let prompt = format!(
                "\n{} {}:{:02} > ",
                words.pick(
                    "[c N check · h N + - = · a N act · u update · m menu · end · q]",
                    "[c N 檢查 · h N + - = · a N 行動 · u 更新 · m 選單 · end · q]"
                ),
                self.minute() / 60,
                self.minute() % 60
            );
            let Typed::Text(text) = ask(input, out, &prompt)? else { return Ok(false) };
            let (verb, number, mark) = told(&text);
            let place = number.and_then(|number| number.checked_sub(1));
            match (verb.as_str(), place) {
                ("q", _) => return Ok(false),
                ("end", _) => {
                    self.post(input, out)?;
                    return Ok(true);
                }
                ("m", _) => self.menu(out)?,
                ("c", Some(place)) => self.check(place, out)?,
                ("h", Some(place)) => self.judge(place, &mark, out)?,
                ("a", Some(place)) => self.act(place, out)?,
                ("u", _) => {
                    if !self.update(input, out)? {
                        return Ok(false);
                    }
                }
                _ => writeln!(out, "{}", words.pick("`m` shows what can be done.", "輸入m看可以做什麼。"))?,
            }
        }
    }

    fn menu(&self, out: &mut impl Write) -> Result<(), Stop> {
        let words = self.words;
        writeln!(out, "\n{}", words.pick("Evidence (c N)", "證據（c N）"))?;
        for (place, check) in self.record.checks.iter().enumerate() {
            let asked =
                self.play.steps.iter().any(|step| step.kind == StepKind::Check && step.id == check.id);
            let cost = if asked {
                "✓".to_owned()
            } else {
                format!("{} {}", check.minutes, words.pick("min", "分鐘"))
            };
            writeln!(out, " {:2}  {} · {cost}", place + 1, self.line(&check.name))?;
        }
        let legend = words.pick(
            "Hypotheses (h N +: supported, -: ruled out, =: the cause)",
            "假設（h N +：證據相符，-：已排除，=：就是原因）",
        );
        writeln!(out, "\n{legend}")?;
        for (place, one) in self.record.hypotheses.iter().enumerate() {
            let mark = match self.play.marks.get(&one.id) {
                Some(incident::Mark::Supported) => "+",
                Some(incident::Mark::RuledOut) => "-",
                None => " ",
            };
            let named = if self.play.cause.as_deref() == Some(&one.id) { "=" } else { mark };
            writeln!(out, "{named}{:2}  {}", place + 1, self.line(&one.claim))?;
        }
        writeln!(out, "\n{}", words.pick("Actions (a N)", "行動（a N）"))?;
        for (place, action) in self.record.actions.iter().enumerate() {
            let minutes = words.pick("min", "分鐘");
            writeln!(out, " {:2}  {} · {} {minutes}", place + 1, self.line(&action.text), action.minutes)?;
        }
        Ok(())
    }

    fn check(&mut self, place: usize, out: &mut impl Write) -> Result<(), Stop> {
        let Some(check) = self.record.checks.get(place) else { return Ok(()) };
        if !self.play.steps.iter().any(|step| step.kind == StepKind::Check && step.id == check.id) {
            self.step(StepKind::Check, &check.id, check.minutes);
        }
        let Some(view) = self.case.scene.views.get(&check.id) else { return Ok(()) };
        for evidence in &view.evidence {
            writeln!(out)?;
            for text in evidence.text.trim_matches('\n').lines() {
                writeln!(out, "    {text}")?;
            }
        }
        for series in &view.series {
            writeln!(out, "\n    {}", sparkline(series))?;
        }
        Ok(())
    }

    fn judge(&mut self, place: usize, mark: &str, out: &mut impl Write) -> Result<(), Stop> {
        let Some(one) = self.record.hypotheses.get(place) else { return Ok(()) };
        match mark {
            "+" => drop(self.play.marks.insert(one.id.clone(), incident::Mark::Supported)),
            "-" => drop(self.play.marks.insert(one.id.clone(), incident::Mark::RuledOut)),
            "=" => {
                self.play.cause = Some(one.id.clone());
                self.step(StepKind::Cause, &one.id, 0);
            }
            _ => {
                writeln!(out, "{}", self.words.pick("One of + - =", "請用 + - = 其中一個"))?;
                return Ok(());
            }
        }
        writeln!(out, "{mark} {}", self.line(&one.claim))?;
        Ok(())
    }

    fn act(&mut self, place: usize, out: &mut impl Write) -> Result<(), Stop> {
        let Some(action) = self.record.actions.get(place) else { return Ok(()) };
        self.step(StepKind::Act, &action.id, action.minutes);
        let helps = action.helps.contains(&self.case.cause);
        let told = match (action.harm && !helps, helps, action.aim) {
            (true, ..) => self.words.pick("It made things worse.", "情況變得更糟。"),
            (_, true, Aim::Restore) => self.words.pick("The customer works again.", "客戶恢復正常了。"),
            (_, false, Aim::Restore) => {
                self.words.pick("Nothing changed for the customer.", "客戶的狀況沒有改變。")
            }
            (_, _, Aim::Prevent) => self.words.pick("Done.", "已完成。"),
        };
        writeln!(out, "{told}")?;
        Ok(())
    }

    /// Takes an update; false when the input ended.
    fn update(&mut self, input: &mut impl BufRead, out: &mut impl Write) -> Result<bool, Stop> {
        let words = self.words;
        let mut said = Vec::new();
        let note = words.pick("Your update; an empty line sends it.", "輸入更新內容，空行送出。");
        writeln!(out, "{note}")?;
        loop {
            match ask(input, out, "| ")? {
                Typed::End => return Ok(false),
                Typed::Text(text) if text.is_empty() => break,
                Typed::Text(text) => said.push(text),
            }
        }
        if said.is_empty() {
            return Ok(true);
        }
        self.play.update = said.join("\n");
        self.play.parts = parts_in(&self.play.update).into_iter().map(|(part, _)| part).collect();
        self.confirm_parts(input, out)?;
        self.step(StepKind::Update, "update", 5);
        Ok(true)
    }

    /// Says which parts the update seems to have, and lets the writer overrule it: patterns do not understand.
    fn confirm_parts(&mut self, input: &mut impl BufRead, out: &mut impl Write) -> Result<(), Stop> {
        const ALL: [(char, UpdatePart); 4] = [
            ('i', UpdatePart::Impact),
            ('k', UpdatePart::Known),
            ('n', UpdatePart::NextStep),
            ('t', UpdatePart::NextTime),
        ];
        let words = self.words;
        for (letter, part) in ALL {
            let mark = if self.play.parts.contains(&part) { "✓" } else { " " };
            writeln!(out, " {mark} {letter}  {}", part_name(part, words))?;
        }
        let question = words.pick(
            "That is what it seems to say. Letters of what it really says, or an empty line > ",
            "看起來有這些部分。輸入實際寫到的部分的字母，或直接按Enter > ",
        );
        let Typed::Text(text) = ask(input, out, &question)? else { return Ok(()) };
        let typed = plain(&text);
        if !typed.is_empty() {
            let said = ALL.into_iter().filter(|(letter, _)| typed.contains(*letter));
            self.play.parts = said.map(|(_, part)| part).collect();
        }
        Ok(())
    }

    /// Asks for the post-incident action; an empty line, or the end of the input, leaves a part out.
    fn post(&mut self, input: &mut impl BufRead, out: &mut impl Write) -> Result<(), Stop> {
        let words = self.words;
        writeln!(out, "\n{}", words.pick("So that it stays away:", "避免再發生："))?;
        let questions = [
            words.pick("What changes? > ", "改變什麼機制？ > "),
            words.pick("Who does it? > ", "由誰負責？ > "),
            words.pick("By when? > ", "什麼時候完成？ > "),
        ];
        let post = &mut self.play.post;
        for (question, answer) in questions.iter().zip([&mut post.mechanism, &mut post.owner, &mut post.date])
        {
            let Typed::Text(text) = ask(input, out, question)? else { return Ok(()) };
            *answer = text;
        }
        Ok(())
    }

    fn print_debrief(&self, debrief: &Debrief, out: &mut impl Write) -> Result<(), Stop> {
        let words = self.words;
        writeln!(out, "\n{} / 100", debrief.points)?;
        let guess = match debrief.guess {
            Guess::Proved => words.pick("named, and proved", "指名正確，證據充分"),
            Guess::Lucky => {
                words.pick("named, but the evidence had not settled it", "指名正確，但證據還不足以確定")
            }
            Guess::Wrong => words.pick("another was named", "指名了別的原因"),
            Guess::None => words.pick("none was named", "沒有指名原因"),
        };
        let claim = |id: &str| self.record.hypotheses.iter().find(|one| one.id == id);
        let cause = claim(&debrief.cause).map(|one| self.line(&one.claim)).unwrap_or_default();
        writeln!(out, "\n{} {}/25: {cause} ({guess})", words.pick("Cause", "原因"), debrief.cause_points)?;
        let why = |id: &str| {
            claim(id)
                .and_then(|one| self.record.why_hypothesis(one, &debrief.cause))
                .map(|why| self.line(why))
        };
        if let Some(why) = why(&debrief.cause) {
            writeln!(out, "  {why}")?;
        }
        for one in self.record.hypotheses.iter().filter(|one| one.id != debrief.cause) {
            writeln!(out, "  - {} {}", self.line(&one.claim), why(&one.id).unwrap_or_default())?;
        }
        let name = |id: &String| {
            self.record
                .checks
                .iter()
                .find(|check| check.id == *id)
                .map(|check| self.line(&check.name))
                .unwrap_or_default()
        };
        let unit = words.pick("min", "分鐘");
        writeln!(
            out,
            "\n{} {}/30: {} {unit}; {} {} {unit}: {}",
            words.pick("Evidence", "證據"),
            debrief.evidence_points,
            debrief.minutes,
            words.pick("the cheapest way", "最省時的做法"),
            debrief.best_minutes,
            debrief.best.iter().map(name).collect::<Vec<_>>().join(" → ")
        )?;
        for check in &debrief.checks {
            writeln!(out, "  - {}: {:.1} bit", name(&check.id), check.bits)?;
        }
        writeln!(out, "\n{} {}/20", words.pick("Order", "順序"), debrief.order_points)?;
        for action in &self.record.actions {
            let did = if debrief.actions.iter().any(|did| did.id == action.id) { "*" } else { "-" };
            let why = self.record.why_action(action, &debrief.cause).map(|why| self.line(why));
            writeln!(out, "  {did} {} {}", self.line(&action.text), why.unwrap_or_default())?;
        }
        writeln!(out, "\n{} {}/20", words.pick("Update", "更新"), debrief.update_points)?;
        if !self.record.is_usual(&debrief.cause) {
            let note = "Written for the usual cause; here it was another, so impact, known, next step and prevention differ.";
            writeln!(
                out,
                "  {}",
                words.pick(
                    note,
                    "以下是為常見的原因寫的，這次是另一個，所以影響、已知情況、下一步與預防措施會不同。"
                )
            )?;
        }
        for point in &self.record.update {
            let lacks = if debrief.missing.contains(&point.id) { "-" } else { "*" };
            writeln!(out, "  {lacks} {}: {}", part_name(point.id, words), self.line(&point.text))?;
        }
        for tone in &debrief.tone {
            writeln!(out, "  ! {}", tone.words)?;
        }
        writeln!(out, "\n{} {}/5", words.pick("So that it stays away", "避免再發生"), debrief.post_points)?;
        if !debrief.post_lacks.is_empty() {
            let name = |part: &PostPart| match part {
                PostPart::Mechanism => words.pick("what changes", "改變什麼"),
                PostPart::Owner => words.pick("who does it", "由誰負責"),
                PostPart::Date => words.pick("by when", "什麼時候完成"),
            };
            let lacks: Vec<_> = debrief.post_lacks.iter().map(name).collect();
            let said = words.pick("not said so that it can be checked:", "還沒寫到可以檢查的程度：");
            writeln!(out, "  ! {said} {}", lacks.join(&words.pick(", ", "、")))?;
        }
        for text in &self.record.prevention {
            writeln!(out, "  - {}", self.line(text))?;
        }
        writeln!(out, "\n{}", words.pick("Runbook", "處理手冊"))?;
        for (place, text) in self.record.runbook.iter().enumerate() {
            writeln!(out, " {:2} {}", place + 1, self.line(text))?;
        }
        Ok(())
    }
}

/// What was typed: a word, a number, a mark, with or without spaces, capital or full-width letters.
fn told(text: &str) -> (String, Option<usize>, String) {
    let plain = plain(text);
    let word: String = plain.chars().take_while(|letter| letter.is_alphabetic()).collect();
    let rest = plain.strip_prefix(word.as_str()).unwrap_or_default().trim_start();
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let mark = rest.strip_prefix(digits.as_str()).unwrap_or_default().trim();
    (word, digits.parse().ok(), mark.to_owned())
}

fn part_name(part: UpdatePart, words: Words) -> String {
    match part {
        UpdatePart::Impact => words.pick("impact", "影響"),
        UpdatePart::Known => words.pick("known", "已知"),
        UpdatePart::NextStep => words.pick("next step", "下一步"),
        UpdatePart::NextTime => words.pick("next time", "下次回報"),
    }
    .into_owned()
}

/// A metric in one line: its name, its bounds and its shape in eight heights.
fn sparkline(series: &Series) -> String {
    const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let low = series.points.iter().copied().fold(0.0, f64::min);
    let high = series.points.iter().copied().fold(low, f64::max);
    let shape = series.points.iter().map(|point| {
        let height = if high > low { (point - low) / (high - low) * 7.0 } else { 0.0 };
        HEIGHTS.get(height.round() as usize).copied().unwrap_or(' ')
    });
    format!("{} [{}] {low:.0}..{high:.4} {}", series.name, series.unit, shape.collect::<String>())
}
