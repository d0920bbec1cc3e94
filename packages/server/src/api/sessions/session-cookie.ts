/** The cookie of a signed-in browser. */
export interface SessionCookie {
  /** The value that the browser sent; null when there is none or it cannot be one. */
  read(header: string | undefined): string | null;
  /** The header Set-Cookie that hands a value over, or with null takes it back. */
  write(value: string | null): string;
}

const VALUE = /^[A-Za-z0-9_-]{43}$/;

/**
 * Behind TLS (the base URL is https) the name begins with `__Host-`: the browser keeps it for this very host and path /,
 * and sends it over TLS only. It ends with the browser or with the session, which the server decides.
 */
export function sessionCookie(baseUrl: string): SessionCookie {
  const isSecure = baseUrl.startsWith('https:');
  const name = isSecure ? '__Host-gantry-session' : 'gantry-session';
  const attributes = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
  return {
    read: (header) => {
      const found = cookiesOf(header).filter(([each]) => each === name);
      // Two of one name: a neighbour wrote one of them, and nobody can say which.
      const [, value = ''] = found.length === 1 ? found[0]! : [];
      return VALUE.test(value) ? value : null;
    },
    write: (value) => `${name}=${value ?? ''}; ${attributes}${value === null ? '; Max-Age=0' : ''}`,
  };
}

function cookiesOf(header = ''): (readonly [string, string])[] {
  return header.split(';').map((part) => {
    const equals = part.indexOf('=');
    return [part.slice(0, equals).trim(), part.slice(equals + 1).trim()] as const;
  });
}
