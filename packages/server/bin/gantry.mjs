#!/usr/bin/env node
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';

// Compiled code is kept between starts where Node can do that (22 and newer), so that commands answer sooner.
nodeModule.enableCompileCache?.();

const entry = new URL('../dist/cli/run-cli.js', import.meta.url);
if (existsSync(entry)) {
  const { runCli } = await import(entry.href);
  await runCli(process.argv);
} else {
  console.error('gantry: it has not been built yet; run "npm run build" in the repository.');
  process.exitCode = 2;
}
