import { z } from 'zod';

/**
 * Everything that can be set from outside, with what it means. Read once at the start; all problems are told together, and
 * `--help` is printed from this same table.
 */
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** An unset variable and an empty one mean the same: `SLOTDECK_SECRET=` in an environment file is no secret. */
const optionalText = z
  .string()
  .optional()
  .transform((text) => (text === undefined || text.trim() === '' ? undefined : text));

const wholeNumber = (least: number, most: number, otherwise: number) =>
  z.coerce
    .number({ error: 'must be a whole number' })
    .int({ error: 'must be a whole number' })
    .min(least, { error: `must be at least ${least}` })
    .max(most, { error: `must be at most ${most}` })
    .default(otherwise);

export const SettingsSchema = z.object({
  SLOTDECK_HOST: z.string().trim().min(1).default('127.0.0.1').describe('Address to listen on; 0.0.0.0 for all'),
  SLOTDECK_PORT: wholeNumber(0, 65_535, 7700).describe('Port to listen on; 0 lets the system choose one'),
  SLOTDECK_DATA: z.string().trim().min(1).default('./data').describe('Folder for everything that is kept; made 0700'),
  SLOTDECK_SECRET: optionalText
    .refine((text) => text === undefined || text.length >= 16, { error: 'must have at least 16 characters' })
    .describe('Encrypts the passwords of clusters; without it a key file is made in the data folder'),
  SLOTDECK_ADMIN_PASSWORD: optionalText
    .refine((text) => text === undefined || text.length >= 8, { error: 'must have at least 8 characters' })
    .describe('First start only: password of the user "admin"; without it one is drawn and printed once'),
  SLOTDECK_LOG: z
    .enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` })
    .default('info')
    .describe(`Log level: ${LOG_LEVELS.join(', ')}`),
  SLOTDECK_PUBLIC_ORIGIN: optionalText
    .refine((text) => text === undefined || isOrigin(text), { error: 'must look like https://console.example.org' })
    .describe('Where browsers reach the console when a proxy stands in front, e.g. https://console.example.org'),
  SLOTDECK_TRUST_PROXY: z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .default('false')
    .describe('true: believe X-Forwarded-For and X-Forwarded-Proto of the proxy in front'),
  SLOTDECK_DASHBOARD: optionalText.describe('Folder of the built dashboard; normally found by itself'),
  SLOTDECK_OBSERVE_MS: wholeNumber(100, 60_000, 500).describe('Milliseconds from one look at a cluster to the next'),
  SLOTDECK_SESSION_HOURS: wholeNumber(1, 24 * 30, 12).describe('Hours without use after which a session ends'),
  SLOTDECK_KEEP_DAYS: wholeNumber(1, 3650, 30).describe('Days that changes of clusters and ended sessions are kept'),
  SLOTDECK_HISTORY_MB: wholeNumber(1, 100_000, 200).describe('Megabytes of past topologies that are kept per cluster'),
});

export interface Settings {
  host: string;
  port: number;
  dataFolder: string;
  secret: string | null;
  adminPassword: string | null;
  logLevel: (typeof LOG_LEVELS)[number];
  /** Normal form without a trailing slash; null: the request's own host counts. */
  publicOrigin: string | null;
  trustProxy: boolean;
  dashboardFolder: string | null;
  observeMs: number;
  sessionMs: number;
  keepMs: number;
  historyBytes: number;
}

export interface SettingRemark {
  name: string;
  problem: string;
}

/** Remarks are no reason not to start: a container platform sets variables of its own for a service of this name. */
export type ReadSettings =
  { ok: true; settings: Settings; remarks: SettingRemark[] } | { ok: false; problems: SettingRemark[] };

/** Reads the environment. Pure: it looks at what it is given only. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): ReadSettings {
  const known = Object.keys(SettingsSchema.shape);
  const given = Object.fromEntries(
    known.map((name) => [name, environment[name] === '' ? undefined : environment[name]]),
  );
  const remarks = Object.keys(environment)
    .filter((name) => name.startsWith('SLOTDECK_') && !known.includes(name) && !FOR_OTHERS.has(name))
    .map((name) => ({ name, problem: `is no setting of this program${suggestion(name, known)}` }));
  const read = SettingsSchema.safeParse(given);
  if (!read.success) {
    const problems = read.error.issues.map((issue) => ({ name: String(issue.path[0]), problem: issue.message }));
    return { ok: false, problems: [...problems, ...remarks] };
  }
  const values = read.data;
  return {
    ok: true,
    remarks,
    settings: {
      host: values.SLOTDECK_HOST,
      port: values.SLOTDECK_PORT,
      dataFolder: values.SLOTDECK_DATA,
      secret: values.SLOTDECK_SECRET ?? null,
      adminPassword: values.SLOTDECK_ADMIN_PASSWORD ?? null,
      logLevel: values.SLOTDECK_LOG,
      publicOrigin: values.SLOTDECK_PUBLIC_ORIGIN === undefined ? null : new URL(values.SLOTDECK_PUBLIC_ORIGIN).origin,
      trustProxy: values.SLOTDECK_TRUST_PROXY === 'true',
      dashboardFolder: values.SLOTDECK_DASHBOARD ?? null,
      observeMs: values.SLOTDECK_OBSERVE_MS,
      sessionMs: values.SLOTDECK_SESSION_HOURS * 3_600_000,
      keepMs: values.SLOTDECK_KEEP_DAYS * 86_400_000,
      historyBytes: values.SLOTDECK_HISTORY_MB * 1_000_000,
    },
  };
}

/** Read by the tests and the scripts of this repository, not by the server. */
const FOR_OTHERS = new Set([
  'SLOTDECK_CHROMIUM',
  'SLOTDECK_NO_FETCH',
  'SLOTDECK_SERVERS',
  'SLOTDECK_TEST_SERVERS',
  'SLOTDECK_VITEST_COUNTS',
]);

export function describeSettings(): string {
  const rows = Object.entries(SettingsSchema.shape).map(([name, schema]) => {
    const empty = schema.safeParse(undefined);
    const otherwise = empty.success && empty.data !== undefined ? ` (default ${String(empty.data)})` : '';
    return `  ${name.padEnd(24)} ${schema.description ?? ''}${otherwise}`;
  });
  return ['Settings, all from the environment:', ...rows].join('\n');
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function suggestion(name: string, known: readonly string[]): string {
  const near = known.find((each) => each.startsWith(name.slice(0, 12)));
  return near === undefined ? '' : `; did you mean ${near}?`;
}
