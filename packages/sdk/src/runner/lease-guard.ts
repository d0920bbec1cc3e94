export interface LeaseGuardPorts {
  readonly link: { readonly isUp: boolean; start(): void };
  readonly monotonic: () => number;
  /** Monotonic milliseconds at which the lease of the claim ends. */
  readonly leaseEnd: number;
  /** The lease ended while nobody kept it: another worker may have the task by now. */
  readonly onLost: () => never;
}

/** Brings the keeper up, unless it comes too late: then the task must not begin. */
export class LeaseGuard {
  readonly #ports: LeaseGuardPorts;

  constructor(ports: LeaseGuardPorts) {
    this.#ports = ports;
  }

  keep(): void {
    const { link, monotonic, leaseEnd, onLost } = this.#ports;
    if (link.isUp) return;
    if (monotonic() >= leaseEnd) onLost();
    link.start();
  }
}
