import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test, vi } from 'vitest';
import { countSlots } from '@slotdeck/model/slot-ranges';
import { expectNoLeaks } from '@slotdeck/testkit/leaks';
import { withCluster } from '@slotdeck/testkit/real-cluster';

afterAll(expectNoLeaks);

const readme = new URL('../../cluster/README.md', import.meta.url);
/** Beside this file, from where the packages are found. */
const script = new URL(`./readme-script-${process.pid}.ts`, import.meta.url);

test('what the README of the library shows runs as it stands: look, plan, reshard, fail over', async () => {
  const text = readFileSync(readme, 'utf8');
  const pieces = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');
  expect(pieces).toHaveLength(5);
  await withCluster({ primaries: 3, replicasPerPrimary: 1 }, async (cluster) => {
    const before = cluster.primaries().map(({ id }) => id);
    const said = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const held = process.env['SEED'];
    process.env['SEED'] = cluster.seeds[0] ?? '';
    writeFileSync(script, pieces.join('\n'));
    try {
      await import(/* @vite-ignore */ fileURLToPath(script));
    } finally {
      rmSync(script);
      said.mockRestore();
      process.env['SEED'] = held ?? '';
    }
    await cluster.waitForAgreement();
    const rows = (await cluster.table(cluster.nodes[0] ?? '')).filter(({ slots }) => slots.length > 0);
    const sizes = rows.map(({ slots }) => countSlots(slots)).toSorted((a, b) => a - b);
    // Ten slots fewer here, ten more there, of 5,461 or 5,462.
    expect((sizes[2] ?? 0) - (sizes[0] ?? 0)).toBeGreaterThanOrEqual(19);
    // One of them is a replica by now.
    expect(cluster.primaries().filter(({ id }) => !before.includes(id))).toHaveLength(1);
  });
});
