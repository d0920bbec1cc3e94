import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { GantryError } from '@gantry/sdk/model';
import { type ClusterFault, FAULT_PATH, type PodFault } from '../../cluster/ordered-fault.ts';

interface LocalKubeconfig {
  readonly clusters: readonly {
    readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string };
  }[];
  readonly users: readonly { readonly user: { readonly token: string } }[];
}

interface FaultOrder {
  readonly fault: ClusterFault | PodFault;
  readonly namespace?: string;
  readonly name?: string;
}

const ANSWER_MILLISECONDS = 10_000;

/** Has the local cluster do a fault. A pod that is gone by then is no error. */
export function orderClusterFault(kubeconfig: string, order: FaultOrder): Promise<void> {
  const { clusters, users } = JSON.parse(readFileSync(kubeconfig, 'utf8')) as LocalKubeconfig;
  const { server, 'certificate-authority-data': authority } = clusters[0]!.cluster;
  const body = JSON.stringify(order);
  const options = {
    method: 'POST',
    ca: Buffer.from(authority, 'base64'),
    timeout: ANSWER_MILLISECONDS,
    headers: {
      authorization: `Bearer ${users[0]!.user.token}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    },
  };
  return new Promise((resolve, reject) => {
    const refuse = (why: string): void =>
      reject(new GantryError('unavailable', `The local cluster does not do the fault "${order.fault}": ${why}.`));
    const asking = request(`${server}${FAULT_PATH}`, options, (answer) => {
      answer.resume();
      if (answer.statusCode === 200 || answer.statusCode === 404) resolve();
      else refuse(`it answers ${answer.statusCode}`);
    });
    asking.on('timeout', () => asking.destroy(new Error('no answer came in time')));
    asking.on('error', (error) => refuse(error.message));
    asking.end(body);
  });
}
