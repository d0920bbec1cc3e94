import { Button, CopyButton, Group, Text } from '@mantine/core';
import { Link, useRouterState } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import { downloadText } from './download-text.ts';
import classes from './pod-lines.module.css';
import { type AttemptPod, originFinder, originText } from './pod-origins.ts';
import { yamlLines } from './yaml-lines.ts';

/** The pod as YAML; behind each field, and on hover, who set it. A line can be linked to. */
export function PodLines({ pod }: { readonly pod: AttemptPod }) {
  const lines = useMemo(() => yamlLines(pod.pod), [pod.pod]);
  const originAt = useMemo(() => originFinder(pod.origins), [pod.origins]);
  const hash = useRouterState({ select: ({ location }) => location.hash });
  useEffect(() => {
    document.getElementById(hash)?.scrollIntoView({ block: 'center' });
  }, [hash]);
  const text = `${lines.map((line) => line.text).join('\n')}\n`;
  return (
    <section aria-label="The pod as YAML">
      <Group gap="xs" mb="xs">
        <Text span c="dimmed">
          {[pod.namespace, pod.name].filter(Boolean).join('/')}
          {pod.node !== null && ` on ${pod.node}`}
        </Text>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button size="compact-xs" variant="default" onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
        <Button size="compact-xs" variant="default" onClick={() => downloadText(`${pod.name ?? 'pod'}.yaml`, text)}>
          Download
        </Button>
      </Group>
      <div className={classes.frame}>
        <ol className={classes.lines}>
          {lines.map((line, place) => {
            const origin = line.isLeaf ? originAt(line.path) : undefined;
            const told = origin === undefined ? undefined : originText(origin);
            const id = `L${place + 1}`;
            return (
              <li
                key={line.path + line.text}
                id={id}
                className={classes.line}
                data-here={hash === id}
                title={told === undefined ? undefined : `${line.path}: ${told}`}
              >
                <Link
                  to="."
                  search={(before) => before}
                  hash={id}
                  replace
                  className={classes.number}
                  aria-label={`Line ${place + 1}`}
                >
                  {place + 1}
                </Link>
                <code className={classes.text}>{line.text}</code>
                <span className={classes.origin}>{told}</span>
              </li>
            );
          })}
        </ol>
      </div>
    </section>
  );
}
