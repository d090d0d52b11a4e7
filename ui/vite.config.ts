import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/**
 * `vite build` makes the page that the window loads. `--mode mock` makes the same page against invented data
 * (dev.html), so that it can be looked at in a browser under the same content security policy.
 */
export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  // Vitest must mount components, so it needs Svelte's browser build rather than the server one.
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
  build: {
    target: 'es2022',
    outDir: mode === 'mock' ? 'dist-mock' : 'dist',
    // The policy allows fonts from 'self' only: an inlined data: font would be refused.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: mode === 'mock' ? 'dev.html' : 'index.html' },
  },
  server: { port: 5173, strictPort: true },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['src/dev/test-setup.ts'],
  },
}));
