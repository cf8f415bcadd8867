import type { NatMap } from './node-address.ts';

export interface TlsOptions {
  /** PEM text; the system's authorities when absent. */
  readonly ca?: string | undefined;
  /** PEM texts of our own certificate and its key, where the servers ask for one. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** The name that certificates must carry, when it is not the host that is dialled. */
  readonly serverName?: string | undefined;
  /** Default true. False accepts any certificate. */
  readonly verify?: boolean | undefined;
}

export interface ConnectionSettings {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Absent: plain TCP. */
  readonly tls?: TlsOptions | undefined;
  readonly natMap?: NatMap | undefined;
  /** Milliseconds for TCP, TLS and login together. Default 2000. */
  readonly connectTimeoutMs?: number | undefined;
  /** Milliseconds for a reply where a call names no time of its own. Default 2000. */
  readonly replyTimeoutMs?: number | undefined;
  /** Commands under way to one node; more are refused with `busy`. Default 10,000. */
  readonly maxPending?: number | undefined;
  /** Milliseconds after which a connection that nobody used is closed. Default 60,000. */
  readonly idleMs?: number | undefined;
  /** What the servers' CLIENT LIST shows. Default `slotdeck`. */
  readonly clientName?: string | undefined;
  /** RESP version to ask for; a server that has no RESP3 is spoken to in RESP2. Default 2: it has all that we ask. */
  readonly protocol?: 2 | 3 | undefined;
}

type Login = Pick<ConnectionSettings, 'username' | 'password' | 'tls'>;

/** The settings with every default filled in. */
export type Settled = Login & {
  readonly [name in Exclude<keyof ConnectionSettings, keyof Login>]-?: NonNullable<ConnectionSettings[name]>;
};

export function settle(settings: ConnectionSettings): Settled {
  return {
    username: settings.username === '' ? undefined : settings.username,
    password: settings.password === '' ? undefined : settings.password,
    tls: settings.tls,
    natMap: settings.natMap ?? {},
    connectTimeoutMs: settings.connectTimeoutMs ?? 2_000,
    replyTimeoutMs: settings.replyTimeoutMs ?? 2_000,
    maxPending: settings.maxPending ?? 10_000,
    idleMs: settings.idleMs ?? 60_000,
    clientName: settings.clientName ?? 'slotdeck',
    protocol: settings.protocol ?? 2,
  };
}
