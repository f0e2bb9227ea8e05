import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Module-level "use no memo" in GraphiQL speaks to React's compiler, which has already run: nothing to warn of. */
const HARMLESS = 'MODULE_LEVEL_DIRECTIVE';

export default defineConfig({
  // Whoever runs the build, from whichever folder: the root is where this file stands.
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    target: 'es2022',
    // Code of Vite's own written inline into index.html would be refused by the Content-Security-Policy, as would data: fonts.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // The Monaco editor is one chunk of 2.8 MB, loaded after the page shows.
    chunkSizeWarningLimit: 4000,
    reportCompressedSize: false,
    rolldownOptions: {
      input: ['index.html', 'my-data.html'].map((name) => join(import.meta.dirname, name)),
      onLog: (level, log, handle) => {
        if (log.code !== HARMLESS) handle(level, log);
      },
    },
  },
});
