import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

/** Sources, not built files: a test must fail on the code as it is written. */
const conditions = ['source', ...defaultServerConditions];
const resolve = { conditions };
const ssr = { resolve: { conditions } };

export default defineConfig({
  test: {
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: 'fast',
          include: ['packages/*/src/**/*.test.ts', 'apps/{server,cli}/src/**/*.test.ts', 'scripts/**/*.test.ts'],
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'real',
          include: ['packages/*/test/**/*.test.ts', 'apps/{server,cli}/test/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Most of the time goes into waiting for gossip and elections, so twice as many files as there are cores; with many more,
          // the servers themselves come late.
          maxWorkers: 4,
        },
      },
      './apps/dashboard/vite.config.ts',
    ],
  },
});
