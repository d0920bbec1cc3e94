import { Button, Group, Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import { tell } from '../parts/tell.ts';
import { downloadText } from './download-text.ts';
import type { InstanceSearch } from './instance-search.ts';
import { type LogOf, wholeLog } from './read-log.ts';

const LEVELS = ['debug', 'info', 'warning', 'error'] as const;

interface LogSwitch {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}

interface LogControlsProps {
  readonly of: LogOf;
  readonly search: InstanceSearch;
  readonly show: (next: Partial<InstanceSearch>) => void;
  readonly hits: { readonly count: number; readonly at: number; readonly onMove: (by: number) => void };
  readonly switches: readonly LogSwitch[];
}

/** What stands above a log. */
export function LogControls({ of, search, show, hits, switches }: LogControlsProps) {
  return (
    <Group gap="xs" mb="xs">
      <Find find={search.find ?? ''} show={show} hits={hits} />
      <Levels levels={search.levels} show={show} />
      {switches.map(({ label, isOn, onChange }) => (
        <Switch
          key={label}
          size="xs"
          label={label}
          checked={isOn}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      ))}
      <Download of={of} />
    </Group>
  );
}

function Find({ find, show, hits }: Pick<LogControlsProps, 'show' | 'hits'> & { readonly find: string }) {
  return (
    <Group gap={4} wrap="nowrap">
      <TextInput
        aria-label="Find in the log"
        placeholder="Find a text"
        size="xs"
        w={170}
        value={find}
        onChange={(event) => show({ find: event.currentTarget.value || undefined })}
        onKeyDown={(event) => {
          if (event.key === 'Enter') hits.onMove(event.shiftKey ? -1 : 1);
        }}
      />
      {find !== '' && (
        <>
          <span role="status" style={{ fontSize: 'var(--mantine-font-size-xs)', whiteSpace: 'nowrap' }}>
            {hits.at} of {hits.count}
          </span>
          <Button size="compact-xs" variant="default" aria-label="Hit before" onClick={() => hits.onMove(-1)}>
            ↑
          </Button>
          <Button size="compact-xs" variant="default" aria-label="Next hit" onClick={() => hits.onMove(1)}>
            ↓
          </Button>
        </>
      )}
    </Group>
  );
}

function Levels({ levels, show }: Pick<LogControlsProps, 'show'> & { readonly levels: readonly string[] | undefined }) {
  const toggle = (level: string): void => {
    const before = levels ?? [];
    const next = before.includes(level) ? before.filter((one) => one !== level) : [...before, level];
    show({ levels: next.length === 0 ? undefined : next });
  };
  return (
    <Group gap={4} role="group" aria-label="Levels">
      {LEVELS.map((level) => (
        <Button
          key={level}
          size="compact-xs"
          variant={levels?.includes(level) ? 'filled' : 'default'}
          aria-pressed={levels?.includes(level) ?? false}
          onClick={() => toggle(level)}
        >
          {level}
        </Button>
      ))}
    </Group>
  );
}

function Download({ of }: { readonly of: LogOf }) {
  const [isBusy, setBusy] = useState(false);
  const { dag_id, dag_run_id, task_id, try_number } = of.path;
  const name = [dag_id, dag_run_id, task_id, ...(of.mapIndex < 0 ? [] : [of.mapIndex]), `try ${try_number}`].join(' ');
  const download = (): void => {
    setBusy(true);
    wholeLog(of)
      .then((text) => downloadText(`${name}.log`, text))
      .catch((error: Error) => tell({ isGood: false, sentence: error.message }))
      .finally(() => setBusy(false));
  };
  return (
    <Button size="compact-xs" variant="default" loading={isBusy} onClick={download}>
      Download
    </Button>
  );
}
