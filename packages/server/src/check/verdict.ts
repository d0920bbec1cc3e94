/** What one invariant was held against. */
export interface Verdict {
  readonly id: string;
  readonly checked: number;
  readonly violations: readonly string[];
}

/** Holds each item against an invariant; `wrong` answers what is wrong with it, or false. */
export function verdict<Item>(
  id: string,
  items: Iterable<Item>,
  wrong: (item: Item) => string | false | undefined,
): Verdict {
  const all = [...items];
  const violations = all.map(wrong).filter((text) => typeof text === 'string');
  return { id, checked: all.length, violations };
}

/** One verdict an invariant, in order, where several looked at it from different sides. */
export function merged(verdicts: readonly Verdict[]): readonly Verdict[] {
  const byId = [...grouped(verdicts, ({ id }) => id)].map(([id, some]) => ({
    id,
    checked: some.reduce((sum, { checked }) => sum + checked, 0),
    violations: some.flatMap(({ violations }) => violations),
  }));
  return byId.sort((left, right) => (left.id < right.id ? -1 : 1));
}

/** One line an invariant, and one for each violation. */
export function verdictLines(verdicts: readonly Verdict[]): string {
  return verdicts
    .flatMap(({ id, checked, violations }) => [
      `${id}: ${checked} checked, ${violations.length} violations`,
      ...violations.map((violation) => `  ${violation}`),
    ])
    .join('\n');
}

export function grouped<Item, Key>(items: Iterable<Item>, key: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
