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
prompts: number, 
/**
 * Drill families in scope.
 */
drills: number, 
/**
 * Incidents in scope.
 */
incidents: number, };

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
 * Questions asked back to any story.
 */
probes: Array<Probe>, 
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
 * What mentors assigned and is not done, due soonest first.
 */
assignments: Array<AssignmentView>, 
/**
 * Comments that were not read.
 */
unread_comments: number, 
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
choices: Array<Choice>, 
/**
 * For a drill: the case to answer.
 */
drill: DrillCase | null, };

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
total_ms: number, 
/**
 * For a drill: its case and what was typed.
 */
drill: DrillAnswer | null, 
/**
 * For an incident: the number of its play.
 */
play: number | null, };

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

export type Seed = number;

export type Form = "address" | "network" | "mode" | "moment" | "moments" | "words" | "set" | "list";

export type AskForm = { "kind": "choice" } | { "kind": "several" } | { "kind": "number", 
/**
 * What a number without a unit counts as; empty for a count.
 */
unit: string, } | { "kind": "typed", 
/**
 * How it is read.
 */
form: Form, };

export type Ask = { 
/**
 * Name within the case.
 */
id: string, 
/**
 * What is wanted.
 */
label: Partial<Record<Language, Inline[]>>, 
/**
 * How it is answered.
 */
form: AskForm, 
/**
 * The options of a choice, in order; named by letters.
 */
options: Partial<Record<Language, Inline[]>>[], };

export type DrillCase = { 
/**
 * Its family's id.
 */
family: string, 
/**
 * From 1.
 */
level: number, 
/**
 * How many levels the family has.
 */
levels: number, 
/**
 * What it was drawn from.
 */
seed: Seed, 
/**
 * The family's version.
 */
version: number, 
/**
 * Target time in seconds.
 */
seconds: number, 
/**
 * What is asked.
 */
prompt: Partial<Record<Language, Block[]>>, 
/**
 * What to read first; the same in every language.
 */
evidence: Array<Evidence>, 
/**
 * What has to be answered.
 */
asks: Array<Ask>, 
/**
 * Primary sources of its rules.
 */
sources: Array<string>, };

export type DrillAnswer = { 
/**
 * The family's id.
 */
family: string, 
/**
 * The case's level.
 */
level: number, 
/**
 * The case's seed.
 */
seed: Seed, 
/**
 * What was typed, in the order asked; options by their letters.
 */
typed: Array<string>, 
/**
 * Whether the learner wants to see the answers: what cannot be read then is not known.
 */
given_up: boolean, };

export type AskVerdict = { 
/**
 * Whether it is right; none where it could not be read and may be typed again.
 */
right: boolean | null, 
/**
 * The right answer, as it would be typed; empty while an answer could not be read.
 */
answer: string, 
/**
 * Why the given answer is wrong, where the mistake is a known one.
 */
why: Partial<Record<Language, Inline[]>> | null, 
/**
 * Why each option is right or wrong.
 */
options: Partial<Record<Language, Inline[]>>[], };

export type DrillVerdict = { 
/**
 * In the order asked.
 */
asks: Array<AskVerdict>, 
/**
 * The worked solution; empty while an answer could not be read.
 */
steps: Partial<Record<Language, Block[]>>[], 
/**
 * The grade this suggests; none while an answer could not be read.
 */
proposed: Grade | null, };

export type PastCase = { 
/**
 * From 1.
 */
level: number, 
/**
 * What it was drawn from.
 */
seed: Seed, 
/**
 * The learner's grade.
 */
grade: Grade, 
/**
 * The study day.
 */
date: string, };

export type DrillRow = { 
/**
 * The family as an item.
 */
item: ItemRef, 
/**
 * Its name.
 */
name: Text, 
/**
 * One sentence: what is trained.
 */
about: Text, 
/**
 * Domain id.
 */
domain: string, 
/**
 * The level that is asked next, from 1.
 */
level: number, 
/**
 * The highest level that the track needs.
 */
levels: number, 
/**
 * How many levels it has in all.
 */
all_levels: number, 
/**
 * Cases answered.
 */
answered: number, 
/**
 * Of them not graded again.
 */
passed: number, 
/**
 * Whether the track schedules it.
 */
in_track: boolean, 
/**
 * What is known of the learner's memory of it; none if never practised.
 */
memory: MemoryView | null, 
/**
 * Answered cases, newest first.
 */
past: Array<PastCase>, };

export type DrillsPage = { 
/**
 * By id.
 */
rows: Array<DrillRow>, };

export type Symptom = "site-down" | "database-unreachable" | "not-right" | "crashes-after-a-while" | "names-fail" | "collapses-under-load" | "cluster-stuck";

export type Severity = "system-impaired" | "production-impaired" | "production-down" | "business-down";

export type Aim = "restore" | "prevent";

export type UpdatePart = "impact" | "known" | "next-step" | "next-time";

export type Series = { 
/**
 * Its name, for example `DatabaseConnections`.
 */
name: string, 
/**
 * Its unit, for example `Count`, `Percent`, `ms`.
 */
unit: string, 
/**
 * The first point's time, UTC, `2026-03-01T07:30:00Z`.
 */
start: string, 
/**
 * Seconds between points.
 */
step_seconds: number, 
/**
 * The points.
 */
points: Array<number>, };

export type Mark = "supported" | "ruled-out";

export type StepKind = "check" | "cause" | "act" | "update";

export type Step = { 
/**
 * What was done.
 */
kind: StepKind, 
/**
 * The check's or the action's id; the named hypothesis.
 */
id: string, 
/**
 * The response clock after it, in minutes.
 */
minute: number, };

export type PostAction = { 
/**
 * What is changed, so that nobody has to be careful.
 */
mechanism: string, 
/**
 * Who does it.
 */
owner: string, 
/**
 * By when.
 */
date: string, };

export type PostPart = "mechanism" | "owner" | "date";

