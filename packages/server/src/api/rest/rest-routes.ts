import type { Routes } from '../routes.ts';
import { attemptPodRoute } from './attempt-pod-route.ts';
import { attemptRoutes } from './attempt-routes.ts';
import { authRoutes } from './auth-routes.ts';
import { backfillRoutes } from './backfill-routes.ts';
import { clearRoute } from './clear-route.ts';
import { dagRoutes } from './dag-routes.ts';
import { importErrorRoutes } from './import-error-routes.ts';
import { logRoutes } from './log-routes.ts';
import { monitorRoutes } from './monitor-routes.ts';
import { patchRunRoute } from './patch-run-route.ts';
import { patchTaskInstanceRoute } from './patch-task-instance-route.ts';
import { poolRoutes } from './pool-routes.ts';
import type { ProgressHints } from './progress-hints.ts';
import { progressRoute } from './progress-route.ts';
import type { RestParts } from './rest-parts.ts';
import { runRoutes } from './run-routes.ts';
import { taskInstanceRoutes } from './task-instance-routes.ts';
import { taskRoutes } from './task-routes.ts';
import { triggerRoute } from './trigger-route.ts';
import { variableRoutes } from './variable-routes.ts';
import { whyRoute } from './why-route.ts';
import { xcomRoutes } from './xcom-routes.ts';

/** Every route of the REST API for people and programs. */
export function restRoutes(app: Routes, parts: RestParts, hints: ProgressHints): void {
  authRoutes(app, parts);
  monitorRoutes(app, parts);
  dagRoutes(app, parts);
  taskRoutes(app, parts);
  runRoutes(app, parts);
  triggerRoute(app, parts);
  patchRunRoute(app, parts);
  taskInstanceRoutes(app, parts);
  patchTaskInstanceRoute(app, parts);
  clearRoute(app, parts);
  backfillRoutes(app, parts);
  logRoutes(app, parts);
  xcomRoutes(app, parts);
  poolRoutes(app, parts);
  variableRoutes(app, parts);
  importErrorRoutes(app, parts);
  attemptRoutes(app, parts);
  attemptPodRoute(app, parts);
  whyRoute(app, parts);
  progressRoute(app, parts, hints);
}
