const WIDTH = 600;
const HEIGHT = 80;
const MINUTES = 60;

/** A bar for each minute of the last hour; numbers on hover. */
export function LaunchChart({
  launches,
}: {
  readonly launches: readonly { readonly minute: string; readonly count: number }[];
}) {
  const shown = launches.slice(-MINUTES);
  const most = Math.max(1, ...shown.map(({ count }) => count));
  const wide = WIDTH / MINUTES;
  const total = shown.reduce((sum, { count }) => sum + count, 0);
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width="100%"
      role="img"
      aria-label={`${total} launches, at most ${most} a minute`}
    >
      <line x1={0} x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} stroke="var(--mantine-color-default-border)" />
      {shown.map(({ minute, count }, place) => (
        <rect
          key={minute}
          x={(MINUTES - shown.length + place) * wide + 1}
          width={wide - 2}
          y={HEIGHT - (HEIGHT * count) / most}
          height={(HEIGHT * count) / most}
          fill="var(--state-running)"
        >
          <title>{`${minute}: ${count}`}</title>
        </rect>
      ))}
    </svg>
  );
}