export type Play = { 
/**
 * In their order.
 */
steps: Array<Step>, 
/**
 * The board: what the learner thinks of each hypothesis; absent means open.
 */
marks: { [key in string]: Mark }, 
/**
 * The hypothesis named as the cause.
 */
cause: string | null, 
/**
 * The update to the customer as it is written.
 */
update: string, 
/**
 * The parts the learner says the update has.
 */
parts: Array<UpdatePart>, 
/**
 * What keeps it from coming back.
 */
post: PostAction, };

export type ToneKind = "blame" | "guess" | "rude";

export type Tone = { 
/**
 * What is wrong with them.
 */
kind: ToneKind, 
/**
 * The words.
 */
words: string, };

export type Guess = "proved" | "lucky" | "wrong" | "none";

export type CheckScore = { 
/**
 * The check.
 */
id: string, 
/**
 * What it told, in bits.
 */
bits: number, 
/**
 * Hypotheses it ruled out that stood before.
 */
ruled_out: Array<string>, };

export type ActionScore = { 
/**
 * The action.
 */
id: string, 
/**
 * Whether it helps against the true cause.
 */
helps: boolean, 
/**
 * Whether it made things worse.
 */
harm: boolean, 
/**
 * Whether it was perfecting while the customer still was down.
 */
early: boolean, };

export type Debrief = { 
/**
 * 0 to 100.
 */
points: number, 
/**
 * The grade this suggests.
 */
proposed: Grade, 
/**
 * Of 30.
 */
evidence_points: number, 
/**
 * The checks in the order asked.
 */
checks: Array<CheckScore>, 
/**
 * Minutes spent on checks before the cause was named.
 */
minutes: number, 
/**
 * The cheapest checks that settle it, in a good order.
 */
best: Array<string>, 
/**
 * What they cost.
 */
best_minutes: number, 
/**
 * Hypotheses that the checks asked had not ruled out when the cause was named, the true one among them.
 */
left: Array<string>, 
/**
 * Of 25.
 */
cause_points: number, 
/**
 * The true cause.
 */
cause: string, 
/**
 * Whether it was named, and on what.
 */
guess: Guess, 
/**
 * Hypotheses marked as ruled out that no evidence asked for had ruled out.
 */
hasty: Array<string>, 
/**
 * Of 20.
 */
order_points: number, 
/**
 * The actions in their order.
 */
actions: Array<ActionScore>, 
/**
 * When the customer worked again, by the response clock; none where it never did.
 */
restored_at: number | null, 
/**
 * When the customer was first written to; none where it never was.
 */
answered_at: number | null, 
/**
 * Of 20.
 */
update_points: number, 
/**
 * Parts the update lacks.
 */
missing: Array<UpdatePart>, 
/**
 * Words in it that blame or guess.
 */
tone: Array<Tone>, 
/**
 * Of 5.
 */
post_points: number, 
/**
 * What of the post-incident action is not said so that somebody could check it.
 */
post_lacks: Array<PostPart>, };

export type IncidentRow = { 
/**
 * The incident as an item.
 */
item: ItemRef, 
/**
 * Its title.
 */
title: Text, 
/**
 * How the customer's words sound.
 */
symptom: Symptom, 
/**
 * How bad it is.
 */
severity: Severity, 
/**
 * Domain id.
 */
domain: string, 
/**
 * 1 to 4.
 */
depth: number, 
/**
 * Whether it comes with a colleague's notes.
 */
escalated: boolean, 
/**
 * Plays that were finished.
 */
plays: number, 
/**
 * The best of them, 0 to 100.
 */
best_points: number | null, 
/**
 * The day of the last.
 */
last: string | null, 
/**
 * The last: its debrief can be read again.
 */
last_play: number | null, 
/**
 * A play that can be gone on with.
 */
open: number | null, 
/**
 * Whether the learner wrote a runbook for it.
 */
runbook: boolean, 
/**
 * Whether the track schedules it.
 */
in_track: boolean, 
/**
 * What is known of the learner's memory of it; none if never graded.
 */
memory: MemoryView | null, };

export type IncidentsPage = { 
/**
 * By id.
 */
rows: Array<IncidentRow>, };

export type NoteView = { 
/**
 * What it says.
 */
text: Partial<Record<Language, Inline[]>>, 
/**
 * For the wrong one, when the play is over: what is wrong with it.
 */
wrong: Partial<Record<Language, Inline[]>> | null, };

export type HypothesisView = { 
/**
 * Its id.
 */
id: string, 
/**
 * The claim.
 */
claim: Partial<Record<Language, Inline[]>>, 
/**
 * What the learner thinks of it; none while it is open.
 */
mark: Mark | null, 
/**
 * When the play is over: why it is the cause, or what rules it out.
 */
why: Partial<Record<Language, Inline[]>> | null, };

export type EvidenceView = { 
/**
 * Text to read.
 */
evidence: Array<Evidence>, 
/**
 * Metrics to plot.
 */
series: Array<Series>, };

export type CheckView = { 
/**
 * Its id.
 */
id: string, 
/**
 * What is asked for.
 */
name: Partial<Record<Language, Inline[]>>, 
/**
 * What it costs, in minutes.
 */
minutes: number, 
/**
 * What it shows; none before it was asked for.
 */
view: EvidenceView | null, 
/**
 * When the play is over: how it is read.
 */
reading: Partial<Record<Language, Inline[]>> | null, };

export type ActionView = { 
/**
 * Its id.
 */
id: string, 
/**
 * What is done.
 */
text: Partial<Record<Language, Inline[]>>, 
/**
 * What it is for.
 */
aim: Aim, 
/**
 * What it costs, in minutes.
 */
minutes: number, 
/**
 * Once it was taken: whether the customer works again by it.
 */
restored: boolean | null, 
/**
 * Whether it was taken and made things worse.
 */
harmed: boolean, 
/**
 * When the play is over: why it is right or wrong.
 */
why: Partial<Record<Language, Inline[]>> | null, };

