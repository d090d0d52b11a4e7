import type { Theme } from './api/types';

const dark = () => window.matchMedia('(prefers-color-scheme: dark)');

let wanted: Theme = 'system';

function paint() {
  const isDark = wanted === 'dark' || (wanted === 'system' && dark().matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
}

/** Shows the page light, dark, or as the system is now and later. */
export function applyTheme(theme: Theme): void {
  wanted = theme;
  paint();
}

/** Follows the system from now on, for as long as the theme is `system`. */
export function watchSystemTheme(): void {
  dark().addEventListener('change', paint);
  paint();
}
