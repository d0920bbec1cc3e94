const SOMEWHERE = 'http://gantry.invalid';
const LONGEST = 2000;

/** The path to go to after a sign-in; `/` for whatever would lead to another site. */
export function localPath(next: string | undefined): string {
  if (next === undefined || next.length > LONGEST || !/^\/(?![/\\])[^\\\p{Cc}]*$/u.test(next)) return '/';
  const url = URL.canParse(next, SOMEWHERE) ? new URL(next, SOMEWHERE) : null;
  return url?.origin === SOMEWHERE ? `${url.pathname}${url.search}${url.hash}` : '/';
}
