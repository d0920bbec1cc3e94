import pc from 'picocolors';
import { expect, test } from 'vitest';
import { explainedLines } from '../../packages/server/src/cli/pod/explained-lines.ts';
import { previewPod } from '../../packages/server/src/cli/pod/preview-pod.ts';
import { readConfiguration } from '../../packages/server/src/main/configuration.ts';
import { DagFolder } from '../support/dag-folder.ts';
import { blocksOf } from './pages.ts';

const block = (language: string): string =>
  blocksOf(language).find(({ page }) => page === 'docs/see-the-pod.md')?.text ?? '';

test('the page on seeing pods shows what its DAG file gives', { timeout: 60_000 }, async () => {
  const folder = new DagFolder({ 'etl.ts': block('ts') });
  try {
    const configuration = readConfiguration({ GANTRY_HOME: folder.path, GANTRY__CORE__DAGS_FOLDER: folder.path });
    const { built, title } = await previewPod(configuration, { dag: 'etl', taskId: 'load', mapIndex: -1 });
    const lines = explainedLines(built, { title, colors: pc.createColors(false), width: null, folder: folder.path });
    const parts = block('text').split(/^\.\.\.\n/m);
    expect(parts.length).toBeGreaterThan(3);
    // Each part stands in the output as it is, after the one before.
    let rest = lines.map((line) => `${line}\n`).join('');
    for (const part of parts) {
      expect(rest).toContain(part);
      rest = rest.slice(rest.indexOf(part) + part.length);
    }
  } finally {
    folder.remove();
  }
});
