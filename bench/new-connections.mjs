// New TCP connections of a process to one port, seen from outside: its sockets, looked at a few times a second. A
// connection that lives shorter is missed now and then, but a client that opens one for each call is told at once.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const LOOK_MILLISECONDS = 200;

/** Starts to look; `stop` answers how many connections came since. */
export function watchConnections(pid, port) {
  const old = new Set(connections(pid, port));
  const seen = new Set();
  const look = () => {
    for (const inode of connections(pid, port)) if (!old.has(inode)) seen.add(inode);
  };
  const timer = setInterval(look, LOOK_MILLISECONDS);
  return {
    stop() {
      clearInterval(timer);
      look();
      return seen.size;
    },
  };
}

function connections(pid, port) {
  const ours = new Set();
  for (const descriptor of descriptors(pid)) {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`))?.[1];
      if (inode !== undefined) ours.add(inode);
    } catch {
      // It was closed while we looked.
    }
  }
  const to = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return ['tcp', 'tcp6']
    .flatMap((table) => readFileSync(`/proc/net/${table}`, 'utf8').split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[2]?.endsWith(to) && ours.has(fields[9]))
    .map((fields) => fields[9]);
}

function descriptors(pid) {
  try {
    return readdirSync(`/proc/${pid}/fd`);
  } catch {
    return []; // It has ended.
  }
}
