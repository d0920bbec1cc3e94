/** The name in the list that was most likely meant; null when none is near. */
export function nearestName(given: string, names: Iterable<string>): string | null {
  const wanted = plain(given);
  let best: string | null = null;
  let bestDistance = Math.max(wanted.length < 5 ? 2 : 3, Math.floor(wanted.length / 3)) + 1;
  for (const name of names) {
    const distance = editDistance(wanted, plain(name));
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

/** snake_case and camelCase are the same name to a person. */
function plain(name: string): string {
  return name.replaceAll('_', '').toLowerCase().slice(0, 64);
}

/** Levenshtein's. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = previous[column - 1]! + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, previous[column]! + 1, current[column - 1]! + 1));
    }
    previous = current;
  }
  return previous[to.length]!;
}
