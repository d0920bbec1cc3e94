/** Time as a port: rooms take one and never ask the machine themselves, so tests and the simulator can set it. */
export interface Clock {
  /** Milliseconds since 1970. In the scheduler this follows the database's clock, never the host's. */
  now(): number;
  /** Milliseconds from an arbitrary start; never goes back. For measuring and for leases. */
  monotonic(): number;
}
