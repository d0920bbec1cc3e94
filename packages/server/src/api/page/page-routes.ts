import { GantryError, type Random } from '@gantry/sdk/model';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Routes } from '../routes.ts';
import { type BuiltPage, readBuiltPage } from './built-page.ts';

/** Below these, what is no route is an error of a program, never a page. */
const PROGRAM_PATHS = /^\/(api|auth|execution|assets|openapi\.json)(\/|$|\?)/;
const NOT_BUILT =
  'The web page was not built with this API server: run `npm run build`, or use the command line and the REST API.';

/** Nothing but the page's own files is loaded or run; styles that Mantine adds carry the nonce of the answer. */
function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'self'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/**
 * The web page: its files under /assets, which browsers keep for ever since their names change with them, and its
 * index for every other URL that a browser opens, since the page itself knows which pages there are. `folder` null: this
 * server has no page.
 */
export function pageRoutes(app: Routes, random: Random, folder: string | null): void {
  const page = folder === null ? null : readBuiltPage(folder);
  const schema = { hide: true, params: Type.Object({ name: Type.String() }) };
  app.get('/assets/:name', { schema }, async ({ params: { name }, headers }, reply) => {
    const file = page?.assets.get(name);
    if (file === undefined) throw new GantryError('not_found', `The page has no file ${name}: load the page anew.`);
    reply.headers({
      'content-type': file.contentType,
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
    });
    if (file.gzipped === null || !/\bgzip\b/.test(headers['accept-encoding'] ?? '')) return reply.send(file.body);
    return reply.header('content-encoding', 'gzip').send(file.gzipped);
  });
  app.setNotFoundHandler((request, reply) => {
    if (isPageVisit(request)) return sendIndex(reply, page, random);
    const detail = `There is no ${request.method} ${request.url.split('?')[0]}.`;
    return reply.code(404).send({ code: 'not_found', detail });
  });
}

/** True when a browser opens a URL that belongs to no program. */
function isPageVisit({ method, url, headers }: FastifyRequest): boolean {
  return method === 'GET' && !PROGRAM_PATHS.test(url) && (headers.accept ?? '').includes('text/html');
}

function sendIndex(reply: FastifyReply, page: BuiltPage | null, random: Random): FastifyReply {
  if (page === null) return reply.code(404).type('text/plain; charset=utf-8').send(NOT_BUILT);
  const nonce = random.uuid();
  return reply
    .code(200)
    .type('text/html; charset=utf-8')
    .header('content-security-policy', contentSecurityPolicy(nonce))
    .send(page.index.replaceAll('CSP_NONCE', nonce));
}
