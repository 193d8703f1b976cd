import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Vitest leaves one of two processors idle; most tests wait for shells, browsers and clusters.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{server,src,scripts}/**/*.test.{ts,tsx}', 'tests/fidelity/**/*.test.ts'],
          globalSetup: 'tests/tools.ts',
          testTimeout: 30_000,
          hookTimeout: 60_000,
          // Vitest's own second passes on a busy machine before a process has started.
          expect: { poll: { timeout: 10_000 } },
        },
      },
      {
        test: {
          // Labs stand side by side; only walk.test.ts forwards ports of the machine, which are there once.
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          expect: { poll: { timeout: 30_000 } },
        },
      },
    ],
  },
});