export type DebriefPage = { 
/**
 * The score with its reasons.
 */
debrief: Debrief, 
/**
 * Whether the world had the cause that the words below were written for; they are the incident's, not the play's.
 */
usual: boolean, 
/**
 * A good first response.
 */
first_response: Partial<Record<Language, Block[]>>, 
/**
 * What a good update says.
 */
update: [UpdatePart, Partial<Record<Language, Inline[]>>][], 
/**
 * Good post-incident actions.
 */
prevention: Partial<Record<Language, Inline[]>>[], 
/**
 * Who would be called in, and when.
 */
escalation: Partial<Record<Language, Inline[]>>, 
/**
 * How monitoring would have shown it first.
 */
monitoring: Partial<Record<Language, Inline[]>>, 
/**
 * A good runbook.
 */
runbook: Partial<Record<Language, Inline[]>>[], 
/**
 * Primary sources.
 */
references: Array<Reference>, 
/**
 * How many causes it can have when it is played again.
 */
variants: number, };

export type PlayDraft = { 
/**
 * The board.
 */
marks: { [key in string]: Mark }, 
/**
 * The update to the customer.
 */
update: string, 
/**
 * The parts it has, as the learner sees it.
 */
parts: Array<UpdatePart>, 
/**
 * What keeps it from coming back.
 */
post: PostAction, };

export type PlayPage = { 
/**
 * Its number.
 */
number: number, 
/**
 * The incident as an item.
 */
item: ItemRef, 
/**
 * The record's revision.
 */
revision: number, 
/**
 * What it was drawn from.
 */
seed: Seed, 
/**
 * The world's version.
 */
version: number, 
/**
 * Whether it is over.
 */
ended: boolean, 
/**
 * The day it began.
 */
started: string, 
/**
 * The response clock, in minutes.
 */
minute: number, 
/**
 * How bad it is.
 */
severity: Severity, 
/**
 * Minutes to the first response.
 */
response_minutes: number, 
/**
 * Target time to play it, in seconds.
 */
seconds: number, 
/**
 * Its title.
 */
title: Partial<Record<Language, Inline[]>>, 
/**
 * The customer's words.
 */
customer: Partial<Record<Language, Block[]>>, 
/**
 * Notes of the colleague who had it before.
 */
notes: Array<NoteView>, 
/**
 * What may be the cause.
 */
hypotheses: Array<HypothesisView>, 
/**
 * Evidence that can be asked for.
 */
checks: Array<CheckView>, 
/**
 * What can be done.
 */
actions: Array<ActionView>, 
/**
 * Parts that the update seems to have.
 */
seems: Array<UpdatePart>, 
/**
 * Words in the update that blame or guess.
 */
tone: Array<Tone>, 
/**
 * What was done and written.
 */
play: Play, 
/**
 * How it went; none while it is not over.
 */
debrief: DebriefPage | null, 
/**
 * The learner's own runbook.
 */
runbook: string | null, };

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

export type Anchor = "start" | "middle" | "end";

export type ChartTone = "ink" | "soft" | "grid" | "accent" | "second" | "heat0" | "heat1" | "heat2" | "heat3" | "heat4" | "on-heat" | "empty";

export type ChartMark = { "mark": "rect", 
/**
 * Left edge.
 */
x: number, 
/**
 * Upper edge.
 */
y: number, 
/**
 * Width.
 */
width: number, 
/**
 * Height.
 */
height: number, 
/**
 * How it looks.
 */
tone: ChartTone, 
/**
 * What it stands for, in words; empty where another mark says it.
 */
title: string, } | { "mark": "line", 
/**
 * Points, x and y.
 */
points: Array<[number, number]>, 
/**
 * How it looks.
 */
tone: ChartTone, 
/**
 * Whether it is dashed.
 */
dashed: boolean, } | { "mark": "dot", 
/**
 * Its centre.
 */
x: number, 
/**
 * Its centre.
 */
y: number, 
/**
 * Its radius.
 */
radius: number, 
/**
 * How it looks.
 */
tone: ChartTone, 
/**
 * What it stands for, in words.
 */
title: string, } | { "mark": "label", 
/**
 * Where they begin, stand centred, or end.
 */
x: number, 
/**
 * Their base line.
 */
y: number, 
/**
 * The words.
 */
text: string, 
/**
 * Which part of them stands at `x`.
 */
anchor: Anchor, 
/**
 * How they look.
 */
tone: ChartTone, };

export type Scene = { 
/**
 * Always [`WIDTH`].
 */
width: number, 
/**
 * Its height in the same unit.
 */
height: number, 
/**
 * From back to front.
 */
marks: Array<ChartMark>, };

export type Column = { 
/**
 * Its heading.
 */
name: string, 
/**
 * Whether its cells are figures, set flush right.
 */
figures: boolean, };

export type Table = { 
/**
 * Headings.
 */
columns: Array<Column>, 
/**
 * Cells, as many in a row as there are columns.
 */
rows: Array<Array<string>>, };

export type Figure = { 
/**
 * What it is called in files and commands, for example `retention`.
 */
id: string, 
/**
 * Its heading.
 */
title: string, 
/**
 * What it shows, in a sentence or two.
 */
says: string, 
/**
 * How it is made and what it does not show; may be empty.
 */
note: string, 
/**
 * The picture; none while there is nothing to draw.
 */
scene: Scene | null, 
/**
 * The same as numbers.
 */
table: Table, };

export type FiguresPage = { 
/**
 * What the learner is ready for and what not yet, in a sentence or two.
 */
readiness: string, 
/**
 * The figures, what matters most first.
 */
figures: Array<Figure>, };

export type Selection = { 
/**
 * What the mentor is asked, in the learner's words.
 */
question: string, 
/**
 * The figures of the progress page.
 */
progress: boolean, 
/**
 * Every answered item with its grades and the words typed.
 */
answers: boolean, 
/**
 * Stories.
 */
stories: Array<StoryId>, 
/**
 * Answers told at length, by number, outside of mock loops.
 */
told: Array<number>, 
/**
 * Mock loops with their answers, by number.
 */
mocks: Array<number>, 
/**
 * Finished plays of incidents, by number.
 */
plays: Array<number>, 
/**
 * Recordings, by the number of the answer; only of answers that are shared.
 */
recordings: Array<number>, 
/**
 * Whether what the redaction check finds is blacked out. Listed names always are.
 */
redact: boolean, };

