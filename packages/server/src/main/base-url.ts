import { GantryError } from '@gantry/sdk/model';

/** `[api] base_url` without a slash at the end; empty when it is not set. Throws `configuration_invalid`. */
export function baseUrlOf(text: string): string {
  if (text === '') return '';
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '' && url.hash === '') {
    return url.origin;
  }
  throw new GantryError(
    'configuration_invalid',
    `[api] base_url: found ${JSON.stringify(text)}, expected an origin such as https://gantry.example.com; set it to one, or leave it empty.`,
  );
}
