import { Seed, type NewCluster } from '@slotdeck/contract/clusters';
import type { z } from 'zod';
import type { WordKey } from '../../words/words.ts';

/** The form as it is typed. It becomes a request in one place. */
export interface NewClusterForm {
  readonly name: string;
  /** One per line, or separated by commas or spaces. */
  readonly addresses: string;
  readonly userName: string;
  readonly password: string;
  readonly tls: 'off' | 'on' | 'unverified';
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly serverName: string;
  /** `what a node calls itself = what to dial`, one per line. */
  readonly natMap: string;
}

export type Field = keyof NewClusterForm;

export const EMPTY_FORM: NewClusterForm = {
  name: '',
  addresses: '',
  userName: '',
  password: '',
  tls: 'off',
  ca: '',
  cert: '',
  key: '',
  serverName: '',
  natMap: '',
};

/** What is wrong with a field: a phrase, and the part it is about. */
export interface FieldProblem {
  readonly key: Extract<WordKey, `clusters.${string}`>;
  readonly text: string;
}

export type ReadForm =
  | { readonly ok: true; readonly body: z.input<typeof NewCluster> }
  | { readonly ok: false; readonly problems: Partial<Record<Field, FieldProblem>> };

const wordsOf = (text: string): string[] => text.split(/[\s,;]+/).filter((part) => part !== '');
const linesOf = (text: string): string[] =>
  text
    .split(/\n|;/)
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Null when it is an address: `host`, `host:port`, `[v6]:port`. */
function addressProblem(text: string): FieldProblem | null {
  const read = Seed.safeParse(text);
  if (read.success) return null;
  // The schema's own order: first the shape, then the port.
  const isShaped = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:\d+)?$/.test(text);
  return { key: isShaped ? 'clusters.badPort' : 'clusters.badAddress', text };
}

function pemProblem(text: string): FieldProblem | null {
  return text.trim() === '' || text.includes('-----BEGIN') ? null : { key: 'clusters.notPem', text: '' };
}

function readNatMap(text: string): { map: Record<string, string>; problem: FieldProblem | null } {
  const map: Record<string, string> = {};
  for (const line of linesOf(text)) {
    const [said, dialled, more] = line.split(/\s*(?:=>|=|→)\s*/);
    if (said === undefined || dialled === undefined || said === '' || dialled === '' || more !== undefined) {
      return { map, problem: { key: 'clusters.badNatLine', text: line } };
    }
    const problem = addressProblem(said) ?? addressProblem(dialled);
    if (problem !== null) return { map, problem };
    map[said] = dialled;
  }
  return { map, problem: null };
}

export function readForm(form: NewClusterForm): ReadForm {
  const problems: Partial<Record<Field, FieldProblem>> = {};
  const note = (field: Field, problem: FieldProblem | null): void => {
    if (problem !== null && problems[field] === undefined) problems[field] = problem;
  };
  const seeds = wordsOf(form.addresses);
  const nat = readNatMap(form.natMap);
  if (form.name.trim() === '') note('name', { key: 'clusters.needsName', text: '' });
  if (seeds.length === 0) note('addresses', { key: 'clusters.needsAddress', text: '' });
  for (const seed of seeds) note('addresses', addressProblem(seed));
  note('natMap', nat.problem);
  if (form.tls !== 'off') {
    note('ca', pemProblem(form.ca));
    note('cert', pemProblem(form.cert));
    note('key', pemProblem(form.key));
    if (form.cert.trim() !== '' && form.key.trim() === '') note('key', { key: 'clusters.needsKey', text: '' });
    if (form.key.trim() !== '' && form.cert.trim() === '') note('cert', { key: 'clusters.needsCert', text: '' });
  }
  if (Object.keys(problems).length > 0) return { ok: false, problems };
  const given = <K extends string>(name: K, text: string): Partial<Record<K, string>> =>
    // One computed name gives exactly that record; the compiler widens it to any string.
    text.trim() === '' ? {} : ({ [name]: text.trim() } as Record<K, string>);
  return {
    ok: true,
    body: {
      name: form.name.trim(),
      seeds,
      ...given('username', form.userName),
      // A password is taken as typed: blanks may belong to it.
      ...(form.password === '' ? {} : { password: form.password }),
      ...(form.tls === 'off'
        ? {}
        : {
            tls: {
              enabled: true,
              verify: form.tls === 'on',
              ...given('ca', form.ca),
              ...given('cert', form.cert),
              ...given('key', form.key),
              ...given('serverName', form.serverName),
            },
          }),
      ...(Object.keys(nat.map).length === 0 ? {} : { natMap: nat.map }),
    },
  };
}
