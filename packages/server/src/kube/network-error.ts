import { KubeError } from './kube-error.ts';

/** What a failed connection means, by the code that Node gives it. */
const SENTENCES: { readonly [code: string]: string } = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'its host name cannot be resolved',
  EAI_AGAIN: 'its host name cannot be resolved at the moment',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
  ETIMEDOUT: 'it does not answer',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not signed by a trusted authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not signed by a trusted authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not signed by a trusted authority',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not signed by a trusted authority',
  CERT_SIGNATURE_FAILURE: 'its certificate is not signed by a trusted authority',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
  EPROTO: 'it does not speak TLS as expected',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS; check http or https in the server address',
};

/** Makes an error of a call that got no answer. An error that is one already passes. */
export function errorFromNetwork(error: unknown, server: URL): KubeError {
  if (error instanceof KubeError) return error;
  const code = codeOf(error);
  const known = SENTENCES[code];
  const why =
    known ?? `the connection failed (${code || (error instanceof Error ? error.message : 'no reason given')})`;
  return new KubeError(
    {
      kind: 'unreachable',
      message: `The Kubernetes API at ${server.origin} cannot be reached: ${why}.`,
      reason: code || null,
    },
    { cause: error },
  );
}

function codeOf(error: unknown): string {
  // A host name with several addresses fails with an AggregateError; its first part says why.
  const one = error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error;
  const code = typeof one === 'object' && one !== null && 'code' in one ? one.code : null;
  return typeof code === 'string' ? code : '';
}
