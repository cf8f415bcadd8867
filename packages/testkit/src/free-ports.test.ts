import { createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { releasePort, reservePort } from './free-ports.ts';

const reserved: number[] = [];
afterEach(() => reserved.splice(0).forEach(releasePort));

test('ports reserved at the same time are all different and can be listened on', async () => {
  reserved.push(...(await Promise.all(Array.from({ length: 50 }, reservePort))));
  expect(new Set(reserved).size).toBe(50);
  for (const port of reserved) {
    await new Promise<void>((resolve, reject) => {
      const server = createServer().once('error', reject);
      server.listen(port, '127.0.0.1', () => server.close(() => resolve()));
    });
  }
});

test('reserved ports lie below those the kernel gives to outgoing connections', async () => {
  reserved.push(await reservePort());
  expect(reserved[0]).toBeLessThan(32_768);
  expect(reserved[0]).toBeGreaterThanOrEqual(12_000);
});
