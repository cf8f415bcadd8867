import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ViewProblem } from '@slotdeck/model/topology';
import { errorCode } from './call-problem.ts';
import type { NodeAddress } from './node-calls.ts';

/** A look costs a connection, and is taken only when a first contact failed in a way that does not explain itself. */
const LOOK_MS = 1_000;

/** First bytes that only a RESP server sends in answer to a command. */
const RESP_START = /^[+\-:$*%~#_,(!=|>]/;

/**
 * Why a first contact failed, found out by speaking the other way: plain to a TLS port, TLS to a plain port, something that is no
 * Redis. Gives the problem back as it was where the second look says nothing new.
 */
export async function explainFirstContact(
  address: NodeAddress,
  usesTls: boolean,
  problem: ViewProblem,
  firstBytes: string,
): Promise<ViewProblem> {
  if (usesTls) {
    const isUnclear =
      problem.code === 'timeout' || problem.code === 'connection-closed' || problem.code === 'other-error';
    if (!isUnclear) return problem;
    const said = await sayPing(address);
    if (said === null) return problem;
    if (RESP_START.test(said)) return { code: 'tls-not-spoken', seen: `answers without TLS: ${quote(said)}` };
    return isTlsRecord(said) ? problem : { code: 'not-redis', seen: quote(said) };
  }
  if (isTlsRecord(firstBytes)) return { code: 'tls-required', seen: 'answered with a TLS record' };
  if (firstBytes !== '' && !RESP_START.test(firstBytes)) return { code: 'not-redis', seen: quote(firstBytes) };
  if (firstBytes === '' && problem.code === 'connection-closed' && (await greetsInTls(address))) {
    return { code: 'tls-required', seen: `${problem.seen}; the port answers a TLS greeting` };
  }
  return problem;
}

/** What a plain PING is answered with; null when nothing came. */
function sayPing(address: NodeAddress): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connectTcp({ ...address });
    const finish = (said: string | null): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(said);
    };
    const timer = setTimeout(() => finish(null), LOOK_MS);
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (chunk: Buffer) => finish(chunk.toString('latin1')));
    // Whatever goes wrong here, nothing was said; the problem that led here stands.
    socket.on('error', () => finish(null));
    socket.once('close', () => finish(null));
  });
}

function greetsInTls(address: NodeAddress): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTls({ ...address, rejectUnauthorized: false });
    const finish = (answer: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => finish(false), LOOK_MS);
    socket.once('secureConnect', () => finish(true));
    // An alert is TLS too: the server wants a certificate or another version. An alien answer has other codes.
    socket.on('error', (error) => finish(/ALERT/.test(errorCode(error) ?? '')));
    socket.once('close', () => finish(false));
  });
}

/** Record type handshake (22) or alert (21), then major version 3. */
function isTlsRecord(text: string): boolean {
  return (text.startsWith('\u0015\u0003') || text.startsWith('\u0016\u0003')) && text.length > 2;
}

function quote(text: string): string {
  const line = text.split(/[\r\n]/, 1)[0] ?? '';
  return line.slice(0, 120).replaceAll(/[^ -~]/g, '·');
}
