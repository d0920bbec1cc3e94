/** The nonce that the API server gave with this page: the browser takes no styles that are added without it. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}
