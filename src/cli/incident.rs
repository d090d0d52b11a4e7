//! Incidents in the terminal: a case by seed, played for its own sake; nothing is graded.

use std::io::{BufRead, Write};

use clap::Args;
use divedeep::bank::{Bank, Source};
use divedeep::cloud::Seed;
use divedeep::error::Error;
use divedeep::incident::{
    self, Case, Debrief, Diagnosis, Guess, Play, Series, Step, StepKind, parts_in, score,
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
            let mut parts = text.split_whitespace();
            let verb = parts.next().unwrap_or_default();
            let number = parts.next().and_then(|number| number.parse::<usize>().ok());
            let place = number.and_then(|number| number.checked_sub(1));
            match (verb, place) {
                ("q", _) => return Ok(false),
                ("end", _) => return Ok(true),
                ("m", _) => self.menu(out)?,
                ("c", Some(place)) => self.check(place, out)?,
                ("h", Some(place)) => self.judge(place, parts.next().unwrap_or_default(), out)?,
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
            let cost = if asked { "✓".to_owned() } else { format!("{} min", check.minutes) };
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
            writeln!(out, " {:2}  {} · {} min", place + 1, self.line(&action.text), action.minutes)?;
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
            _ => writeln!(out, "{}", self.words.pick("One of + - =", "請用 + - = 其中一個"))?,
        }
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

    /// Takes the update and the post-incident action; false when the input ended.
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
        self.step(StepKind::Update, "update", 5);
        let questions = [
            words.pick("What changes, so that it stays away? > ", "改變什麼機制，避免再發生？ > "),
            words.pick("Who does it? > ", "由誰負責？ > "),
            words.pick("By when? > ", "什麼時候完成？ > "),
        ];
        let mut answers = Vec::new();
        for question in questions {
            let Typed::Text(text) = ask(input, out, &question)? else { return Ok(false) };
            answers.push(text);
        }
        let mut answers = answers.into_iter();
        let mut next = || answers.next().unwrap_or_default();
        self.play.post = incident::PostAction { mechanism: next(), owner: next(), date: next() };
        Ok(true)
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
        for one in &self.record.hypotheses {
            writeln!(out, "  - {}", self.line(&one.why))?;
        }
        let name = |id: &String| {
            self.record
                .checks
                .iter()
                .find(|check| check.id == *id)
                .map(|check| self.line(&check.name))
                .unwrap_or_default()
        };
        writeln!(
            out,
            "\n{} {}/30: {} min; {} {} min: {}",
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
            writeln!(out, "  {did} {} {}", self.line(&action.text), self.line(&action.why))?;
        }
        writeln!(out, "\n{} {}/20", words.pick("Update", "更新"), debrief.update_points)?;
        if self.record.hypotheses.first().is_none_or(|usual| usual.id != debrief.cause) {
            let note = "Written for the usual cause; here it was another, so known, next step and prevention differ.";
            writeln!(
                out,
                "  {}",
                words.pick(
                    note,
                    "以下是為常見的原因寫的，這次是另一個，所以已知情況、下一步與預防措施會不同。"
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
