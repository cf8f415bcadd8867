import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { ViewProblem } from '@slotdeck/model/topology';
import { problemOfSocketError } from './call-problem.ts';
import type { TlsOptions } from './connection-settings.ts';
import type { NodeAddress } from './node-calls.ts';

export type Dialled =
  { readonly ok: true; readonly socket: Socket } | { readonly ok: false; readonly problem: ViewProblem };

/** A connected socket, TLS included; nothing was read from or written to it. Never rejects: why not is the answer then. */
export function dialSocket(address: NodeAddress, tls: TlsOptions | undefined, timeoutMs: number): Promise<Dialled> {
  return new Promise((resolve) => {
    let socket: Socket;
    try {
      socket = tls === undefined ? connectTcp({ ...address, noDelay: true }) : connectTls(tlsOptions(address, tls));
    } catch (error) {
      // A certificate or key that is no PEM is found out here, before anything was dialled.
      resolve({ ok: false, problem: problemOfSocketError(error) });
      return;
    }
    let isSettled = false;
    const settle = (answer: Dialled): void => {
      if (isSettled) return;
      isSettled = true;
      clearTimeout(timer);
      if (!answer.ok) socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => {
      const what = tls !== undefined && !socket.connecting ? 'no TLS greeting' : 'no connection';
      settle({ ok: false, problem: { code: 'timeout', seen: `${what} within ${timeoutMs} ms` } });
    }, timeoutMs);
    // Stays for the socket's life: an error on a socket that we gave up on or closed must not end the process.
    socket.on('error', (error) => settle({ ok: false, problem: problemOfSocketError(error) }));
    socket.once('close', () =>
      settle({ ok: false, problem: { code: 'connection-closed', seen: 'closed while connecting' } }),
    );
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => settle({ ok: true, socket }));
  });
}

function tlsOptions({ host, port }: NodeAddress, tls: TlsOptions): ConnectionOptions {
  // Server name indication knows no addresses; the certificate is then checked against the address itself.
  const serverName = tls.serverName ?? (isIP(host) === 0 ? host : undefined);
  return {
    host,
    port,
    rejectUnauthorized: tls.verify !== false,
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
  };
}