export type Parts = { 
/**
 * What the learner calls themselves.
 */
name: string, 
/**
 * What the mentor is asked.
 */
question: string, 
/**
 * The learner's interface language.
 */
language: Language, 
/**
 * The role track.
 */
track: TrackId, 
/**
 * The next interview round, local date; only with the figures.
 */
interview: string | null, 
/**
 * Whether the figures' facts are in it.
 */
progress: boolean, 
/**
 * Answered items, the one answered last first.
 */
items: Array<PracticedItem>, 
/**
 * Stories.
 */
stories: Array<StoryShared>, 
/**
 * Answers told at length, newest first.
 */
told: Array<ToldShared>, 
/**
 * Mock loops, newest first; their answers stand in `told`.
 */
mocks: Array<MockShared>, 
/**
 * Plays of incidents, newest first.
 */
plays: Array<PlayShared>, };

export type PracticedItem = { 
/**
 * Its name.
 */
item: ItemRef, 
/**
 * Its prompt, plain.
 */
title: Text, 
/**
 * Its domain's id.
 */
domain: string, 
/**
 * Its topic's id.
 */
topic: string, 
/**
 * 1 to 4.
 */
depth: number, 
/**
 * Its answers, newest first.
 */
answers: Array<PracticedAnswer>, };

export type PracticedAnswer = { 
/**
 * When, UTC milliseconds.
 */
at_ms: number, 
/**
 * The learner's own grade.
 */
grade: Grade, 
/**
 * The prompt's language.
 */
language: Language, 
/**
 * What was typed.
 */
words?: string | null, };

export type StoryShared = { 
/**
 * Its name.
 */
id: StoryId, 
/**
 * When it was last changed, UTC milliseconds.
 */
changed_at_ms: number, 
/**
 * How often it was told.
 */
times_told: number, 
/**
 * The story, without names of people.
 */
story: Story, };

export type ToldShared = { 
/**
 * Its number.
 */
number: number, 
/**
 * What was asked.
 */
item: ItemRef, 
/**
 * What was asked, plain.
 */
title: Text, 
/**
 * The mock loop and the round, from 0, it belongs to.
 */
mock: [number, number] | null, 
/**
 * When it began, UTC milliseconds.
 */
at_ms: number, 
/**
 * The words, the times, what was asked back, the learner's own scores.
 */
account: Account, 
/**
 * Whether its recording is in the packet.
 */
recording: boolean, };

export type MockShared = { 
/**
 * Its number.
 */
number: number, 
/**
 * When it began, UTC milliseconds.
 */
at_ms: number, 
/**
 * What each round was about beside principles: the domain's id; empty where there was nothing else.
 */
rounds: Array<string>, 
/**
 * The candidate's own questions.
 */
own_questions: string, };

export type PlayShared = { 
/**
 * Its number.
 */
number: number, 
/**
 * The incident.
 */
item: ItemRef, 
/**
 * Its title.
 */
title: Text, 
/**
 * What it was drawn from.
 */
seed: number, 
/**
 * When it began, UTC milliseconds.
 */
at_ms: number, 
/**
 * Points of 100.
 */
points: number, 
/**
 * What was done, in its order.
 */
steps: Array<StepShared>, 
/**
 * What the customer was written.
 */
update: string, 
/**
 * The post-incident action.
 */
post: PostAction, };

export type StepShared = { 
/**
 * Minutes on the incident's clock when it was over.
 */
minute: number, 
/**
 * What sort of step it was.
 */
kind: StepKind, 
/**
 * What was done; empty for an update, whose words stand in the play.
 */
words: Text, 
/**
 * What it was worth.
 */
outcome: Outcome, };

export type Outcome = "plain" | "good" | "idle" | "harm";

export type SharePreview = { 
/**
 * What is said, exactly.
 */
parts: Parts, 
/**
 * The figures as the mentor will see them; none where they are not shared.
 */
figures: FiguresPage | null, 
/**
 * What the redaction check still finds in what leaves, each once, and where.
 */
findings: Array<FoundIn>, 
/**
 * What was blacked out, in places.
 */
blacked_out: number, 
/**
 * Bytes of the recordings.
 */
recordings_bytes: number, };

export type FoundIn = { 
/**
 * The story's, answer's or incident's title.
 */
place: Text, 
/**
 * What it is.
 */
finding: Finding, };

export type Place = { "type": "whole" } | { "type": "answer", 
/**
 * UTC milliseconds.
 */
at_ms: number, } | { "type": "part", 
/**
 * The part.
 */
part: StoryPart, 
/**
 * The language.
 */
language: Language, } | { "type": "told", 
/**
 * Its number.
 */
number: number, } | { "type": "play", 
/**
 * Its number.
 */
number: number, 
/**
 * The step, from 0; none for the whole play.
 */
step: number | null, };

export type Comment = { 
/**
 * What it is about.
 */
item: ItemRef, 
/**
 * What it is about, in words.
 */
title: Text, 
/**
 * Where it belongs.
 */
place: Place, 
/**
 * The words it speaks of.
 */
quote: string, 
/**
 * What the mentor says.
 */
words: string, 
/**
 * The mentor's scores on the rubric, by dimension, 1 to 4.
 */
scores: { [key in string]: Score }, };

export type Assignment = { 
/**
 * The item to practise; none for anything else.
 */
item: ItemRef | null, 
/**
 * The item in words; empty where there is none.
 */
title: Text, 
/**
 * What to do.
 */
words: string, 
/**
 * By when, local date.
 */
due: string, };

export type Feedback = { 
/**
 * What the mentor calls themselves.
 */
name: string, 
/**
 * The digest of the review it answers.
 */
review: string, 
/**
 * When that was opened, UTC milliseconds.
 */
seen_at_ms: number, 
/**
 * What the mentor says on the whole.
 */
words: string, 
/**
 * Comments.
 */
comments: Array<Comment>, 
/**
 * Assignments.
 */
assignments: Array<Assignment>, };

