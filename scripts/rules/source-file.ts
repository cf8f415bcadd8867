import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ESTree, parseSync } from 'vite';

/** A file of the repository as the rules see it. `path` is from the repository's root, with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export interface ParsedFile extends SourceFile {
  readonly program: ESTree.Program;
  readonly comments: readonly { readonly start: number; readonly end: number }[];
}

export const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url));

/** Made by tools or people's machines, not written by us. */
const notOurs = new Set(['node_modules', 'dist', 'artifacts', 'data', 'coverage', '.git', 'pnpm-lock.yaml']);
const textFile = /\.(ts|tsx|mjs|js|json|ya?ml|md|css|html|sh|svg)$|(^|\/)(Dockerfile|LICENSE|run)$/;
const code = /\.(ts|tsx|mjs)$/;

/** Every text file somebody wrote, in order of path. */
export function readRepository(root: string = repositoryRoot): SourceFile[] {
  const found: SourceFile[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (notOurs.has(entry.name)) continue;
      const full = join(folder, entry.name);
      if (entry.isDirectory()) walk(full);
      else if (entry.isFile() && textFile.test(entry.name)) {
        found.push({ path: relative(root, full).replaceAll('\\', '/'), text: readFileSync(full, 'utf8') });
      }
    }
  };
  walk(root);
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

export function isCode(file: SourceFile): boolean {
  return code.test(file.path);
}

/** Tests and what only tests use: not shipped, and allowed to look from outside. */
export function isTest(path: string): boolean {
  return /\.test\.tsx?$|^(packages|apps)\/[^/]+\/test\/|^e2e\//.test(path);
}

const parsed = new WeakMap<SourceFile, ParsedFile>();

/** Throws when the file is not TypeScript or JavaScript at all: a rule that cannot read a file must not pass it. */
export function parseFile(file: SourceFile): ParsedFile {
  const known = parsed.get(file);
  if (known !== undefined) return known;
  const { program, comments, errors } = parseSync(file.path, file.text);
  const [first] = errors;
  if (first !== undefined) throw new Error(`${file.path} cannot be read: ${first.message}`);
  const read = { ...file, program, comments };
  parsed.set(file, read);
  return read;
}

/** Line of an offset, counted from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
