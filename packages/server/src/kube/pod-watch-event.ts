import type { ListReason } from './pod-batch.ts';

/** Why a watch connection ended. */
export type WatchCause =
  /** The server ended it in good order, as it does after `timeoutSeconds` (W3). */
  | 'server_closed'
  /** The connection broke, or a line did in the middle. */
  | 'cut'
  | 'unreachable'
  /** No byte for longer than bookmarks leave (W10). */
  | 'silence'
  /** 410 in either form: the version is too old (W6). */
  | 'expired'
  /** The version is one of the future, as after a restore (W7). */
  | 'too_large'
  /** The server cannot read an object from its own store (W8). */
  | 'store_read_error'
  | 'server_error'
  /** 429. */
  | 'too_many'
  | 'unauthorized'
  | 'forbidden'
  /** A line that is no JSON object (W11). */
  | 'unparsable'
  /** W12. */
  | 'line_too_long';

/** What a watch tells logs, metrics and tests. Nothing here is needed for correctness. */
export type PodWatchEvent =
  | { readonly kind: 'watching'; readonly resourceVersion: string }
  | {
      readonly kind: 'interrupted';
      readonly cause: WatchCause;
      readonly sentence: string;
      /** Until the next try. */
      readonly delayMilliseconds: number;
    }
  | { readonly kind: 'listed'; readonly why: ListReason; readonly pods: number; readonly milliseconds: number }
  | {
      readonly kind: 'list_failed';
      readonly why: ListReason;
      readonly error: unknown;
      readonly delayMilliseconds: number;
    }
  /** `apply` rejected; the same batch is given again. */
  | { readonly kind: 'apply_failed'; readonly error: unknown; readonly delayMilliseconds: number }
  /** Something in the stream or a list that is not understood and was left out (I25). */
  | { readonly kind: 'ignored'; readonly sentence: string }
  /** Something a person should look at. */
  | { readonly kind: 'alarm'; readonly sentence: string };
