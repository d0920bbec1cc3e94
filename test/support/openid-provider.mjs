// A real OpenID provider as a process: `node openid-provider.mjs REDIRECT_URI`. People sign in with their subject and any
// password; what is told of them is put to /people by a test. Prints its issuer when it listens.
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const [redirectUri] = process.argv.slice(2);
const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

/** Claims by subject. */
const people = new Map();

const provider = new Provider(issuer, {
  clients: [{ client_id: 'gantry', client_secret: 'a secret of the test', redirect_uris: [redirectUri] }],
  claims: {
    openid: ['sub'],
    profile: ['preferred_username', 'groups'],
    email: ['email', 'email_verified'],
  },
  cookies: { keys: ['a key of the test'] },
  features: { devInteractions: { enabled: true } },
  findAccount: (_context, accountId) => ({ accountId, claims: async () => people.get(accountId) }),
  loadExistingGrant: async (context) => {
    const grant = new context.oidc.provider.Grant({
      clientId: context.oidc.client.clientId,
      accountId: context.oidc.session.accountId,
    });
    grant.addOIDCScope('openid profile email');
    await grant.save();
    return grant;
  },
});
const answer = provider.callback();
server.on('request', async (request, response) => {
  if (request.url !== '/people') return answer(request, response);
  const claims = JSON.parse(Buffer.concat(await request.toArray()).toString());
  people.set(claims.sub, claims);
  response.end();
});
process.stdin.on('end', () => process.exit()).resume();
console.log(issuer);