export type Me = { 
/**
 * What one calls oneself; empty before one said.
 */
name: string, 
/**
 * Where packets for one go.
 */
address: string, 
/**
 * Its fingerprint, to be read out and compared.
 */
words: Array<string>, };

export type Contact = { 
/**
 * Its number.
 */
number: number, 
/**
 * What the other is to this one.
 */
role: Role, 
/**
 * The name.
 */
name: string, 
/**
 * The fingerprint, to be compared.
 */
words: Array<string>, 
/**
 * Whether the fingerprints were compared.
 */
compared: boolean, 
/**
 * Another contact of the same name and role with another key: one of the two is not who they say, or got new keys.
 */
changed_key: boolean, };

export type Request = { 
/**
 * The mentor's name.
 */
mentor: string, 
/**
 * Counts from 1, for each mentor.
 */
sequence: number, 
/**
 * When it was made, UTC milliseconds.
 */
asked_at_ms: number, 
/**
 * When the mentor opened it.
 */
seen_at_ms: number | null, 
/**
 * When the mentor answered.
 */
answered_at_ms: number | null, };

export type CommentView = { 
/**
 * The packet it came in.
 */
packet: number, 
/**
 * Its number within that.
 */
id: number, 
/**
 * The mentor's name.
 */
mentor: string, 
/**
 * When it was written, UTC milliseconds.
 */
at_ms: number, 
/**
 * Whether it was read.
 */
read: boolean, 
/**
 * What it says.
 */
comment: Comment, };

export type AssignmentView = { 
/**
 * The packet it came in.
 */
packet: number, 
/**
 * Its number within that.
 */
id: number, 
/**
 * The mentor's name.
 */
mentor: string, 
/**
 * What to do.
 */
assignment: Assignment, 
/**
 * Whether it was done.
 */
done: boolean, 
/**
 * Days left; negative when overdue.
 */
days_left: number, 
/**
 * Whether the program knows the item, so that it can be opened.
 */
known: boolean, };

export type SharePage = { 
/**
 * Oneself.
 */
me: Me, 
/**
 * Mentors.
 */
mentors: Array<Contact>, 
/**
 * Reviews asked for, newest first.
 */
requests: Array<Request>, 
/**
 * What the mentors said on the whole: name, when (UTC milliseconds), words; newest first.
 */
letters: Array<[string, number, string]>, 
/**
 * Comments, newest first.
 */
comments: Array<CommentView>, 
/**
 * Assignments, what is open and due soonest first.
 */
assignments: Array<AssignmentView>, 
/**
 * What can be shared.
 */
choices: ShareChoices, };

export type ShareChoices = { 
/**
 * Items answered.
 */
items: number, 
/**
 * Stories that are written: id and title.
 */
stories: Array<[StoryId, Text]>, 
/**
 * Answers told at length, newest first.
 */
told: Array<ToldChoice>, 
/**
 * Mock loops: number and when (UTC milliseconds), newest first.
 */
mocks: Array<[number, number]>, 
/**
 * Finished plays: number, title, when (UTC milliseconds), newest first.
 */
plays: Array<[number, Text, number]>, };

export type ToldChoice = { 
/**
 * Its number.
 */
number: number, 
/**
 * What was asked.
 */
title: Text, 
/**
 * When it began, UTC milliseconds.
 */
at_ms: number, 
/**
 * The mock loop it belongs to.
 */
mock: number | null, 
/**
 * Bytes of its recording; none without one.
 */
recording_bytes: number | null, };

export type Trust = "known" | "new";

export type CohortPage = { 
/**
 * Oneself.
 */
me: Me, 
/**
 * Learners: who waits longest for a review first, then by name.
 */
learners: Array<CohortRow>, };

export type CohortRow = { 
/**
 * Who it is.
 */
contact: Contact, 
/**
 * Share of the role's items that could be recalled when the last packet was made, 0 to 1; self-reported.
 */
readiness: number | null, 
/**
 * Its change against the packet before.
 */
trend: number | null, 
/**
 * Days since the last answer.
 */
idle_days: number | null, 
/**
 * The domain known least.
 */
weakest: string | null, 
/**
 * The interview's local date.
 */
interview: string | null, 
/**
 * Packets taken.
 */
packets: number, 
/**
 * Days that the newest packet waits for an answer; none when it was answered, or there is none.
 */
waiting_days: number | null, };

export type ReviewPage = { 
/**
 * Who it is.
 */
contact: Contact, 
/**
 * The packet's number here; recordings are fetched by it.
 */
packet: number, 
/**
 * Which one it is, from 1.
 */
sequence: number, 
/**
 * When it was made, UTC milliseconds.
 */
asked_at_ms: number, 
/**
 * When it was answered.
 */
answered_at_ms: number | null, 
/**
 * What it says; of items only those that need a look.
 */
parts: Parts, 
/**
 * Items answered in all.
 */
items: number, 
/**
 * The figures.
 */
figures: FiguresPage | null, 
/**
 * What changed since the last review; none at the first.
 */
changes: Changes | null, 
/**
 * What is being written.
 */
draft: Feedback, 
/**
 * What was sent before, newest first: when (UTC milliseconds) and what.
 */
sent: Array<[number, Feedback]>, };

export type Changes = { 
/**
 * When the packet before was made, UTC milliseconds.
 */
since_ms: number, 
/**
 * Answers since; none where progress was not shared both times.
 */
answers: number | null, 
/**
 * Days with answers since.
 */
active_days: number | null, 
/**
 * Share of the role's items that could be recalled, before and now.
 */
readiness: [number, number] | null, 
/**
 * Share of later answers that passed, before and since.
 */
retention: [number | null, number | null] | null, 
/**
 * Domains whose share moved, most first: id, before, now.
 */
domains: Array<[string, number, number]>, 
/**
 * Stories that are new or were changed.
 */
stories: Array<StoryId>, 
/**
 * Told answers that are new.
 */
told: Array<number>, 
/**
 * Mock loops that are new.
 */
mocks: Array<number>, 
/**
 * Plays that are new.
 */
plays: Array<number>, 
/**
 * Items that were answered again with `again` after they had been passed.
 */
forgotten: Array<ItemRef>, 
/**
 * Assignments of the last feedback: what it was, and whether the item was answered since.
 */
assignments: Array<[Assignment, boolean | null]>, };

