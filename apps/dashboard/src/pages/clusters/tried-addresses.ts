import { ApiError } from '@slotdeck/contract/errors';
import { ViewProblem } from '@slotdeck/model/topology';
import { z } from 'zod';
import { readIssues } from '../../api/explain-error.ts';
import type { Field } from './new-cluster-form.ts';

/** What each address answered when a cluster could not be added: `facts.tried`. */
const Tried = z.array(z.object({ seed: z.string() }).and(ViewProblem));
export type TriedAddress = z.infer<typeof Tried>[number];

export function triedAddresses(error: unknown): readonly TriedAddress[] {
  if (!(error instanceof ApiError) || error.code !== 'cluster-unreachable') return [];
  const read = Tried.safeParse(error.facts['tried']);
  return read.success ? read.data : [];
}

/** The field in which such an answer is put right. */
export function fieldOf({ code }: TriedAddress): Field {
  switch (code) {
    case 'wrong-password':
    case 'password-required':
      return 'password';
    case 'no-permission':
      return 'userName';
    case 'tls-required':
    case 'tls-not-spoken':
      return 'tls';
    case 'tls-untrusted':
      return 'ca';
    case 'unreachable':
    case 'connection-refused':
    case 'timeout':
    case 'name-not-found':
    case 'not-redis':
    case 'not-a-cluster':
    case 'loading':
    case 'broken-reply':
    case 'connection-closed':
    case 'busy':
    case 'other-error':
      return 'addresses';
  }
}

const FIELD_OF_PATH: Readonly<Record<string, Field>> = {
  name: 'name',
  seeds: 'addresses',
  username: 'userName',
  password: 'password',
  natMap: 'natMap',
  'tls.ca': 'ca',
  'tls.cert': 'cert',
  'tls.key': 'key',
  'tls.serverName': 'serverName',
  tls: 'tls',
};

/** Fields that the server itself refused, with its words. */
export function refusedFields(error: unknown): Partial<Record<Field, string>> {
  if (!(error instanceof ApiError) || error.code !== 'invalid-request') return {};
  const refused: Partial<Record<Field, string>> = {};
  for (const { path, message } of readIssues(error.facts)) {
    const named = path.replace(/^body\./, '');
    const field = FIELD_OF_PATH[named] ?? FIELD_OF_PATH[named.split('.')[0] ?? ''];
    if (field !== undefined && refused[field] === undefined) refused[field] = message;
  }
  return refused;
}
