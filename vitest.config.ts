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
          include: ['packages/*/src/**/*.test.ts', 'apps/server/src/**/*.test.ts', 'scripts/**/*.test.ts'],
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'real',
          include: ['packages/*/test/**/*.test.ts', 'apps/server/test/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Real servers share two cores: more files at once only makes elections time out.
          maxWorkers: 2,
        },
      },
      './apps/dashboard/vite.config.ts',
    ],
  },
});