export type PacketTaken = { 
/**
 * What its sender is to this one: a learner's is on the mentor's desk now, a mentor's was applied.
 */
role: Role, 
/**
 * The sender.
 */
contact: number, };

export type Role = "mentor" | "learner";

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

export type StoryId = string;

export type StoryPart = "situation" | "task" | "action" | "result" | "lesson";

export type Telling = { 
/**
 * A few words to know it by.
 */
title: string, 
/**
 * Where and when, and why it mattered.
 */
situation: string, 
/**
 * What the teller had to reach.
 */
task: string, 
/**
 * What the teller did.
 */
action: string, 
/**
 * What came of it.
 */
result: string, 
/**
 * What the teller does differently since.
 */
lesson: string, 
/**
 * The numbers, one a line: from where to where, in what time, how measured.
 */
metrics: string, 
/**
 * The version of 30 seconds.
 */
seconds_30: string, 
/**
 * The version of 90 seconds.
 */
seconds_90: string, };

export type Strength = "weak" | "clear" | "strong";

export type Story = { 
/**
 * When it happened and how long it took, in the learner's words.
 */
when: string, 
/**
 * In English.
 */
english: Telling, 
/**
 * In Chinese, as the learner writes it.
 */
chinese: Telling, 
/**
 * How strongly it shows each principle, by the principle's id; absent means not at all.
 */
principles: { [key in string]: Strength }, 
/**
 * Names of people that belong to it and are kept out of whatever leaves the machine.
 */
people: Array<string>, };

export type Hint = { "code": "missing", 
/**
 * Which.
 */
part: StoryPart, } | { "code": "too_long", 
/**
 * Words, or characters.
 */
length: number, 
/**
 * The most that fit.
 */
most: number, } | { "code": "too_short", 
/**
 * Words, or characters.
 */
length: number, 
/**
 * The fewest that fill it.
 */
fewest: number, } | { "code": "version_too_long", 
/**
 * 30 or 90.
 */
version_seconds: number, 
/**
 * Seconds it takes.
 */
seconds: number, } | { "code": "long_opening", 
/**
 * Their share in percent.
 */
percent: number, } | { "code": "short_action", 
/**
 * Its share in percent.
 */
percent: number, } | { "code": "short_ending", 
/**
 * Their share in percent.
 */
percent: number, } | { "code": "we_not_i", 
/**
 * How often we (us, our).
 */
we: number, 
/**
 * How often I (me, my).
 */
i: number, } | { "code": "few_numbers", 
/**
 * How many.
 */
found: number, } | { "code": "no_date" } | { "code": "hypothetical", 
/**
 * The part it stands in.
 */
part: StoryPart, 
/**
 * The word with a little of what stands around it.
 */
words: string, };

export type GapKind = "uncovered" | "weak" | "single" | "stale";

export type Gap = { 
/**
 * The principle's id.
 */
principle: string, 
/**
 * What is thin.
 */
kind: GapKind, };

export type Coverage = { 
/**
 * Principles that some story shows clearly.
 */
covered: number, 
/**
 * Thin principles, in the order given.
 */
gaps: Array<Gap>, 
/**
 * Stories that are the only clear one for more than two principles: a panel would hear them again and again.
 */
leaned_on: Array<StoryId>, };

export type Interviewer = { 
/**
 * A name or a role; may be empty.
 */
name: string, 
/**
 * Ids of the principles they ask about, usually two or three.
 */
principles: Array<string>, 
/**
 * Whether they are the bar raiser: from outside the team, with the last word.
 */
bar_raiser: boolean, };

export type Seat = { 
/**
 * The interviewer's place on the panel, from 0.
 */
interviewer: number, 
/**
 * The principle's id.
 */
principle: string, 
/**
 * The story; none where there is none to tell.
 */
story: StoryId | null, 
/**
 * How strongly it shows the principle.
 */
strength: Strength | null, 
/**
 * Whether another interviewer hears it, too.
 */
repeated: boolean, };

export type PanelPlan = { 
/**
 * Every question, by interviewer, in the order given.
 */
seats: Array<Seat>, 
/**
 * Questions that have a story.
 */
answered: number, 
/**
 * Tellings beyond the first of a story.
 */
repeats: number, 
/**
 * Sum of the strengths, 1 (weak) to 3 (strong) each.
 */
fit: number, 
/**
 * Principles asked for that no story shows, by id.
 */
without_story: Array<string>, 
/**
 * Stories that would be told more than twice: interviewers compare notes.
 */
told_too_often: Array<StoryId>, };

export type StoryRow = { 
/**
 * Its name.
 */
id: StoryId, 
/**
 * Its title; empty while it has none.
 */
title: Text, 
/**
 * How strongly it shows each principle.
 */
principles: { [key in string]: Strength }, 
/**
 * Languages in which it can be told.
 */
languages: Array<Language>, 
/**
 * How often it was told.
 */
times_told: number, 
/**
 * The day it was told last.
 */
last_told: string | null, };

export type StoriesPage = { 
/**
 * Stories, the one changed last first.
 */
stories: Array<StoryRow>, 
/**
 * What the matrix of stories and principles says.
 */
coverage: Coverage, 
/**
 * Who will interview and what about.
 */
panel: Array<Interviewer>, 
/**
 * Who should hear which story.
 */
plan: PanelPlan, 
/**
 * Names that never leave the machine: customers, companies, projects.
 */
private_names: Array<string>, };

export type PartLength = { 
/**
 * The part.
 */
part: StoryPart, 
/**
 * Seconds.
 */
seconds: number, };

