// Generated from the Rust types by `cargo test types_for_the_window`. Do not edit.

export type Language = "en" | "zh-TW" | "zh-CN";

export type Text = { 
/**
 * English.
 */
en: string, 
/**
 * Chinese as written in Taiwan.
 */
"zh-TW": string, 
/**
 * Simplified Chinese: derived, so absent in what authors write.
 */
"zh-CN"?: string, };

export type ItemKind = string;

export type ItemRef = { 
/**
 * The kind.
 */
kind: ItemKind, 
/**
 * The id within the kind; never reused.
 */
id: string, };

export type StudyDay = number;

export type Grade = "again" | "hard" | "good" | "easy";

export type SessionKind = "today" | "browse";

export type AnswerMode = "thought" | "typed";

export type TrackId = string;

export type Level = "associate" | "engineer";

export type Domain = { 
/**
 * Kebab-case name, for example `aws-core`.
 */
id: string, 
/**
 * What learners see.
 */
name: Text, };

export type Status = "draft" | "reviewed" | "verified";

export type Frequency = "core" | "common" | "rare";

export type Volatility = "stable" | "slow" | "fast";

export type QuestionKind = "recall" | "explain" | "compare" | "command" | "output-reading" | "troubleshoot-step" | "estimate";

export type Direction = "deeper" | "sideways" | "check";

export type Prominence = "core" | "often" | "sometimes" | "rare";

export type EvidenceType = "command" | "log" | "json" | "sql-plan" | "packet" | "metric" | "config" | "table";

export type Provenance = "captured" | "adapted" | "synthetic";

export type Evidence = { 
/**
 * What it is.
 */
type: EvidenceType, 
/**
 * Where it comes from.
 */
provenance: Provenance, 
/**
 * What was changed or removed, in English, for example `addresses`.
 */
redactions?: Array<string>, 
/**
 * The text itself.
 */
text: string, };

export type Accept = { 
/**
 * The accepted text.
 */
text?: string, 
/**
 * The accepted number.
 */
value?: number, 
/**
 * How far off a number may be, in the same unit.
 */
tolerance?: number, 
/**
 * The number's unit.
 */
unit?: string, };

export type ReferenceType = "man" | "rfc" | "aws-doc" | "kernel-doc" | "k8s-doc" | "project-doc" | "standard" | "book";

export type Reference = { 
/**
 * What sort of source.
 */
type: ReferenceType, 
/**
 * The work: `proc(5)`, `RFC 9293`, `Amazon VPC User Guide`.
 */
work: string, 
/**
 * Section or page title within it.
 */
part: string, 
/**
 * Ids of the key points it supports.
 */
supports: Array<string>, 
/**
 * What it says, in a few words.
 */
note: string, };

export type Inline = { "type": "text", "text": string } | { "type": "code", "text": string } | { "type": "strong", "text": string } | { "type": "emphasis", "text": string };

export type Block = { "type": "paragraph", 
/**
 * Its words.
 */
inlines: Array<Inline>, } | { "type": "list", 
/**
 * Numbered or bulleted.
 */
ordered: boolean, 
/**
 * The items.
 */
items: Array<Array<Block>>, } | { "type": "code", 
/**
 * Language tag, may be empty.
 */
language: string, 
/**
 * The code.
 */
text: string, } | { "type": "table", 
/**
 * Header cells.
 */
header: Array<Array<Inline>>, 
/**
 * Body rows.
 */
rows: Array<Array<Array<Inline>>>, } | { "type": "quote", 
/**
 * Its blocks.
 */
blocks: Array<Block>, };

export type KeyPointView = { 
/**
 * Name within the question.
 */
id: string, 
/**
 * 1 to 3.
 */
weight: number, 
/**
 * Whether an answer without it fails.
 */
must: boolean, 
/**
 * The point.
 */
text: Array<Inline>, };

