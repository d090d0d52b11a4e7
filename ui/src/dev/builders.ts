/** Data as the core gives it, with what a learner has not done yet: for tests, and for the core that is made up. */
import type * as api from '../lib/api/types';

export function accountOf(more: Partial<api.Account> = {}): api.Account {
  return {
    manner: 'typed',
    language: 'en',
    words: '',
    marks_ms: [],
    told_ms: 0,
    delivery: null,
    probes: [],
    scores: {},
    ticked: [],
    ...more,
  };
}

export function rehearsalOf(
  account: Partial<api.Account> = {},
  more: Partial<api.RehearsalPage> = {},
): api.RehearsalPage {
  return {
    number: 7,
    item: { kind: 'prompt', id: 'dive-deep/x' },
    story: null,
    started_at_ms: 0,
    ended: false,
    recording_bytes: null,
    account: accountOf(account),
    shape: null,
    figures: null,
    weak: [],
    mean: null,
    weakest: [],
    proposed: null,
    ...more,
  };
}

export function cardOf(view: api.ItemView): api.Card {
  const grades = ['again', 'hard', 'good', 'easy'] as const;
  return {
    view,
    is_new: true,
    predicted_recall: null,
    choices: grades.map((grade, i) => ({ grade, interval_days: i * 3, interval_minutes: 10 })),
    drill: null,
  };
}

export function settingsOf(more: Partial<api.Settings> = {}): api.Settings {
  return {
    set_up: true,
    interface_language: 'en',
    content_language: 'en',
    theme: 'light',
    track: 'csa',
    weekday_minutes: [null, null, null, null, null, null, null],
    holidays: null,
    goal: 0.8,
    minutes_per_day: 30,
    desired_retention: 0.9,
    ...more,
  };
}