export type Draft = { 
/**
 * The language.
 */
language: Language, 
/**
 * Hints, each with what was counted.
 */
hints: Array<Hint>, 
/**
 * Seconds it takes to say each part.
 */
parts: Array<PartLength>, 
/**
 * Seconds of the version of 30 seconds, and of the one of 90.
 */
versions: [number, number], };

export type VersionRow = { 
/**
 * From 1.
 */
number: number, 
/**
 * When it was last changed, UTC milliseconds.
 */
changed_at_ms: number, };

export type StoryPage = { 
/**
 * Its name.
 */
id: StoryId, 
/**
 * The story.
 */
story: Story, 
/**
 * What can be said of it in English and in the learner's Chinese.
 */
drafts: Array<Draft>, 
/**
 * Its versions, newest first.
 */
versions: Array<VersionRow>, };

export type FindingKind = "listed" | "person" | "email" | "telephone" | "account_id" | "access_key" | "arn" | "ip_address";

export type Finding = { 
/**
 * What it is.
 */
kind: FindingKind, 
/**
 * The words.
 */
words: string, };

export type SharedStory = { 
/**
 * The whole text.
 */
text: string, 
/**
 * What should be looked at before it leaves.
 */
findings: Array<Finding>, 
/**
 * The text with that blacked out.
 */
redacted: string, };

export type Probe = { 
/**
 * The question.
 */
text: Text, 
/**
 * The rubric's dimension it goes for; none for one that belongs to a prompt or a principle.
 */
about: string | null, };

export type Manner = "typed" | "spoken";

export type ProbeAnswer = { 
/**
 * The question.
 */
text: Text, 
/**
 * The rubric's dimension it goes for; none for one that belongs to the prompt or the principle.
 */
about: string | null, 
/**
 * The typed answer or notes; empty where it was spoken or passed over.
 */
words: string, 
/**
 * Milliseconds from the recording's start at which it was asked; none where nothing was recorded.
 */
at_ms: number | null, };

export type Score = { 
/**
 * 1 to 4, as the dimension's anchors say.
 */
value: number, 
/**
 * The words of the answer that it stands on, or the learner's reason; may be empty.
 */
because: string, 
/**
 * The moment of the recording that it stands on, in milliseconds.
 */
at_ms: number | null, };

export type Pause = { 
/**
 * When the sound before it ended.
 */
start_ms: number, 
/**
 * When the sound after it began.
 */
end_ms: number, };

export type Delivery = { 
/**
 * Length of the recording.
 */
total_ms: number, 
/**
 * Time spoken: the total without lead, tail and pauses.
 */
speaking_ms: number, 
/**
 * Silence before the first sound.
 */
lead_ms: number, 
/**
 * Silence after the last sound.
 */
tail_ms: number, 
/**
 * Silences within speech of at least [`Delivery::SHORTEST_PAUSE_MS`], in order.
 */
pauses: Array<Pause>, 
/**
 * Syllables spoken, an estimate.
 */
syllables: number, };

export type Account = { 
/**
 * Typed or spoken.
 */
manner: Manner, 
/**
 * The language it is told in.
 */
language: Language, 
/**
 * The typed words, or notes to a spoken answer.
 */
words: string, 
/**
 * Milliseconds from the start at which the task, the action, the result and the lesson began, as far as marked.
 */
marks_ms: Array<number>, 
/**
 * Milliseconds of telling.
 */
told_ms: number, 
/**
 * What the recording shows; none without one.
 */
delivery: Delivery | null, 
/**
 * What was asked back.
 */
probes: Array<ProbeAnswer>, 
/**
 * The learner's scores, by the rubric's dimension.
 */
scores: { [key in string]: Score }, 
/**
 * Ids of the key points that a technical answer named.
 */
ticked: Array<string>, };

export type Shape = { 
/**
 * Situation and task; at most 30 is wanted.
 */
opening: number, 
/**
 * Action; at least 50 is wanted.
 */
action: number, 
/**
 * Result and lesson; at least 15 is wanted.
 */
ending: number, };

export type Reason = { "code": "long_opening", 
/**
 * Their share.
 */
percent: number, } | { "code": "short_action", 
/**
 * Its share.
 */
percent: number, } | { "code": "short_ending", 
/**
 * Their share.
 */
percent: number, } | { "code": "few_numbers", 
/**
 * How many.
 */
found: number, } | { "code": "low_score", 
/**
 * The score.
 */
value: number, };

export type Weak = { 
/**
 * The dimension's id.
 */
dimension: string, 
/**
 * Why.
 */
reason: Reason, };

export type Figures = { 
/**
 * From the first sound to the last, milliseconds.
 */
speech_ms: number, 
/**
 * Silences of at least 300 ms between.
 */
pauses: number, 
/**
 * Milliseconds of silence in all of them.
 */
paused_ms: number, 
/**
 * The longest of them, milliseconds.
 */
longest_pause_ms: number, 
/**
 * Where the longest one begins, milliseconds from the start.
 */
longest_pause_at_ms: number | null, 
/**
 * Syllables a minute, pauses included: an estimate; none for too little speech.
 */
syllables_per_minute: number | null, };

export type RehearsalPage = { 
/**
 * Its number.
 */
number: number, 
/**
 * What was asked.
 */
item: ItemRef, 
/**
 * The story that was told, if it was named.
 */
story: StoryId | null, 
/**
 * When it began, UTC milliseconds.
 */
started_at_ms: number, 
/**
 * Whether it is over.
 */
ended: boolean, 
/**
 * Bytes of its recording; none without one.
 */
recording_bytes: number | null, 
/**
 * The answer.
 */
account: Account, 
/**
 * Shares of its parts; none where they were not marked.
 */
shape: Shape | null, 
/**
 * The figures of its delivery; none without a recording.
 */
figures: Figures | null, 
/**
 * Where it seems weak, and why.
 */
weak: Array<Weak>, 
/**
 * Mean of the scores, 1 to 4; none without any.
 */
mean: number | null, 
/**
 * The two dimensions with the lowest scores.
 */
weakest: Array<string>, 
/**
 * The grade that the scores propose.
 */
proposed: Grade | null, };