export type MistakeView = { 
/**
 * What people say.
 */
claim: Array<Inline>, 
/**
 * Why it is wrong.
 */
why: Array<Inline>, };

export type ProbeView = { 
/**
 * Where a technical follow-up leads; none for a behavioural probe.
 */
direction: Direction | null, 
/**
 * The question.
 */
text: Array<Inline>, 
/**
 * The item that answers it, if there is one.
 */
item: ItemRef | null, };

export type PrincipleView = { 
/**
 * English name, which interviewers use in every language.
 */
name: string, 
/**
 * The name in the face's language, where that is not English.
 */
gloss: string | null, 
/**
 * Whether the gloss was checked against an official page.
 */
gloss_checked: boolean, 
/**
 * What the principle is about.
 */
looks_for: Array<Inline>, 
/**
 * How often support interviews ask for it.
 */
prominence: Prominence, 
/**
 * English names of other principles the same story can serve.
 */
serves: Array<string>, };

export type TermProbeView = { 
/**
 * The term.
 */
term: string, 
/**
 * The question about it.
 */
item: ItemRef, };

export type Face = { 
/**
 * What the interviewer says.
 */
prompt: Array<Block>, 
/**
 * A full spoken answer; empty for a behavioural prompt, whose answer is the learner's own story.
 */
answer: Array<Block>, 
/**
 * One sentence to open with; empty for a behavioural prompt.
 */
say_it: Array<Inline>, 
/**
 * The checklist; empty for a behavioural prompt.
 */
key_points: Array<KeyPointView>, 
/**
 * What people get wrong.
 */
mistakes: Array<MistakeView>, 
/**
 * What is asked next.
 */
probes: Array<ProbeView>, 
/**
 * For a behavioural prompt: what interviewers look for.
 */
looks_for: Array<Inline>, 
/**
 * For a behavioural prompt: what makes an answer fail.
 */
red_flags: Array<Array<Inline>>, 
/**
 * For a behavioural prompt: its principle.
 */
principle: PrincipleView | null, };

export type ItemView = { 
/**
 * Its name.
 */
item: ItemRef, 
/**
 * Its revision.
 */
revision: number, 
/**
 * Domain id.
 */
domain: string, 
/**
 * Topic id; the principle's id for prompts.
 */
topic: string, 
/**
 * 1 to 4.
 */
depth: number, 
/**
 * How often interviews ask it.
 */
freq: Frequency, 
/**
 * Target time in seconds.
 */
seconds: number, 
/**
 * How far it has been checked.
 */
status: Status, 
/**
 * What sort of question; none for a prompt.
 */
question_kind: QuestionKind | null, 
/**
 * How fast the answer ages; none for a prompt.
 */
volatility: Volatility | null, 
/**
 * The day the facts were checked; none for a prompt.
 */
as_of: string | null, 
/**
 * Shown with the prompt, the same in every language.
 */
evidence: Array<Evidence>, 
/**
 * Exact accepted answers.
 */
accept: Array<Accept>, 
/**
 * Primary sources.
 */
references: Array<Reference>, 
/**
 * Ids of related questions.
 */
see_also: Array<string>, 
/**
 * Terms that become the next question.
 */
term_probes: Array<TermProbeView>, 
/**
 * Prompt and answer in each language that learners can switch to.
 */
faces: Partial<Record<Language, Face>>, };

export type Theme = "system" | "light" | "dark";

export type Settings = { 
/**
 * Whether the first-run questions were answered.
 */
set_up: boolean, 
/**
 * Language of buttons and sentences.
 */
interface_language: Language, 
/**
 * Language that prompts come up in.
 */
content_language: Language, 
/**
 * Light or dark.
 */
theme: Theme, 
/**
 * The role track that is scheduled.
 */
track: TrackId, 
/**
 * Study time planned for a usual day, in minutes, 5 to 600.
 */
minutes_per_day: number, 
/**
 * Minutes of each weekday, Monday first, 0 to 600; none where it is a usual day.
 */
weekday_minutes: [number | null, number | null, number | null, number | null, number | null, number | null, number | null], 
/**
 * Whose public holidays count as Sundays; none for nobody's.
 */
holidays: Region | null, 
/**
 * What the learner wants to know on the day, 0.5 to 0.99: a share of what the role needs.
 */
goal: number, 
/**
 * Recall that reviews are timed for, 0.70 to 0.97.
 */
desired_retention: number, };

