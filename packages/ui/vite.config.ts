import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/**
 * `npm run dev -w packages/ui` serves the page with changes at once, over a Gantry that runs at its usual port. In the
 * built page the API server puts the nonce of each answer in the place of CSP_NONCE.
 */
const configuration = defineConfig({
  plugins: [react()],
  html: { cspNonce: 'CSP_NONCE' },
  worker: { format: 'es' },
  build: {
    outDir: '../server/dist/page',
    emptyOutDir: true,
    sourcemap: false,
    // A picture inside a script would need data: in the content security policy.
    assetsInlineLimit: 0,
    target: 'es2022',
    // The layout of graphs is one large file that comes packed; how long it takes is no news.
    rolldownOptions: { checks: { pluginTimings: false } },
    chunkSizeWarningLimit: 2000,
  },
  server: {
    proxy: Object.fromEntries(['/api', '/auth', '/openapi.json'].map((path) => [path, 'http://127.0.0.1:8080'])),
  },
});

export { configuration as default };