export type StoryChoice = { 
/**
 * Its name.
 */
id: StoryId, 
/**
 * Its title.
 */
title: Text, 
/**
 * How strongly it shows the prompt's principle; none where it does not.
 */
strength: Strength | null, };

export type RecordingRow = { 
/**
 * The rehearsal's number.
 */
number: number, 
/**
 * What was asked, in words.
 */
title: Text, 
/**
 * When it began, UTC milliseconds.
 */
started_at_ms: number, 
/**
 * Bytes.
 */
bytes: number, };

export type Recordings = { 
/**
 * Bytes in all.
 */
used_bytes: number, 
/**
 * The most they may take.
 */
limit_bytes: number, 
/**
 * Each of them, newest first.
 */
rows: Array<RecordingRow>, };

export type RehearsalDesk = { 
/**
 * The item, with what each grade would do.
 */
card: Card, 
/**
 * A rehearsal of it that was not finished.
 */
open: RehearsalPage | null, 
/**
 * Finished ones, newest first.
 */
past: Array<RehearsalPage>, 
/**
 * Stories that can be told to it, the most fitting first; empty for a story itself.
 */
stories: Array<StoryChoice>, 
/**
 * What recordings take on the disk.
 */
recordings: Recordings, };

export type Asked = { 
/**
 * What is asked.
 */
item: ItemRef, 
/**
 * The term of the answer before that led to it.
 */
term: string | null, 
/**
 * Probes to a prompt.
 */
probes: Array<ProbeAnswer>, 
/**
 * The rehearsal that holds the answer; none before it is asked.
 */
answer: number | null, };

export type MockRound = { 
/**
 * The interviewer's name or role; empty for one that has none.
 */
interviewer: string, 
/**
 * Whether it is the bar raiser's, whose probes are drawn by chance.
 */
bar_raiser: boolean, 
/**
 * The language of the round.
 */
language: Language, 
/**
 * Ids of the principles.
 */
principles: Array<string>, 
/**
 * The technical area: a domain's id; empty for none.
 */
area: string, 
/**
 * Minutes planned.
 */
minutes: number, 
/**
 * What is asked, in order; term probes are put in as they come up.
 */
questions: Array<Asked>, 
/**
 * Whether it was scored.
 */
scored: boolean, };

export type MockWish = { 
/**
 * What the loop is drawn from; the same seed, bank and panel give the same loop.
 */
seed: number, 
/**
 * The language of each round, 1 to 6 rounds.
 */
languages: Array<Language>, 
/**
 * Typed or spoken.
 */
manner: Manner, };

export type MockRow = { 
/**
 * Its number.
 */
number: number, 
/**
 * What it was drawn from.
 */
seed: number, 
/**
 * When it began, UTC milliseconds.
 */
started_at_ms: number, 
/**
 * Rounds in all.
 */
rounds: number, 
/**
 * Of them scored.
 */
scored: number, 
/**
 * Mean of all behavioural scores, 1 to 4; none without any.
 */
mean: number | null, 
/**
 * Mean score by dimension.
 */
dimensions: { [key in string]: number }, 
/**
 * Share of the key points (by weight) that technical answers named, 0 to 1; none without any.
 */
technical: number | null, };

export type MocksPage = { 
/**
 * The newest that is not over.
 */
open: MockRow | null, 
/**
 * Those that are over, newest first.
 */
past: Array<MockRow>, 
/**
 * People on the panel that the learner wrote down.
 */
panel_size: number, 
/**
 * A seed that was not used yet.
 */
seed: number, };

export type MockAnswer = { 
/**
 * The round, from 0.
 */
round: number, 
/**
 * The question.
 */
view: ItemView, 
/**
 * The language of its round.
 */
language: Language, 
/**
 * The term of the answer before that led to it.
 */
term: string | null, 
/**
 * The answer.
 */
answer: RehearsalPage, 
/**
 * For a technical question: share of its key points (by weight) that were ticked, 0 to 1.
 */
share: number | null, };

export type MockStage = { "name": "asking", 
/**
 * The round, from 0.
 */
round: number, 
/**
 * The question and its answer so far.
 */
question: MockAnswer, } | { "name": "scoring", 
/**
 * The round, from 0.
 */
round: number, 
/**
 * Its answers.
 */
answers: Array<MockAnswer>, 
/**
 * Stories that may have been told.
 */
stories: Array<StoryChoice>, } | { "name": "own_questions" } | { "name": "debrief", 
/**
 * Every answer, by round.
 */
answers: Array<MockAnswer>, 
/**
 * This loop's means.
 */
means: MockRow, 
/**
 * The loops before it, newest first.
 */
before: Array<MockRow>, 
/**
 * Titles of stories told more than twice.
 */
told_too_often: Array<Text>, };

export type MockPage = { 
/**
 * Its number.
 */
number: number, 
/**
 * What it was drawn from.
 */
seed: number, 
/**
 * Typed or spoken.
 */
manner: Manner, 
/**
 * When it began, UTC milliseconds.
 */
started_at_ms: number, 
/**
 * Its rounds.
 */
rounds: Array<MockRound>, 
/**
 * What the candidate asks at the end.
 */
own_questions: string, 
/**
 * What comes now.
 */
stage: MockStage, };

export type ScoredAnswer = { 
/**
 * The answer's number.
 */
number: number, 
/**
 * The story that was told.
 */
story: StoryId | null, 
/**
 * Scores by dimension.
 */
scores: { [key in string]: Score }, 
/**
 * Ids of the key points that were named.
 */
ticked: Array<string>, };

export type RecorderState = { 
/**
 * The rehearsal being recorded; none while nothing is.
 */
number: number | null, 
/**
 * Milliseconds recorded, with what was there before.
 */
length_ms: number, 
/**
 * Loudness of the last moment, 0 to 1.
 */
level: number, 
/**
 * The code of the error that ended it; what was recorded until then is kept.
 */
fault: string | null, };