export type Round = { 
/**
 * The learner's name for it, for example "Phone screen". May be empty.
 */
name: string, 
/**
 * Local date, `YYYY-MM-DD`.
 */
date: string, 
/**
 * Local time, `HH:MM`, if known.
 */
time: string | null, 
/**
 * IANA time zone, for example `Asia/Taipei`, if it is not the learner's own.
 */
zone: string | null, 
/**
 * What it asks more or less of.
 */
focus: Focus, };

export type NextRound = { 
/**
 * The round.
 */
round: Round, 
/**
 * Days from today, 0 on the day itself.
 */
days_left: number, };

export type RubricDimension = { 
/**
 * Its id within the rubric.
 */
id: string, 
/**
 * What is judged.
 */
name: Text, 
/**
 * What 1, 2, 3 and 4 look like.
 */
anchors: [Text, Text, Text, Text], };

export type Region = "TW" | "CN" | "US";

export type DayKind = "off" | "light" | "usual" | "heavy";

export type Focus = { 
/**
 * By domain id.
 */
domains: { [key in string]: number }, 
/**
 * By kind: a question's (`recall`, `output-reading` ...) or the item's own (`prompt`).
 */
kinds: { [key in string]: number }, };

export type PlanWish = { 
/**
 * Minutes of a usual day; the learner's own if none are given.
 */
minutes_per_day: number | null, 
/**
 * Days that would be something else than they are.
 */
days: Array<DayChoice>, };

export type DayChoice = { 
/**
 * The day.
 */
date: string, 
/**
 * None: what its weekday and the holidays say.
 */
kind: DayKind | null, };

export type PlanDay = { 
/**
 * The day.
 */
date: string, 
/**
 * Minutes planned.
 */
minutes: number, 
/**
 * Seconds studied.
 */
seconds_done: number, 
/**
 * What the learner said of it.
 */
kind: DayKind | null, 
/**
 * Its public holiday or make-up workday.
 */
holiday: Text | null, };

export type Behind = { 
/**
 * Minutes planned.
 */
minutes_planned: number, 
/**
 * Minutes studied.
 */
minutes_done: number, };

export type Method = "population" | "optimiser";

export type FitEvidence = { 
/**
 * Later answers.
 */
answers: number, 
/**
 * How the parameters were found.
 */
method: Method, 
/**
 * Of all later answers, with the parameters used before.
 */
log_loss_before: number, 
/**
 * Of all later answers, with the fitted ones.
 */
log_loss_after: number, 
/**
 * The newest answers, held out to judge; 0 when there were too few.
 */
held_out: number, 
/**
 * Of the held-out answers, with the parameters used before.
 */
held_out_before: number | null, 
/**
 * Of the held-out answers, with parameters fitted without them.
 */
held_out_after: number | null, };

export type Learnt = { 
/**
 * The date of the fit.
 */
date: string, 
/**
 * What it stands on.
 */
evidence: FitEvidence, };

export type LearningState = { 
/**
 * Share done, 0 to 1, while it runs; none while it does not.
 */
running: number | null, 
/**
 * How the last run ended; none before the first.
 */
ended: LearningEnd | null, };

export type LearningEnd = "kept" | "nothing_yet" | "cancelled" | "failed";

