// The API server of the watch's bench: lists and events of pods as a real one sends them, over TLS, ready made so that
// the client is what is measured. A process of its own; it tells its port on its first line.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { setTimeout } from 'node:timers/promises';
import { selfSignedCertificate } from '../packages/server/dist/cluster/api/certificate.js';
import { POD_ANNOTATION, POD_LABEL } from '../packages/server/dist/kube/pod/pod-labels.js';
import { benchPod } from './watch-pod.mjs';

const [deployment, pods, events] = process.argv.slice(2);
const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' });
const cert = selfSignedCertificate(key, Date.now(), randomUUID());
const labels = (attemptId) => ({
  [POD_LABEL.attemptId]: attemptId,
  [POD_LABEL.deployment]: deployment,
  kubernetes_executor: 'True',
  dag_id: 'fan_out',
  task_id: 'process',
});
const annotations = { [POD_ANNOTATION.workload]: 'worker', dag_id: 'fan_out', task_id: 'process' };
const ids = Array.from({ length: Number(pods) }, () => randomUUID());
const podOf = (index, version) => benchPod(ids[index], version, labels(ids[index]), annotations);
const items = ids.map((_, index) => JSON.stringify(podOf(index, 1000 + index)));
const LISTED = 1_000_000;

const server = createServer({ key, cert }, async (request, response) => {
  const url = new URL(request.url, 'https://bench');
  response.setHeader('content-type', 'application/json');
  if (url.searchParams.has('watch')) return sendEvents(response);
  if (url.pathname.endsWith('/pods')) return response.end(page(url.searchParams));
  if (url.pathname.endsWith('/kube-system'))
    return response.end(JSON.stringify({ metadata: { name: 'kube-system', uid: 'bench', resourceVersion: '1' } }));
  response.statusCode = 404;
  response.end(JSON.stringify({ kind: 'Status', status: 'Failure', reason: 'NotFound', code: 404, message: 'none' }));
});
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ port: server.address().port, certificate: cert, bytes: items[0].length }));
});

function page(query) {
  const start = Number(query.get('continue') ?? 0);
  const end = Math.min(items.length, start + Number(query.get('limit') ?? items.length));
  const metadata = { resourceVersion: String(LISTED), continue: end < items.length ? String(end) : '' };
  return `{"kind":"PodList","apiVersion":"v1","metadata":${JSON.stringify(metadata)},"items":[${items.slice(start, end).join(',')}]}`;
}

let sent = false;
/** All events at once, as fast as they are taken, in the first watch; nothing in the others. */
async function sendEvents(response) {
  response.flushHeaders();
  if (sent) return;
  sent = true;
  const count = Number(events);
  for (let first = 0; first < count && !response.destroyed; first += 50) {
    let text = '';
    for (let index = first; index < Math.min(count, first + 50); index += 1) {
      const item = items[index % items.length].replace(
        /"resourceVersion":"\d+"/,
        `"resourceVersion":"${LISTED + 1 + index}"`,
      );
      text += `{"type":"MODIFIED","object":${item}}\n`;
    }
    if (!response.write(text)) await once(response, 'drain');
  }
  // The cursor is stored with what comes after it, so a little more must come.
  for (let version = LISTED + count + 1; !response.destroyed; version += 1) {
    const object = { kind: 'Pod', apiVersion: 'v1', metadata: { resourceVersion: String(version) } };
    response.write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
    await setTimeout(20);
  }
}
process.on('disconnect', () => process.exit(0));
