import { Type } from 'typebox';

/** How many rows all pages of a long list have. */
export const TotalFields = {
  total_entries: Type.Integer({ description: 'Exact as far as `total_entries_limit` says, an estimate beyond it.' }),
  total_entries_limit: Type.Optional(
    Type.Unsafe<number | null>({
      type: ['integer', 'null'],
      description: 'How many rows were counted when there are more; null or absent when total_entries is exact.',
    }),
  ),
};

export function totalFields({ total, countedTo }: { readonly total: number; readonly countedTo: number | null }) {
  return { total_entries: total, total_entries_limit: countedTo };
}