export type PlanPage = { 
/**
 * Minutes of a usual day it is made for.
 */
minutes_per_day: number, 
/**
 * Days from Monday of this week to the last round, or four weeks on.
 */
calendar: Array<PlanDay>, 
/**
 * The learner's goal, 0 to 1.
 */
goal: number, 
/**
 * The first day on which as much as the goal is expected to be known; none: not yet by the last round.
 */
reached: string | null, 
/**
 * Time that was planned and not used lately; none where nothing is missing.
 */
behind: Behind | null, 
/**
 * What is known of the learner's memory.
 */
learnt: Learnt | null, 
/**
 * Study days to the last round, today included.
 */
days_left: number, 
/**
 * What will be known at the beginning of each day, from today to the last round.
 */
known: Array<PointOfPlan>, 
/**
 * What will be known at each round that is ahead.
 */
rounds: Array<RoundForecast>, 
/**
 * Share that ten more minutes on every day would add.
 */
ten_more_minutes: number, 
/**
 * Today's items, most gain for a second first, within the minutes.
 */
list: Array<Planned>, 
/**
 * New items for which there will be no time.
 */
dropped_count: number, 
/**
 * How many of them are in each domain, most first.
 */
dropped_domains: Array<DomainCount>, 
/**
 * Those that come next, if there were more time.
 */
dropped: Array<Dropped>, 
/**
 * Items of the track.
 */
items: number, };

export type PointOfPlan = { 
/**
 * The date.
 */
date: string, 
/**
 * Share expected to be known.
 */
known: number, 
/**
 * Lower end of the 90 % interval.
 */
low: number, 
/**
 * Upper end.
 */
high: number, };

export type RoundForecast = { 
/**
 * The round.
 */
round: Round, 
/**
 * Share expected to be known.
 */
known: number, 
/**
 * Lower end of the 90 % interval.
 */
low: number, 
/**
 * Upper end.
 */
high: number, };

export type Planned = { 
/**
 * The item.
 */
item: ItemRef, 
/**
 * Its prompt's words, without marks.
 */
prompt: Text, 
/**
 * Its domain.
 */
domain: string, 
/**
 * Whether it was never practised.
 */
is_new: boolean, 
/**
 * Its weight: how often it is asked, what stands on it, its kind.
 */
weight: number, 
/**
 * Recall predicted for now; none for a new item.
 */
recall: number | null, 
/**
 * Share that answering it today adds on the day of the interview.
 */
gain: number, 
/**
 * Expected seconds.
 */
seconds: number, };

export type Dropped = { 
/**
 * The item.
 */
item: ItemRef, 
/**
 * Its prompt's words, without marks.
 */
prompt: Text, 
/**
 * Its domain.
 */
domain: string, 
/**
 * Its weight.
 */
weight: number, 
/**
 * Expected seconds of its first answer.
 */
seconds: number, };

export type Notice = { "code": "clock_behind", 
/**
 * Local date of the last review.
 */
last_review: string, } | { "code": "rounds_over", 
/**
 * Date of the last round.
 */
last_round: string, };

export type TopicName = { 
/**
 * Its domain's id.
 */
domain: string, 
/**
 * Its id within the domain.
 */
id: string, 
/**
 * Its name.
 */
name: Text, };

export type TrackOutline = { 
/**
 * The track's id.
 */
id: TrackId, 
/**
 * Its name.
 */
name: Text, 
/**
 * One sentence: who it is for.
 */
about: Text, 
/**
 * The bar.
 */
level: Level, 
/**
 * Technical questions in scope.
 */
questions: number, 
/**
 * Behavioural prompts in scope.
 */
prompts: number, };

export type Outline = { 
/**
 * Domains in the order learners see.
 */
domains: Array<Domain>, 
/**
 * Topics in the order of the syllabus; Leadership Principles follow as topics of their domain.
 */
topics: Array<TopicName>, 
/**
 * Role tracks in the order learners see.
 */
tracks: Array<TrackOutline>, 
/**
 * How a told story is judged.
 */
rubric: Array<RubricDimension>, 
/**
 * Items in the bank.
 */
items: number, };

