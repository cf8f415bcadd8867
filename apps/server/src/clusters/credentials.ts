import { z } from 'zod';
import { TlsSettings, type NewCluster } from '@slotdeck/contract/clusters';
import type { ConnectionSettings, TlsOptions } from '@slotdeck/cluster/connection/connection-settings';
import type { SecretBox } from '../secrets/secret-box.ts';
import type { StoredCluster } from '../store/cluster-rows.ts';

/** What is sealed: everything of a cluster's login that nobody may read from the data folder. */
const Sealed = z.object({ password: z.string().nullable(), tls: TlsSettings.nullable() });

export interface Login {
  username: string | null;
  password: string | null;
  tls: TlsSettings | null;
  natMap: Readonly<Record<string, string>>;
}

/** Reads the login part of a request. */
export function loginOf(request: NewCluster): Login {
  const tls = typeof request.tls === 'boolean' ? (request.tls ? TlsSettings.parse({}) : null) : (request.tls ?? null);
  return {
    username: request.username === undefined || request.username === '' ? null : request.username,
    password: request.password === undefined || request.password === '' ? null : request.password,
    tls: tls?.enabled === true ? tls : null,
    natMap: request.natMap ?? {},
  };
}

export function tlsWord(login: Login): StoredCluster['tls'] {
  if (login.tls === null) return 'off';
  return login.tls.verify ? 'verified' : 'unverified';
}

export function sealLogin(login: Login, clusterId: string, box: SecretBox): Uint8Array | null {
  if (login.password === null && login.tls === null) return null;
  return box.seal(JSON.stringify({ password: login.password, tls: login.tls }), clusterId);
}

/** @throws WrongKey when the key is not the one it was sealed with. */
export function openLogin(row: StoredCluster, box: SecretBox): Login {
  const base = { username: row.username, natMap: row.natMap };
  if (row.sealed === null) return { ...base, password: null, tls: null };
  const { password, tls } = Sealed.parse(JSON.parse(box.open(row.sealed, row.id)));
  return { ...base, password, tls };
}

export function connectionSettings(login: Login): ConnectionSettings {
  return {
    username: login.username ?? undefined,
    password: login.password ?? undefined,
    tls: login.tls === null ? undefined : tlsOptions(login.tls),
    natMap: login.natMap,
  };
}

/** A form sends an empty text where nothing was entered. */
function tlsOptions(tls: TlsSettings): TlsOptions {
  const given = (text: string | undefined): string | undefined => (text === '' ? undefined : text);
  return {
    ca: given(tls.ca),
    cert: given(tls.cert),
    key: given(tls.key),
    serverName: given(tls.serverName),
    verify: tls.verify,
  };
}
