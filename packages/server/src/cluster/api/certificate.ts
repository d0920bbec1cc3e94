import { createPublicKey, sign } from 'node:crypto';

/**
 * A self-signed certificate for 127.0.0.1, as PEM. Node makes keys but no certificates, and kubectl sends its token
 * over TLS only, so the few structures of X.509 that are needed are written out here (RFC 5280).
 */
export function selfSignedCertificate(privateKeyPem: string, now: number, serial: string): string {
  const signature = sequence(objectId([1, 2, 840, 10045, 4, 3, 2])); // ecdsa-with-SHA256
  const name = sequence(set(sequence(objectId([2, 5, 4, 3]), tagged(0x0c, Buffer.from('gantry-local-cluster')))));
  const publicKey = createPublicKey(privateKeyPem).export({ type: 'spki', format: 'der' });
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), Buffer.from(serial.replaceAll('-', ''), 'hex')])),
    signature,
    name,
    sequence(time(now - DAY), time(now + 3650 * DAY)),
    name,
    publicKey,
    tagged(0xa3, sequence(...extensions())),
  );
  const signed = tagged(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKeyPem)]));
  const base64 = sequence(body, signature, signed).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

const DAY = 24 * 3600 * 1000;

function extensions(): readonly Buffer[] {
  const yes = tagged(0x01, Buffer.from([0xff]));
  const names = sequence(tagged(0x82, Buffer.from('localhost')), tagged(0x87, Buffer.from([127, 0, 0, 1])));
  const digitalSignatureAndCertificateSigning = tagged(0x03, Buffer.from([2, 0x84]));
  return [
    extension([2, 5, 29, 19], sequence(yes), true),
    extension([2, 5, 29, 15], digitalSignatureAndCertificateSigning, true),
    extension([2, 5, 29, 37], sequence(objectId([1, 3, 6, 1, 5, 5, 7, 3, 1])), false), // server authentication
    extension([2, 5, 29, 17], names, false),
  ];
}

function extension(id: readonly number[], value: Buffer, critical: boolean): Buffer {
  const flag = critical ? [tagged(0x01, Buffer.from([0xff]))] : [];
  return sequence(objectId(id), ...flag, tagged(0x04, value));
}

function tagged(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag]), length(content.length), content]);
}

function length(bytes: number): Buffer {
  if (bytes < 128) return Buffer.from([bytes]);
  return bytes < 256 ? Buffer.from([0x81, bytes]) : Buffer.from([0x82, bytes >> 8, bytes & 0xff]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function set(...parts: readonly Buffer[]): Buffer {
  return tagged(0x31, Buffer.concat(parts));
}

function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes);
}

/** GeneralizedTime from 2050 on, UTCTime before, as RFC 5280 asks. */
function time(milliseconds: number): Buffer {
  const text = `${new Date(milliseconds).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
  return text < '2050' ? tagged(0x17, Buffer.from(text.slice(2))) : tagged(0x18, Buffer.from(text));
}

function objectId(arcs: readonly number[]): Buffer {
  const [first = 0, second = 0, ...rest] = arcs;
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(arc: number): readonly number[] {
  const digits = [arc & 0x7f];
  for (let left = arc >> 7; left > 0; left >>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}