export type Start = { 
/**
 * The learner's choices.
 */
settings: Settings, 
/**
 * Interview rounds by date.
 */
rounds: Array<Round>, 
/**
 * Names and sizes.
 */
outline: Outline, 
/**
 * What to know first.
 */
notices: Array<Notice>, 
/**
 * Today's date on the learner's wall.
 */
today: string, };

export type DomainCount = { 
/**
 * The domain's id.
 */
domain: string, 
/**
 * How many.
 */
items: number, };

export type Group = { 
/**
 * Items.
 */
items: number, 
/**
 * Their target times added up, in seconds.
 */
seconds: number, 
/**
 * Items by domain, most first.
 */
domains: Array<DomainCount>, };

export type Today = { 
/**
 * The study day's date (it turns over at 04:00).
 */
date: string, 
/**
 * The next interview round, if one is set and not over.
 */
next_round: NextRound | null, 
/**
 * Minutes planned for the day.
 */
minutes_planned: number, 
/**
 * Seconds spent on answers today.
 */
seconds_done: number, 
/**
 * Answers graded today.
 */
answers_done: number, 
/**
 * Reviews on today's list, in the order of the list.
 */
reviews: Group, 
/**
 * New items on today's list.
 */
new: Group, 
/**
 * Due items that do not fit into today's minutes.
 */
reviews_left_out: number, 
/**
 * Items of the track never practised, on today's list or not.
 */
unseen: number, 
/**
 * Items of the track in all.
 */
in_track: number, 
/**
 * Whether a calibration makes sense: nothing was practised and none was asked for.
 */
can_calibrate: boolean, 
/**
 * What to know first.
 */
notices: Array<Notice>, };

export type Choice = { 
/**
 * The grade.
 */
grade: Grade, 
/**
 * Days until the item comes back; 0 means again today.
 */
interval_days: number, 
/**
 * For an interval of 0: minutes until it comes back.
 */
interval_minutes: number, };

export type Card = { 
/**
 * The item.
 */
view: ItemView, 
/**
 * Whether it was never practised.
 */
is_new: boolean, 
/**
 * Recall predicted for now, 0 to 1; none for a new item.
 */
predicted_recall: number | null, 
/**
 * Again, hard, good, easy.
 */
choices: Array<Choice>, };

export type Practice = { 
/**
 * The card; none when today's list is done.
 */
card: Card | null, 
/**
 * Items on today's list, this one included.
 */
left: number, 
/**
 * Answers graded today.
 */
answers_done: number, 
/**
 * Seconds spent on answers today.
 */
seconds_done: number, 
/**
 * Minutes planned for the day.
 */
minutes_planned: number, 
/**
 * Whether there is an answer to undo.
 */
can_undo: boolean, };

export type Answer = { 
/**
 * What was asked.
 */
item: ItemRef, 
/**
 * The revision that was shown.
 */
revision: number, 
/**
 * What sort of sitting.
 */
session: SessionKind, 
/**
 * The learner's grade.
 */
grade: Grade, 
/**
 * Ids of the ticked key points.
 */
ticked: Array<string>, 
/**
 * How it was answered.
 */
answer_mode: AnswerMode, 
/**
 * The typed answer, if any.
 */
answer: string | null, 
/**
 * Language of the prompt.
 */
prompt_language: Language, 
/**
 * Language on screen at the reveal.
 */
reveal_language: Language, 
/**
 * From prompt to reveal, milliseconds.
 */
think_ms: number, 
/**
 * From prompt to grade, milliseconds.
 */
total_ms: number, };

export type BrowseFilter = { 
/**
 * A domain's id.
 */
domain: string | null, 
/**
 * A topic's id within the domain.
 */
topic: string | null, 
/**
 * 1 to 4.
 */
depth: number | null, 
/**
 * Only what the track schedules.
 */
in_track: boolean, 
/**
 * Rows to pass over.
 */
offset: number, 
/**
 * Rows wanted, at most 500.
 */
limit: number, };

