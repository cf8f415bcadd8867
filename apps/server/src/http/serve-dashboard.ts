import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** Where the built dashboard lies beside the built server, in the repository and in the image. */
export function findDashboard(given: string | null): string | null {
  const folder = given ?? fileURLToPath(new URL('../../../dashboard/dist', import.meta.url));
  return existsSync(resolve(folder, 'index.html')) ? resolve(folder) : null;
}

const YEAR_SECONDS = 31_536_000;

/**
 * The page and its files. Files whose name holds a hash never change and may be kept for ever; the page itself is asked for
 * anew each time. Every other path that a browser opens is the page too: the router in it knows the way.
 */
export async function serveDashboard(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: folder,
    // The build writes .br and .gz beside each large file, so nothing is compressed while somebody waits.
    preCompressed: true,
    cacheControl: false,
    setHeaders: (response, path) => {
      const isHashed = /[\\/]assets[\\/]/.test(path);
      response.setHeader('cache-control', isHashed ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache');
    },
  });
}

/** Shown when the server runs from a checkout in which nobody built the dashboard. */
export const DASHBOARD_MISSING =
  'The dashboard is not built. Run `npm run build` in the repository, then reload. The API under /api/v1 works.\n';
