import { readFileSync } from 'node:fs';
import { dag, task } from '@gantry/sdk';

/** The task's own template, and a label that the override sets on top of it. The path starts at the DAG folder. */
const readLabels = task(
  'read_labels',
  {
    executorConfig: {
      podTemplateFile: 'templates/labelled.yaml',
      podOverride: { metadata: { labels: { tier: 'nightly' } } },
    },
  },
  () => {
    // The kubelet writes the labels that the pod really has.
    const lines = readFileSync(process.env.LABELS_FILE ?? '/podinfo/labels', 'utf8').split('\n');
    const labels = new Map(lines.map((line) => [line.split('=')[0], line.split('=')[1]?.replaceAll('"', '')]));
    return { team: labels.get('team') ?? null, tier: labels.get('tier') ?? null };
  },
);

export const templateWithLabels = dag(
  'template_with_labels',
  { description: 'A task with a pod template of its own and a label on top of it.', tags: ['example', 'pods'] },
  () => {
    readLabels();
  },
);
