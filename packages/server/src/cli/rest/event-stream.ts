/** One server-sent event. */
export interface ServerEvent {
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

/** An event that never ends must not fill the memory. */
const LONGEST_EVENT = 64 * 1024 * 1024;

/** Cuts a stream of text into server-sent events; comments are left out. A last event without its empty line is dropped. */
export async function* readEvents(pieces: AsyncIterable<string>): AsyncGenerator<ServerEvent> {
  let rest = '';
  for await (const piece of pieces) {
    rest += piece;
    if (rest.length > LONGEST_EVENT) throw new Error('The stream of events holds one that is longer than 64 MiB.');
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = readBlock(block);
      if (event !== null) yield event;
    }
  }
}

function readBlock(block: string): ServerEvent | null {
  const fields = block.split('\n').flatMap((line) => {
    const found = /^(id|event|data): ?(.*)$/.exec(line);
    return found === null ? [] : [{ name: found[1]!, value: found[2]! }];
  });
  const of = (name: string): string[] => fields.filter((field) => field.name === name).map(({ value }) => value);
  const data = of('data');
  if (data.length === 0) return null;
  return { id: of('id')[0] ?? null, event: of('event')[0] ?? 'message', data: data.join('\n') };
}
