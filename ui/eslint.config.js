import svelte from 'eslint-plugin-svelte';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/** Only the api room may talk to the core; everything else asks it. */
const onlyApiTalksToTauri = {
  'no-restricted-imports': [
    'error',
    { patterns: [{ group: ['@tauri-apps/*'], message: 'Only src/lib/api talks to the core.' }] },
  ],
};

export default ts.config(
  { ignores: ['dist', 'dist-mock', 'node_modules', 'src/lib/api/types.ts'] },
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    rules: {
      ...onlyApiTalksToTauri,
      'svelte/no-at-html-tags': 'error',
      // The window's policy refuses style attributes; a style: directive goes through script and is fine.
      'svelte/no-inline-styles': ['error', { allowTransitions: false }],
      // The rule is about SvelteKit's router, which is not used.
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  {
    files: ['src/lib/api/**', 'src/dev/**'],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    files: ['src/lib/components/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['@tauri-apps/*'], message: 'Only src/lib/api talks to the core.' },
            { group: ['**/pages/**', '**/app.svelte'], message: 'Components are told what to show.' },
            {
              regex: '(^|/)api(/index)?$',
              message: 'Components are told what to show; types come from api/types.',
            },
          ],
        },
      ],
    },
  },
);
