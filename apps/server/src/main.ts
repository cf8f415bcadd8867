import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { ADMIN_NAME, ensureAdmin } from './access/first-admin.ts';
import { buildApp } from './app.ts';
import { makeConsole } from './console.ts';
import { findDashboard } from './http/serve-dashboard.ts';
import { makeFaultLog, makeLog } from './log.ts';
import { loadKey } from './secrets/load-key.ts';
import { makeSecretBox } from './secrets/secret-box.ts';
import { describeSettings, readSettings, type Settings } from './settings.ts';
import { openStore, type Store } from './store/open-store.ts';
import { StoreError } from './store/store-error.ts';
import { systemClock } from './system-clock.ts';

/** Operations get this long to reach a safe point; what is left is found and carried on by the next start. */
const SHUTDOWN_MS = 20_000;

const version = readVersion();

async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) {
    print(`Slotdeck ${version}: shows and steers Redis and Valkey clusters.\n\n${describeSettings()}`);
    return;
  }
  if (args.includes('--version')) {
    print(version);
    return;
  }
  const read = readSettings(process.env);
  if (!read.ok || args.length > 0) {
    const problems = read.ok ? [] : read.problems.map(({ name, problem }) => `  ${name} ${problem}`);
    const unknown = args.map((arg) => `  ${arg} is no argument; there are --help and --version`);
    refuse(
      ['Slotdeck cannot start with these settings:', ...problems, ...unknown, '', describeSettings()].join('\n'),
      2,
    );
    return;
  }
  for (const { name, problem } of read.remarks) process.stderr.write(`${name} ${problem}\n`);
  let store: Store;
  try {
    store = await openStore(read.settings.dataFolder, systemClock);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    refuse(`Slotdeck cannot start. ${error.message}`, 1);
    return;
  }
  try {
    await serve(read.settings, store);
  } catch (error) {
    store.close();
    if (!(error instanceof StoreError) && !isListenError(error)) throw error;
    refuse(
      `Slotdeck cannot start. ${error instanceof StoreError ? error.message : explainListen(error, read.settings)}`,
      1,
    );
  }
}

async function serve(settings: Settings, store: Store): Promise<void> {
  const log = makeLog(settings.logLevel);
  const box = makeSecretBox(loadKey(store.folder, settings.secret));
  const console = makeConsole({
    store,
    box,
    clock: systemClock,
    version,
    observeMs: settings.observeMs,
    sessionMs: settings.sessionMs,
    keepMs: settings.keepMs,
    historyBytes: settings.historyBytes,
    onFault: makeFaultLog(log, systemClock),
  });
  let isReady = false;
  const { drawnPassword } = await ensureAdmin(store.users, console.passwords, settings.adminPassword, systemClock);
  const app = await buildApp(console, {
    version,
    publicOrigin: settings.publicOrigin,
    trustProxy: settings.trustProxy,
    dashboard: findDashboard(settings.dashboardFolder),
    checkReplies: false,
    logger: log,
    isReady: () => isReady,
  });
  try {
    const { taken, impossible } = console.takeOver();
    if (taken.length > 0) log.info({ operations: taken }, 'unfinished operations were found and are carried on');
    if (impossible.length > 0)
      log.error({ operations: impossible }, 'journals that cannot have happened were left as they are');
    await app.listen({ host: settings.host, port: settings.port });
  } catch (error) {
    await console.shutdown(0);
    await app.close();
    throw error;
  }
  isReady = true;
  tellWhere(app.server.address(), settings, drawnPassword);
  onSignal(async () => {
    isReady = false;
    // Viewers hear why; new requests are refused; operations come to rest before the store is closed under them.
    console.hub.end();
    const closing = app.close();
    const { stillAtWork } = await console.shutdown(SHUTDOWN_MS);
    await closing;
    if (stillAtWork.length > 0) log.warn({ operations: stillAtWork }, 'left at work; the next start carries them on');
    store.close();
  });
}

/** The first signal ends in order, the second at once. */
function onSignal(end: () => Promise<void>): void {
  let isEnding = false;
  const receive = (): void => {
    if (isEnding) process.exit(130);
    isEnding = true;
    end().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', receive);
  process.on('SIGTERM', receive);
}

function tellWhere(bound: AddressInfo | string | null, settings: Settings, drawnPassword: string | null): void {
  // With port 0 the system chose; the host is told as it was given, which is what people can open.
  const port = bound === null || typeof bound === 'string' ? settings.port : bound.port;
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  print(`Slotdeck ${version} is at ${settings.publicOrigin ?? `http://${host}:${port}`}`);
  if (drawnPassword !== null) {
    print(`First start: sign in as "${ADMIN_NAME}" with the password ${drawnPassword}\nIt is shown only this once.`);
  }
}

function isListenError(error: unknown): error is NodeJS.ErrnoException {
  return (
    error instanceof Error && 'syscall' in error && (error.syscall === 'listen' || error.syscall === 'getaddrinfo')
  );
}

function explainListen(error: NodeJS.ErrnoException, { host, port }: Settings): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} of ${host} is taken by another program. Stop that one, or choose another with SLOTDECK_PORT.`;
    case 'EACCES':
      return `Port ${port} may not be opened by this user; choose one above 1023 with SLOTDECK_PORT.`;
    default:
      return `It cannot listen on ${host}:${port}: ${error.message}.`;
  }
}

function readVersion(): string {
  const read: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof read === 'object' && read !== null && 'version' in read ? String(read.version) : 'unknown';
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function refuse(text: string, code: number): void {
  process.stderr.write(`${text}\n`);
  process.exitCode = code;
}

await main(process.argv.slice(2));
