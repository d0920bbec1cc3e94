/** What the child says on its private pipe. Nothing of it is believed before it was checked. */
export type ChildAnswer =
  | {
      readonly kind: 'dags';
      readonly dags: readonly { readonly spec: unknown; readonly handlers: readonly string[] }[];
    }
  | { readonly kind: 'threw'; readonly name: string; readonly message: string; readonly stack: string }
  /** Said by the watching thread; the stack is empty where nothing could be seen. */
  | { readonly kind: 'limit'; readonly limit: 'timeout' | 'memory'; readonly stack: string }
  | { readonly kind: 'unsettled' }
  | { readonly kind: 'exited'; readonly code: number; readonly stack: string };
