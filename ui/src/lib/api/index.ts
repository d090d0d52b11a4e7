/** The commands of the core, one typed function each. Nothing else in the interface talks to Tauri. */
import { invoke } from '@tauri-apps/api/core';
import type {
  Account,
  Answer,
  BrowseFilter,
  BrowseItem,
  BrowsePage,
  CohortPage,
  CommentView,
  DayChoice,
  DrillAnswer,
  DrillCase,
  DrillVerdict,
  DrillsPage,
  Feedback,
  FiguresPage,
  Grade,
  IncidentsPage,
  Interviewer,
  ItemRef,
  Language,
  LearningState,
  Manner,
  MockPage,
  MockWish,
  MocksPage,
  PacketTaken,
  PlanPage,
  PlanWish,
  PlayDraft,
  PlayPage,
  Practice,
  Progress,
  RecorderState,
  Recordings,
  RehearsalDesk,
  RehearsalPage,
  ReviewPage,
  Role,
  Round,
  ScoredAnswer,
  Selection,
  Settings,
  SettingsPage,
  SharePage,
  SharePreview,
  SharedStory,
  Start,
  StoriesPage,
  Story,
  StoryId,
  StoryPage,
  Today,
  Trust,
} from './types';

export type * from './types';

/** What the core could not do: a code that names a sentence, and what its placeholders stand for. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    readonly params: Record<string, string>,
    message: string,
  ) {
    super(message);
    this.name = 'ApiError';
  }

  /** Any failure as an ApiError; what the core did not say itself is `unexpected`. */
  static from(cause: unknown): ApiError {
    if (cause instanceof ApiError) return cause;
    if (typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string') {
      const { code, message, params } = cause as {
        code: string;
        message?: string;
        params?: Record<string, string>;
      };
      return new ApiError(code, params ?? {}, message ?? code);
    }
    return new ApiError('unexpected', {}, cause instanceof Error ? cause.message : String(cause));
  }
}

async function call<T>(command: string, args?: Record<string, unknown>): Promise<T> {
  try {
    return await invoke<T>(command, args);
  } catch (cause) {
    throw ApiError.from(cause);
  }
}

/** What the page needs before it shows anything. */
export const startShow = () => call<Start>('start_show');
/** The day's list, summed up. */
export const todayShow = () => call<Today>('today_show');
/** Puts a calibration at the head of today's list. */
export const todayCalibrate = () => call<null>('today_calibrate');
/** The plan to the interview, as it is or as it would be; without a date to plan for, the calendar alone. */
export const planShow = (wish: PlanWish) => call<PlanPage>('plan_show', { wish });
/** The fewest minutes a day that reach the goal; null where none do. */
export const planMinutesForGoal = () => call<number | null>('plan_minutes_for_goal');
/** Keeps what days of the calendar are to be. */
export const planSaveDays = (days: DayChoice[]) => call<null>('plan_save_days', { days });
/** Starts learning from the answers where there are enough new ones, or because the learner asked. */
export const learningStart = (asked: boolean) => call<LearningState>('learning_start', { asked });
/** Where learning from the answers stands. */
export const learningShow = () => call<LearningState>('learning_show');
/** Ends learning from the answers; nothing of it is kept. */
export const learningCancel = () => call<LearningState>('learning_cancel');
/** The next card of the day's list. */
export const practiceNext = () => call<Practice>('practice_next');
/** Ten more minutes for today, and the card they begin with. */
export const practiceMore = () => call<Practice>('practice_more');
/** Leaves a card out of today's list; gives the next. */
export const practicePutOff = (item: ItemRef) => call<Practice>('practice_put_off', { item });
/** A card chosen in Browse. */
export const practiceOpen = (item: ItemRef) => call<Practice>('practice_open', { item });
/** The grade that the ticked key points suggest. */
export const practicePropose = (item: ItemRef, ticked: string[]) =>
  call<Grade | null>('practice_propose', { item, ticked });
