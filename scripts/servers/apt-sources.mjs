import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = '/etc/apt';
const commonKeyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * The Debian archive this machine already uses, whichever that is, and the keys it trusts for it.
 *
 * @returns {{ uri: string, keyring: string } | null} null on a machine that is not Debian or has no such source.
 */
export function findDebianArchive() {
  for (const { name, text } of readSourceFiles()) {
    const archive = name.endsWith('.sources') ? archiveInStanzas(text) : archiveInLines(text);
    if (archive !== null) return { uri: archive.uri, keyring: archive.keyring ?? commonKeyring };
  }
  return null;
}

function readSourceFiles() {
  const parts = join(folder, 'sources.list.d');
  const names = [
    join(folder, 'sources.list'),
    ...(existsSync(parts) ? readdirSync(parts).map((name) => join(parts, name)) : []),
  ];
  return names
    .filter((name) => /\.(list|sources)$/.test(name) && existsSync(name))
    .map((name) => ({ name, text: readFileSync(name, 'utf8') }));
}

/** The form of `*.sources`: paragraphs of "Field: value". */
export function archiveInStanzas(text) {
  for (const stanza of text.split(/\n\s*\n/)) {
    const field = (name) => new RegExp(`^${name}:[ \\t]*(\\S.*)$`, 'mi').exec(stanza)?.[1]?.trim();
    const uri = field('URIs')?.split(/\s+/).find(isMainArchive);
    if (uri === undefined || /^no$/i.test(field('Enabled') ?? 'yes')) continue;
    const keyring = field('Signed-By');
    return { uri: trimSlash(uri), keyring: keyring?.startsWith('/') ? keyring : undefined };
  }
  return null;
}

/** The form of `sources.list`: "deb [options] URI suite components". */
export function archiveInLines(text) {
  for (const line of text.split('\n')) {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s/.exec(line);
    if (match === null || !isMainArchive(match[2])) continue;
    return { uri: trimSlash(match[2]), keyring: /signed-by=(\/\S+)/i.exec(match[1] ?? '')?.[1] };
  }
  return null;
}

/** Security updates and third parties live elsewhere; the archive's path ends in /debian by convention. */
function isMainArchive(uri) {
  return /^https?:\/\/.+\/debian\/?$/.test(uri);
}

function trimSlash(uri) {
  return uri.replace(/\/$/, '');
}
