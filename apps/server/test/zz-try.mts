import { startCluster } from '@slotdeck/testkit/real-cluster';
const c = await startCluster({ server: 'redis-7.0', primaries: 3, replicasPerPrimary: 1 });
await c.fillKeys({ count: 5000, valueBytes: 100 });
console.log(JSON.stringify(c.seeds));
process.on('SIGTERM', async () => { await c.shutdown(); process.exit(0); });
setInterval(() => {}, 1000);