/** Records an answer; gives the next card. */
export const practiceGrade = (answer: Answer) => call<Practice>('practice_grade', { answer });
/** Takes the last answer back; gives its card again. */
export const practiceUndo = () => call<Practice>('practice_undo');
/** A page of the bank. */
export const browseList = (filter: BrowseFilter) => call<BrowsePage>('browse_list', { filter });
/** An item, read whole. */
export const browseShow = (item: ItemRef) => call<BrowseItem>('browse_show', { item });
/** Writes a report about an item beside the database; gives its path. */
export const browseReport = (item: ItemRef, language: Language, words: string) =>
  call<string>('browse_report', { item, language, words });
/** The story bank: the list, what the matrix says, the panel. */
export const storiesShow = () => call<StoriesPage>('stories_show');
/** A story on the desk, with hints and versions. */
export const storiesOpen = (id: StoryId) => call<StoryPage>('stories_open', { id });
/** Begins a story. */
export const storiesCreate = () => call<StoryPage>('stories_create');
/** Keeps a story; gives it with new hints. */
export const storiesSave = (id: StoryId, story: Story) => call<StoryPage>('stories_save', { id, story });
/** A version as it was. */
export const storiesVersion = (id: StoryId, number: number) => call<Story>('stories_version', { id, number });
/** Makes an old version the newest. */
export const storiesRestore = (id: StoryId, number: number) =>
  call<StoryPage>('stories_restore', { id, number });
/** Deletes a story with its versions. */
export const storiesDelete = (id: StoryId) => call<null>('stories_delete', { id });
/** Keeps who will interview and what about. */
export const storiesSavePanel = (panel: Interviewer[]) => call<null>('stories_save_panel', { panel });
/** Keeps the names that never leave the machine. */
export const storiesSavePrivateNames = (names: string[]) =>
  call<null>('stories_save_private_names', { names });
/** A story as it would leave the machine, and what to look at first. */
export const storiesShared = (id: StoryId, language: Language) =>
  call<SharedStory>('stories_shared', { id, language });
/** Asks for a file and writes a story into it; gives its path, or null when the dialog was cancelled. */
export const storiesWrite = (id: StoryId, language: Language, redact: boolean) =>
  call<string | null>('stories_write', { id, language, redact });
/** An item to rehearse: its card, the rehearsal that was not finished, and those that were. */
export const rehearsalDesk = (item: ItemRef) => call<RehearsalDesk>('rehearsal_desk', { item });
/** Begins a rehearsal. */
export const rehearsalBegin = (item: ItemRef, manner: Manner, language: Language) =>
  call<RehearsalPage>('rehearsal_begin', { item, manner, language });
/** A rehearsal, finished or not. */
export const rehearsalShow = (number: number) => call<RehearsalPage>('rehearsal_show', { number });
/** Keeps an answer on its way; called every second. */
export const rehearsalKeep = (number: number, story: StoryId | null, account: Account) =>
  call<null>('rehearsal_keep', { number, story, account });
/** The telling is over: gives its figures and what is asked back. */
export const rehearsalTold = (number: number, story: StoryId | null, account: Account) =>
  call<RehearsalPage>('rehearsal_told', { number, story, account });
/** Ends a rehearsal with its scores. */
export const rehearsalFinish = (number: number, story: StoryId | null, account: Account) =>
  call<RehearsalPage>('rehearsal_finish', { number, story, account });
/** Deletes a rehearsal with its recording. */
export const rehearsalDelete = (number: number) => call<null>('rehearsal_delete', { number });
/** What recordings take on the disk. */
export const rehearsalRecordings = () => call<Recordings>('rehearsal_recordings');
/** A recording, a WAV file. */
export const rehearsalRecording = (number: number) => call<ArrayBuffer>('rehearsal_recording', { number });
/** Deletes a recording; its figures stay. */
export const rehearsalDeleteRecording = (number: number) =>
  call<Recordings>('rehearsal_delete_recording', { number });
