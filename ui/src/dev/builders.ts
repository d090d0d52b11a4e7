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

/** A page of figures: one with a picture, one without. */
export function figuresOf(): api.FiguresPage {
  return {
    readiness: 'Ready for depth 1 in Linux; not yet: IAM evaluation, NAT.',
    figures: [
      {
        id: 'history',
        title: 'Answers by day',
        says: '12 answers on 2 of the last 60 days.',
        note: '',
        scene: {
          width: 720,
          height: 180,
          marks: [
            {
              mark: 'line',
              points: [
                [40, 160],
                [720, 160],
              ],
              tone: 'grid',
              dashed: false,
            },
            {
              mark: 'rect',
              x: 600,
              y: 80,
              width: 20,
              height: 80,
              tone: 'accent',
              title: 'Nov 20: 8 answers',
            },
            {
              mark: 'rect',
              x: 640,
              y: 120,
              width: 20,
              height: 40,
              tone: 'accent',
              title: 'Nov 21: 4 answers',
            },
            { mark: 'dot', x: 300, y: 90, radius: 4, tone: 'second', title: 'a dot' },
            { mark: 'label', x: 650, y: 176, text: 'Nov 21', anchor: 'middle', tone: 'soft' },
          ],
        },
        table: {
          columns: [
            { name: 'Day', figures: false },
            { name: 'Answers', figures: true },
          ],
          rows: [
            ['2026-11-21', '4'],
            ['2026-11-20', '8'],
          ],
        },
      },
      {
        id: 'drills',
        title: 'Drills',
        says: 'No drill was answered yet.',
        note: '',
        scene: null,
        table: { columns: [{ name: 'Drill', figures: false }], rows: [] },
      },
    ],
  };
}

/** Progress after some answers. */
export function progressOf(answers: number): api.Progress {
  return {
    answers,
    items_seen: answers,
    in_track: 431,
    in_track_seen: answers,
    hours: 1.5,
    true_retention: answers > 0 ? 0.87 : null,
    days: [],
    forecast: [],
    domains: [],
  };
}
