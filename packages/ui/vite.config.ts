import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `npm run dev -w packages/ui` serves the page with changes at once, over a Gantry that runs at its usual port. */
const configuration = defineConfig({
  plugins: [react()],
  build: {
    outDir: '../server/dist/page',
    emptyOutDir: true,
    sourcemap: false,
    target: 'es2022',
    chunkSizeWarningLimit: 2000,
  },
  server: {
    proxy: Object.fromEntries(['/api', '/auth', '/openapi.json'].map((path) => [path, 'http://127.0.0.1:8080'])),
  },
});

export { configuration as default };