/** Records a rehearsal, going on where its recording ends. */
export const recorderStart = (number: number) => call<RecorderState>('recorder_start', { number });
/** What the recorder does now. */
export const recorderShow = () => call<RecorderState>('recorder_show');
/** Ends a recording. */
export const recorderStop = () => call<RecorderState>('recorder_stop');
/** The mock loops so far. */
export const mockList = () => call<MocksPage>('mock_list');
/** Draws a loop and asks its first question. */
export const mockStart = (wish: MockWish) => call<MockPage>('mock_start', { wish });
/** A loop where it stands. */
export const mockShow = (number: number) => call<MockPage>('mock_show', { number });
/** Ends an answer and asks the next question; `said` are terms that a spoken answer named. */
export const mockNext = (number: number, answer: number, account: Account, said: string[]) =>
  call<MockPage>('mock_next', { number, answer, account, said });
/** Scores a round and goes on to the next. */
export const mockScore = (number: number, round: number, answers: ScoredAnswer[]) =>
  call<MockPage>('mock_score', { number, round, answers });
/** Keeps the candidate's own questions; with `end` the loop is over. */
export const mockOwnQuestions = (number: number, words: string, end: boolean) =>
  call<MockPage>('mock_own_questions', { number, words, end });
/** Ends a loop where it stands. */
export const mockStop = (number: number) => call<MockPage>('mock_stop', { number });
/** Deletes a loop with its answers and recordings. */
export const mockDelete = (number: number) => call<null>('mock_delete', { number });
/** The drill families with how they went. */
export const drillsList = () => call<DrillsPage>('drills_list');
/** A case by level and seed, to try or to play again. */
export const drillsCase = (family: string, level: number, seed: string) =>
  call<DrillCase>('drills_case', { family, level, seed });
/** Judges answers to a case; nothing is kept. */
export const drillsCheck = (answer: DrillAnswer) => call<DrillVerdict>('drills_check', { answer });
/** The incidents with how they went. */
export const incidentsList = () => call<IncidentsPage>('incidents_list');
/** Begins a play; without a seed, one not met before. */
export const incidentsStart = (incident: string, seed: string | null) =>
  call<PlayPage>('incidents_start', { incident, seed });
/** A play where it stands. */
export const incidentsShow = (number: number) => call<PlayPage>('incidents_show', { number });
/** Asks for evidence. */
export const incidentsCheck = (number: number, check: string) =>
  call<PlayPage>('incidents_check', { number, check });
/** Writes what a check showed into a file that is chosen in a dialog; gives its path, null when that was cancelled. */
export const incidentsSave = (number: number, check: string) =>
  call<string | null>('incidents_save', { number, check });
/** Names the cause. */
export const incidentsCause = (number: number, hypothesis: string) =>
  call<PlayPage>('incidents_cause', { number, hypothesis });
/** Takes an action. */
export const incidentsAct = (number: number, action: string) =>
  call<PlayPage>('incidents_act', { number, action });
/** Keeps the board and the words as they stand. */
export const incidentsKeep = (number: number, draft: PlayDraft) =>
  call<PlayPage>('incidents_keep', { number, draft });
/** Writes to the customer: what stands in the update goes out. */
export const incidentsSend = (number: number) => call<PlayPage>('incidents_send', { number });
/** Ends a play: it shows its debrief. */
export const incidentsEnd = (number: number) => call<PlayPage>('incidents_end', { number });
/** Deletes a play. */
export const incidentsDelete = (number: number) => call<IncidentsPage>('incidents_delete', { number });
/** Keeps the learner's runbook for an incident. */
export const incidentsRunbook = (incident: string, text: string) =>
  call<null>('incidents_runbook', { incident, text });
