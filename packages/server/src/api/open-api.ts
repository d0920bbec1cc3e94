import { fastifySwagger } from '@fastify/swagger';
import type { Routes } from './routes.ts';

/** Collects the schemas of all routes that are registered after it. */
export async function collectOpenApi(app: Routes, version: string): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Gantry',
        version,
        description: 'Paths and shapes are those of Airflow 3; what is Gantry’s own begins with /api/v2/gantry/.',
      },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: 'gantry-session' },
        },
      },
      security: [{ token: [] }, { session: [] }],
    },
  });
}

/** GET /openapi.json: the description of every route, from the schemas that requests are checked by. */
export function openApiRoute(app: Routes): void {
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}
