import { stripVTControlCharacters } from 'node:util';
import type { JsonObject } from '@gantry/sdk/model';
import fc from 'fast-check';
import pc from 'picocolors';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { buildPod } from '../../kube/pod/build-pod.ts';
import type { BuiltPod } from '../../kube/pod/pod-layer.ts';
import { testingLayers, testingOrder } from '../../kube/pod/testing-order.ts';
import { displayWidth } from '../output/printable.ts';
import { explainedLines } from './explained-lines.ts';

const built = (override: JsonObject | null): BuiltPod => buildPod(testingOrder(override), testingLayers());
const lines = (pod: BuiltPod, width: number | null, colors = pc.createColors(false)): readonly string[] =>
  explainedLines(pod, { title: 'Preview.', colors, width, folder: '/dags' });

/** What YAML has to quote, fold or write in blocks. */
const texts = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 90 }),
  fc.constantFrom('', 'a # b', '# a', 'a: b', 'yes', '0644', '\n', 'two\nlines\n', '- a', '{}', 'a\tb', ' a ', 'null'),
);
const overrides = fc.record({
  metadata: fc.record({
    annotations: fc.dictionary(fc.constantFrom('a', 'a.b', 'example.com/a.b', 'c[0]'), texts),
    labels: fc.dictionary(fc.constantFrom('team', 'team.of'), fc.constantFrom('a', 'b')),
  }),
  spec: fc.record({
    containers: fc.tuple(
      fc.record({
        name: fc.constant('base'),
        command: fc.array(texts, { maxLength: 3 }),
        env: fc
          .array(texts, { maxLength: 2 })
          .map((values) => values.map((value, index) => ({ name: `V${index}`, value }))),
      }),
    ),
    nodeSelector: fc.constantFrom<JsonObject>({}, { disk: 'ssd' }),
  }),
}) as unknown as fc.Arbitrary<JsonObject>;

test('whatever the values are, the lines are YAML that reads as the pod', () => {
  fc.assert(
    fc.property(overrides, (override) => {
      const pod = built(override);
      const shown = lines(pod, null);
      // kubectl reads YAML 1.1, most others 1.2.
      for (const version of ['1.1', '1.2'] as const) expect(parse(shown.join('\n'), { version })).toEqual(pod.pod);
    }),
    { numRuns: 300 },
  );
});

test('on a terminal no line is wider than it, wide letters and colours counted as they look', () => {
  fc.assert(
    fc.property(overrides, fc.integer({ min: 30, max: 160 }), (override, width) => {
      for (const line of lines(built(override), width, pc.createColors(true)))
        expect(displayWidth(stripVTControlCharacters(line))).toBeLessThanOrEqual(width);
    }),
    { numRuns: 200 },
  );
});

test('a value that is cut leaves room for who set it', () => {
  const pod = built({ metadata: { annotations: { long: 'x'.repeat(300) } } });
  const line = lines(pod, 80).find((each) => each.includes('long:'));
  expect(line).toMatch(/^ {4}long: x{40,}… # podOverride of /);
  expect(lines(pod, null).find((each) => each.includes('long:'))).toMatch(/x{300} # podOverride of the task$/);
});

test('a template below the folder is called by its path from there', () => {
  const { pod, origins, warnings } = built(null);
  const moved = origins.map((origin) =>
    origin.layer === 'template' ? { ...origin, source: '/dags/templates/pod.yaml' } : origin,
  );
  expect(lines({ pod, origins: moved, warnings }, null).join('\n')).toContain('# template: templates/pod.yaml');
});
