import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../house/source-files.ts';
import { WORKER_FILE } from '../support/worker-image.ts';
import { imageOfContainerfile } from './containerfile.ts';

const TEXT = readFileSync(join(ROOT, 'examples/worker-image/Containerfile'), 'utf8');

test('the image has the worker where Gantry starts it, and says itself where its bundles lie', () => {
  expect(imageOfContainerfile('image', { bundles: '/built' })).toEqual({
    name: 'image',
    files: { '/gantry/worker.cjs': WORKER_FILE, '/gantry/bundles': '/built' },
    environment: { GANTRY_BUNDLE_FOLDER: '/gantry/bundles' },
  });
});

test('the image’s account is that of the templates, and its base is the builder’s to choose', () => {
  const user = /^USER (\d+):(\d+)$/m.exec(TEXT)!.slice(1);
  expect(user).toEqual(['65532', '65532']);
  for (const name of ['dags_in_image', 'dags_in_volume', 'git_sync']) {
    const template = readFileSync(join(ROOT, `examples/pod_templates/${name}.yaml`), 'utf8');
    expect(template).toContain(`runAsUser: ${user[0]}\n`);
    expect(template).toContain(`runAsGroup: ${user[1]}\n`);
  }
  expect(TEXT).toMatch(/^ARG NODE_IMAGE=\S+\nFROM \$\{NODE_IMAGE\}$/m);
});