/** How study goes. */
export const progressShow = () => call<Progress>('progress_show');
/** Every figure of the progress page, in one language. */
export const progressFigures = (language: Language) => call<FiguresPage>('progress_figures', { language });
/** Writes a figure's picture, or its numbers, into a file chosen in a dialog; gives its path, null when cancelled. */
export const progressSave = (figure: string, language: Language, numbers: boolean) =>
  call<string | null>('progress_save', { figure, language, numbers });
/** What can be shared, with whom, and what came back. */
export const shareShow = () => call<SharePage>('share_show');
/** What would leave with this selection, exactly. */
export const sharePreview = (selection: Selection, language: Language) =>
  call<SharePreview>('share_preview', { selection, language });
/** Makes a review packet for a mentor where a dialog says; gives its path, null when cancelled. */
export const shareMake = (selection: Selection, mentor: number) =>
  call<string | null>('share_make', { selection, mentor });
/** Writes what is shared as a document that opens without this program; gives its path, null when cancelled. */
export const shareReport = (selection: Selection, language: Language) =>
  call<string | null>('share_report', { selection, language });
/** A mentor's comments on an item, newest first. */
export const shareComments = (item: ItemRef) => call<CommentView[]>('share_comments', { item });
/** Keeps that the comments on an item were read; with null, all. */
export const shareCommentsRead = (item: ItemRef | null) => call<null>('share_comments_read', { item });
/** Ticks an assignment off, or takes the tick away. */
export const shareAssignmentDone = (packet: number, id: number, done: boolean) =>
  call<null>('share_assignment_done', { packet, id, done });
/** Keeps what one calls oneself. */
export const contactsName = (name: string) => call<null>('contacts_name', { name });
/** Makes a contact of an address; gives its number. */
export const contactsAdd = (role: Role, name: string, address: string) =>
  call<number>('contacts_add', { role, name, address });
/** Keeps whether the fingerprints of a contact were compared. */
export const contactsCompared = (number: number, compared: boolean) =>
  call<null>('contacts_compared', { number, compared });
/** Deletes a contact with everything that came from there. */
export const contactsRemove = (number: number) => call<null>('contacts_remove', { number });
/** Takes a packet that a dialog gives; null when cancelled. One that is refused stays at hand for {@link packetsTake}. */
export const packetsOpen = () => call<PacketTaken | null>('packets_open');
/** Takes the packet that was opened last: from somebody new, or without the one before it. */
export const packetsTake = (trust: Trust, without: boolean) =>
  call<PacketTaken>('packets_take', { trust, without });
/** The mentor's learners in a table. */
export const mentorCohort = () => call<CohortPage>('mentor_cohort');
/** A learner's newest packet and the feedback to it. */
export const mentorReview = (learner: number, language: Language) =>
  call<ReviewPage>('mentor_review', { learner, language });
/** Keeps the feedback that is being written. */
export const mentorKeep = (learner: number, draft: Feedback) => call<null>('mentor_keep', { learner, draft });
/** Makes the feedback packet where a dialog says; gives its path, null when cancelled. */
export const mentorSend = (learner: number) => call<string | null>('mentor_send', { learner });
/** A recording that came with a packet, a WAV file. */
export const mentorRecording = (packet: number, number: number) =>
  call<ArrayBuffer>('mentor_recording', { packet, number });
/** Settings and what stands around them. */
export const settingsShow = () => call<SettingsPage>('settings_show');
/** Keeps the learner's choices. */
export const settingsSave = (settings: Settings) => call<Settings>('settings_save', { settings });
/** Keeps the interview rounds, replacing all of them. */
export const settingsSaveRounds = (rounds: Round[]) => call<Round[]>('settings_save_rounds', { rounds });
/** Writes everything to a file that the learner picks; null when they changed their mind. */
export const settingsExport = () => call<string | null>('settings_export');
/** Shows the data folder in the system's file manager. */
export const settingsOpenDataFolder = () => call<null>('settings_open_data_folder');
