/** The commands of the core, one typed function each. Nothing else in the interface talks to Tauri. */
import { invoke } from '@tauri-apps/api/core';
import type {
  Answer,
  BrowseFilter,
  BrowseItem,
  BrowsePage,
  DayChoice,
  Grade,
  ItemRef,
  Language,
  LearningState,
  PlanPage,
  PlanWish,
  Practice,
  Progress,
  Round,
  Settings,
  SettingsPage,
  Start,
  Today,
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
/** How study goes. */
export const progressShow = () => call<Progress>('progress_show');
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
