import { Text } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useRef } from 'react';
import { absoluteTime, useZone } from '../parts/zone.tsx';
import { clockTime } from './clock-time.ts';
import type { LogLine } from './log-buffer.ts';
import classes from './log-lines.module.css';
import { type LogPiece, logPieces } from './log-pieces.ts';

const LINE_PIXELS = 20;
/** As near to the end as this counts as at the end. */
const NEAR_END_PIXELS = 30;

interface LogLinesProps {
  readonly label: string;
  readonly lines: readonly LogLine[];
  /** What stands there when there are none. */
  readonly nothing: string;
  readonly find: string;
  /** The place of the line that was looked for; it is brought into view. */
  readonly hit: number | undefined;
  readonly isWrapped: boolean;
  readonly isFollowing: boolean;
  /** A person has scrolled away from the end. */
  readonly onLeaveEnd: () => void;
}

/** The lines of a log; only those in view are in the page. */
export function LogLines({ label, lines, nothing, find, hit, isWrapped, isFollowing, onLeaveEnd }: LogLinesProps) {
  const frame = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => frame.current,
    estimateSize: () => LINE_PIXELS,
    getItemKey: (place) => lines[place]?.number ?? place,
    overscan: 20,
  });
  useEffect(() => {
    if (isFollowing && lines.length > 0) virtual.scrollToIndex(lines.length - 1, { align: 'end' });
  }, [virtual, lines.length, isFollowing]);
  useEffect(() => {
    if (hit !== undefined) virtual.scrollToIndex(hit, { align: 'center' });
  }, [virtual, hit]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: lines that are wrapped have other heights.
  useEffect(() => virtual.measure(), [virtual, isWrapped]);
  const leave = (): void => {
    const { scrollHeight, scrollTop, clientHeight } = frame.current ?? document.body;
    if (isFollowing && scrollHeight - scrollTop - clientHeight > NEAR_END_PIXELS) onLeaveEnd();
  };
  return (
    <div
      ref={frame}
      className={classes.frame}
      role="log"
      aria-live="off"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard.
      tabIndex={0}
      onWheel={leave}
      onKeyUp={leave}
      onTouchMove={leave}
    >
      {lines.length === 0 && (
        <Text c="dimmed" p="md">
          {nothing}
        </Text>
      )}
      <div className={classes.all} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ key, index, start }) => {
          const line = lines[index];
          if (line === undefined) return null;
          return (
            <div
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              className={classes.line}
              data-level={line.level}
              data-wrapped={isWrapped}
              data-hit={index === hit}
              style={{ transform: `translateY(${start}px)` }}
            >
              <Line line={line} find={find} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

const Line = memo(function Line({ line, find }: { readonly line: LogLine; readonly find: string }) {
  const { zone } = useZone();
  const at = Date.parse(line.timestamp);
  return (
    <>
      <span className={classes.number}>{line.number}</span>
      <time className={classes.time} dateTime={line.timestamp} title={absoluteTime(at, zone)}>
        {clockTime(at, zone)}
      </time>
      <span className={classes.level}>{line.level}</span>
      <span className={classes.text}>
        {logPieces(line.event, line.text, find).map((piece, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a line never change their order.
          <Piece key={place} piece={piece} />
        ))}
      </span>
    </>
  );
});

function Piece({ piece }: { readonly piece: LogPiece }) {
  const { text, color, isBold, href } = piece;
  const shown = piece.isHit ? <mark>{text}</mark> : text;
  if (href !== null) {
    return (
      <a href={href} target="_blank" rel="noopener noreferrer">
        {shown}
      </a>
    );
  }
  return color === null && !isBold ? (
    shown
  ) : (
    <span data-color={color} style={isBold ? { fontWeight: 700 } : undefined}>
      {shown}
    </span>
  );
}
