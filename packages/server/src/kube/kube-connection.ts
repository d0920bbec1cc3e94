/** Which API server, how it proves itself, and who we are to it. */
export interface KubeConnection {
  /** With a path when the API stands behind one. Holds no user name or password. */
  readonly server: URL;
  readonly tls: KubeTls;
  readonly credential: KubeCredential;
  /** What the context or the service account names; `default` when it names none. */
  readonly namespace: string;
  /** Where this comes from, for sentences. */
  readonly description: string;
}

export interface KubeTls {
  /** PEM; null trusts the authorities of Node. */
  readonly certificateAuthority: string | null;
  /** False trusts any certificate. */
  readonly verify: boolean;
  /** The host name that the certificate is for, when it is not the server's; null takes the server's. */
  readonly serverName: string | null;
}

/** Who we are, as it is at this moment: tokens rotate and plug-ins renew. */
export interface KubeCredential {
  /** Asked before each call, so it must be quick when nothing has changed. Rejects with one sentence. */
  identity(): Promise<KubeIdentity>;
  /** The server refused it (401): the next `identity` is made anew. */
  forget(): void;
}

export interface KubeIdentity {
  /** The whole header, e.g. `Bearer ...`; null sends none. */
  readonly authorization: string | null;
  /** PEM of a client certificate; null when there is none. */
  readonly certificate: string | null;
  /** PEM of its key. */
  readonly key: string | null;
  /** PEM of the authority where it rotates with the credential; absent where the connection's own always holds. */
  readonly certificateAuthority?: string;
}
