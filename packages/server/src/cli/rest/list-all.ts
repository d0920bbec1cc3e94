import type { RestClient, RestRequest } from './rest-client.ts';

const PAGE = 100;
/** A list that grows while it is read ends here. */
const MOST_ROWS = 100_000;

/** Every row of a list, page by page; `limit` stops earlier. */
export async function listAll<Row>(
  client: RestClient,
  path: string,
  plural: string,
  query: RestRequest['query'] = {},
  limit = MOST_ROWS,
): Promise<Row[]> {
  const rows: Row[] = [];
  while (rows.length < limit) {
    const page = { limit: Math.min(PAGE, limit - rows.length), offset: rows.length };
    const answer = await client.send<Readonly<Record<string, unknown>>>(path, { query: { ...query, ...page } });
    const found = answer[plural] as readonly Row[];
    rows.push(...found);
    if (found.length === 0 || rows.length >= Number(answer.total_entries)) break;
  }
  return rows;
}
