import type { ViewProblem } from '@slotdeck/model/topology';
import { NodeCallError, type CallFailure, type NodeAddress } from './node-calls.ts';

/** Codes of the system and of TLS, and what they mean for who asked. The rest is told apart by pattern below. */
const systemCodes: Readonly<Record<string, ViewProblem['code']>> = {
  ECONNREFUSED: 'connection-refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EACCES: 'unreachable',
  EPERM: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ETIMEDOUT: 'timeout',
  ENOTFOUND: 'name-not-found',
  EAI_AGAIN: 'name-not-found',
  EAI_NODATA: 'name-not-found',
  ECONNRESET: 'connection-closed',
  EPIPE: 'connection-closed',
  ECONNABORTED: 'connection-closed',
};

/** A failure of socket, name service or TLS. */
export function problemOfSocketError(error: unknown): ViewProblem {
  const code = errorCode(error);
  const text = error instanceof Error && error.message !== '' ? error.message : (code ?? String(error));
  const seen = code === undefined || text.includes(code) ? text : `${code}: ${text}`;
  if (code !== undefined) {
    const known = systemCodes[code];
    if (known !== undefined) return { code: known, seen };
    // OpenSSL reads a plain answer as a record of an impossible version or length.
    if (
      /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|RECORD_LAYER/.test(code) ||
      /wrong version number|packet length/.test(text)
    ) {
      return { code: 'tls-not-spoken', seen };
    }
    if (/CERT|ISSUER|SELF_SIGNED|VERIFY|^ERR_TLS|^ERR_SSL|^ERR_OSSL|^EPROTO/.test(code))
      return { code: 'tls-untrusted', seen };
  }
  return { code: 'other-error', seen };
}

/** A server's error line as the reason why a node could not be asked. */
export function problemOfErrorLine(line: string): ViewProblem {
  const prefix = errorPrefix(line);
  switch (prefix) {
    case 'WRONGPASS':
      return { code: 'wrong-password', seen: line };
    case 'NOAUTH':
      return { code: 'password-required', seen: line };
    case 'NOPERM':
    case 'DENIED':
      return { code: 'no-permission', seen: line };
    case 'LOADING':
      return { code: 'loading', seen: line };
    default:
      if (/invalid password/i.test(line)) return { code: 'wrong-password', seen: line };
      if (/cluster support disabled/i.test(line)) return { code: 'not-a-cluster', seen: line };
      return { code: 'other-error', seen: line };
  }
}

/** Why a call brought nothing, whatever the kind of failure. An error that is no call failure is ours to fix and is thrown on. */
export function problemOfCall(error: unknown): ViewProblem {
  if (!(error instanceof NodeCallError)) throw error;
  return problemOfFailure(error.failure);
}

export function problemOfFailure(failure: CallFailure): ViewProblem {
  return failure.kind === 'no-reply' ? failure.problem : problemOfErrorLine(failure.line);
}

/** The first word of an error line: `ERR`, `MOVED`, `BUSYKEY` … */
export function errorPrefix(line: string): string {
  return line.trimStart().split(/[\s:]/, 1)[0] ?? '';
}

export function noReply(address: NodeAddress, problem: ViewProblem, sent: boolean): NodeCallError {
  return new NodeCallError(address, { kind: 'no-reply', problem, sent });
}

/**
 * The server's error carries no cause: the library's own error object holds the command's words, and those of a login or of
 * MIGRATE … AUTH are secret.
 */
export function errorReply(address: NodeAddress, line: string): NodeCallError {
  return new NodeCallError(address, { kind: 'error-reply', prefix: errorPrefix(line), line });
}

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
