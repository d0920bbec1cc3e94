import { readFileSync } from 'node:fs';
import { request } from 'node:https';

interface Kubeconfig {
  readonly clusters: readonly {
    readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string };
  }[];
  readonly users: readonly { readonly user: { readonly token: string } }[];
}

/** What a local cluster answers, as text; 404 and other refusals are answers too. */
export function clusterText(kubeconfig: string, path: string, method = 'GET', body = ''): Promise<string> {
  const { clusters, users } = JSON.parse(readFileSync(kubeconfig, 'utf8')) as Kubeconfig;
  const { server, 'certificate-authority-data': authority } = clusters[0]!.cluster;
  const headers = {
    authorization: `Bearer ${users[0]!.user.token}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  };
  return new Promise((resolve, reject) => {
    const ca = Buffer.from(authority, 'base64');
    const asking = request(`${server}${path}`, { method, ca, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      answer.on('end', () => resolve(text)).on('error', reject);
    });
    asking.on('error', reject).end(body);
  });
}