export type MemoryView = { 
/**
 * Recall predicted for now, 0 to 1.
 */
recall: number, 
/**
 * Days until recall falls to 0.9.
 */
stability_days: number, 
/**
 * 1 (easy) to 10.
 */
difficulty: number, 
/**
 * Days until it is due; negative when overdue.
 */
due_in_days: number, 
/**
 * Answers graded so far.
 */
answers: number, 
/**
 * Of them again after the first.
 */
lapses: number, };

export type BrowseRow = { 
/**
 * The item.
 */
item: ItemRef, 
/**
 * Domain id.
 */
domain: string, 
/**
 * Topic id; the principle's id for prompts.
 */
topic: string, 
/**
 * 1 to 4.
 */
depth: number, 
/**
 * What sort of question; none for a prompt.
 */
question_kind: QuestionKind | null, 
/**
 * How often interviews ask it.
 */
freq: Frequency, 
/**
 * How far it has been checked.
 */
status: Status, 
/**
 * The prompt's words, without marks.
 */
prompt: Text, 
/**
 * Whether the track schedules it.
 */
in_track: boolean, 
/**
 * What is known of the learner's memory of it; none if never practised.
 */
memory: MemoryView | null, };

export type BrowsePage = { 
/**
 * Rows that match in all.
 */
total: number, 
/**
 * This page's rows, by domain, topic, depth and id.
 */
rows: Array<BrowseRow>, };

export type PastAnswer = { 
/**
 * The study day.
 */
date: string, 
/**
 * The grade.
 */
grade: Grade, 
/**
 * From prompt to grade, milliseconds.
 */
total_ms: number, 
/**
 * Language of the prompt.
 */
prompt_language: Language, 
/**
 * The typed answer, if any.
 */
answer: string | null, };

export type BrowseItem = { 
/**
 * The item.
 */
view: ItemView, 
/**
 * Whether the track schedules it.
 */
in_track: boolean, 
/**
 * What is known of the learner's memory of it; none if never practised.
 */
memory: MemoryView | null, 
/**
 * Past answers, newest first.
 */
history: Array<PastAnswer>, };

export type DayCount = { 
/**
 * The study day.
 */
date: string, 
/**
 * How many.
 */
items: number, 
/**
 * Seconds spent; 0 in a forecast.
 */
seconds: number, };

export type DomainStrength = { 
/**
 * The domain's id; `leadership-principles` for prompts.
 */
domain: string, 
/**
 * Items of the track.
 */
in_track: number, 
/**
 * Of them practised at least once.
 */
seen: number, 
/**
 * Due today or overdue.
 */
due: number, 
/**
 * Mean predicted recall of the items practised, 0 to 1; none without any.
 */
recall: number | null, 
/**
 * Mean predicted recall over all items of the track, unseen ones counting as zero.
 */
coverage: number, };

export type Progress = { 
/**
 * Answers graded, in all.
 */
answers: number, 
/**
 * Items practised at least once.
 */
items_seen: number, 
/**
 * Items of the track.
 */
in_track: number, 
/**
 * Of them practised at least once.
 */
in_track_seen: number, 
/**
 * Hours spent on answers.
 */
hours: number, 
/**
 * Share of answers to known items (not the first answer, not the same day) that were a pass; none without any.
 */
true_retention: number | null, 
/**
 * The last 60 study days, oldest first.
 */
days: Array<DayCount>, 
/**
 * Due items for the coming 30 study days, today (with what is overdue) first.
 */
forecast: Array<DayCount>, 
/**
 * Strength by domain of the track.
 */
domains: Array<DomainStrength>, };

export type SettingsPage = { 
/**
 * The learner's choices.
 */
settings: Settings, 
/**
 * Interview rounds by date.
 */
rounds: Array<Round>, 
/**
 * The data folder.
 */
data_dir: string, 
/**
 * The program's version.
 */
version: string, };
