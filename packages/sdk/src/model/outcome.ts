import type { Failure } from './failure.ts';
import type { Json } from './json.ts';

/** What a worker says at the end of its attempt. */
export type Outcome =
  | {
      readonly kind: 'success';
      /** The function's return value; XCom `return_value`. Null when it returned nothing. */
      readonly result: Json;
      /** Further XComs by key. */
      readonly xcoms: { readonly [key: string]: Json };
      /** Direct downstreams that a branch or short circuit skips; null for an ordinary task. */
      readonly skip: SkipDecision | null;
    }
  | { readonly kind: 'skipped'; readonly sentence: string }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Decision of a branch (`follow` names what goes on) or of a falsy short circuit. */
export type SkipDecision =
  | { readonly kind: 'branch'; readonly follow: readonly string[] }
  | { readonly kind: 'short_circuit' };
