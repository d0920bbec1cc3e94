import type { Routes } from './routes.ts';

/** A year, as browsers want it at least. */
const COME_BACK_BY_TLS = 'max-age=31536000';

/**
 * Headers of every answer: it holds data of its reader, is never anything but what its type says, and stands in no
 * frame. The page and its files say what is different for them.
 */
export function answerHeaders(app: Routes, baseUrl: string): void {
  const headers = {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'same-origin',
    ...(baseUrl.startsWith('https:') ? { 'strict-transport-security': COME_BACK_BY_TLS } : {}),
  };
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(headers);
  });
}
