import { Text } from '@mantine/core';
import { useDeferredValue, useMemo, useState, useSyncExternalStore } from 'react';
import { Trouble } from '../parts/trouble.tsx';
import type { InstanceSearch } from './instance-search.ts';
import type { LogLine } from './log-buffer.ts';
import { LogControls } from './log-controls.tsx';
import { LogLines } from './log-lines.tsx';
import { isHit } from './log-pieces.ts';
import type { LogOf } from './read-log.ts';
import { useLog } from './use-log.ts';

/** One log with what can be done with it: choose levels, look for a text, wrap, follow, download. */
export function LogFollower(props: {
  readonly of: LogOf;
  readonly isUnderWay: boolean;
  readonly search: InstanceSearch;
  readonly show: (next: Partial<InstanceSearch>) => void;
}) {
  const { of, isUnderWay, search, show } = props;
  const { buffer, state, error } = useLog(of, isUnderWay);
  const version = useSyncExternalStore(buffer.subscribe, buffer.version);
  const [isWrapped, setWrapped] = useState(() => window.innerWidth < 700);
  const [isFollowing, setFollowing] = useState(isUnderWay);
  const [place, setPlace] = useState(0);
  const [isOnlyHits, setOnlyHits] = useState(false);
  const find = useDeferredValue(search.find ?? '');
  const { levels } = search;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the lines of the buffer change with its version.
  const shown = useMemo(
    () => linesShown(buffer.lines, levels, isOnlyHits ? find : ''),
    [buffer, version, levels, find, isOnlyHits],
  );
  const hits = useMemo(() => hitPlaces(shown, find), [shown, find]);
  const hit = hits.length === 0 ? undefined : hits[((place % hits.length) + hits.length) % hits.length];
  return (
    <>
      <LogControls
        of={of}
        search={search}
        show={(next) => {
          setPlace(0);
          show(next);
        }}
        hits={{
          count: hits.length,
          at: hit === undefined ? 0 : hits.indexOf(hit) + 1,
          onMove: (by) => setPlace(place + by),
        }}
        switches={[
          { label: 'Wrap', isOn: isWrapped, onChange: setWrapped },
          { label: 'Follow', isOn: isFollowing, onChange: setFollowing },
          { label: 'Only hits', isOn: isOnlyHits, onChange: setOnlyHits },
        ]}
      />
      {error !== null && <Trouble error={error} />}
      <LogLines
        lines={shown}
        nothing={
          buffer.count > 0 ? 'No line fits.' : state === 'reading' ? 'No line has come yet.' : 'It wrote nothing.'
        }
        find={find}
        hit={hit}
        isWrapped={isWrapped}
        isFollowing={isFollowing}
        onLeaveEnd={() => setFollowing(false)}
        label={`Log of try ${of.path.try_number}`}
      />
      <Text size="xs" c="dimmed" mt={4} role="status">
        {countText(buffer.count, buffer.lines.length, shown.length)}
        {state === 'reading' ? ' · reading on' : ' · complete'}
      </Text>
    </>
  );
}

function linesShown(
  lines: readonly LogLine[],
  levels: readonly string[] | undefined,
  find: string,
): readonly LogLine[] {
  if (levels === undefined && find === '') return lines.slice();
  return lines.filter((line) => (levels?.includes(line.level) ?? true) && isHit(line.text, find));
}

function hitPlaces(lines: readonly LogLine[], find: string): readonly number[] {
  return find === '' ? [] : lines.flatMap((line, place) => (isHit(line.text, find) ? [place] : []));
}

function countText(count: number, kept: number, shown: number): string {
  const all = count === 1 ? '1 line' : `${count.toLocaleString('en')} lines`;
  const left = count > kept ? `, the first ${(count - kept).toLocaleString('en')} only in the download` : '';
  return shown === kept ? `${all}${left}` : `${shown.toLocaleString('en')} of ${all}${left}`;
}
