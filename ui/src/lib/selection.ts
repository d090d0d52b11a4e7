import type { Selection } from './api';

/** The figures of the progress page and nothing that was typed: what is shared until more is chosen. */
export const figuresAlone = (): Selection => ({
  question: '',
  progress: true,
  answers: false,
  stories: [],
  told: [],
  mocks: [],
  plays: [],
  recordings: [],
  redact: true,
});
