/** One row of the image table: what a container of a matching image finds. */
export interface Image {
  /** Image name, `*` for any run of characters, e.g. `gantry/worker:*`. Matched without a leading `docker.io/` and `library/`. */
  readonly name: string;
  /** Files the image holds: path inside it to the real file on this machine. */
  readonly files?: Readonly<Record<string, string>>;
  /** What runs when the container names no command; its args come after. */
  readonly entrypoint?: readonly string[];
  /** Arguments when the container names neither command nor args. */
  readonly arguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Number of the account that the image names (USER). Default: none, so root. */
  readonly user?: number;
}

/** Names under which this machine's own programs run. No isolation comes with them: this is a development tool. */
export const HOST_IMAGES: readonly Image[] = [
  'busybox',
  'alpine',
  'debian',
  'ubuntu',
  'bash',
  'node',
  'localhost/node',
  'python',
  'localhost/busybox',
].map((name) => ({ name, arguments: [name.split('/').at(-1) === 'node' ? 'node' : 'sh'] }));

const REFERENCE =
  /^[a-z0-9]+([._:-]+[a-z0-9]+)*(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?$/;

/** True when the text can be an image's name at all. */
export function isImageName(image: string): boolean {
  return REFERENCE.test(image);
}

/** The row for an image: the first of the table that matches, with or without the image's tag; null when none does. */
export function findImage(table: readonly Image[], image: string): Image | null {
  const whole = image
    .replace(/^docker\.io\//, '')
    .replace(/^library\//, '')
    .replace(/@sha256:.*$/, '');
  const bare = whole.replace(/:[^:/]+$/, '');
  return table.find((row) => [whole, bare].some((name) => matches(row.name, name))) ?? null;
}

function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}
