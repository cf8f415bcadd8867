import { startCluster } from '@slotdeck/testkit/real-cluster';
import { startServer, signIn } from './server-process.ts';
import { openViewer } from './stream-viewer.ts';
import { makeTempFolder } from './temp-folder.ts';
const c = await startCluster({ server: 'redis-7.0', nodeTimeoutMs: 3000 });
const f = makeTempFolder();
const s = startServer({ folder: f.path, env: { SLOTDECK_LOG: 'info' } });
const wait = (ms: number) => new Promise((r) => setTimeout(r, ms));
try {
  const base = await s.ready(); const { call, cookie } = await signIn(base);
  const { id } = await call('addCluster', { body: { name: 'x', seeds: c.seeds.slice(0, 2) } });
  const v = await openViewer({ base, cookie, watch: [{ name: 'cluster', id }] });
  const t0 = performance.now();
  v.onText((t) => { const m = JSON.parse(t); const at = (performance.now() - t0).toFixed(0);
    if (m.topology) console.log(at, m.topology.nodes.map((n: any) => [n.name, n.role, n.health, n.view.state]).join(' | '), 'answered', m.topology.rest.answered);
    if (m.findings) console.log(at, 'findings', m.findings.map((x: any) => x.severity[0] + ' ' + x.code).join(', ')); });
  await wait(1500);
  console.log((performance.now() - t0).toFixed(0), 'SIGSTOP a primary', c.primaries()[0]!.port);
  const p = c.primaries()[0]!; p.pause();
  await wait(9000);
  const t = performance.now(); try { const plan = await call('makePlan', { params: { clusterId: id }, body: { kind: 'reshard', params: { count: 3, from: ['all'], to: [c.primaries()[1]!.id] } } }); console.log('plan', (performance.now() - t).toFixed(0), plan.problems.map((x) => x.severity + ' ' + x.code)); } catch (e) { console.log(String(e)); }
  console.log((performance.now() - t0).toFixed(0), 'SIGCONT'); p.resume();
  await wait(5000);
  console.log(JSON.stringify((await call('getTimeline', { params: { clusterId: id }, query: {} })).events.map((e) => [e.code, e.facts.name, e.facts.from, e.facts.to])));
  await v.close();
} catch (e) { console.log('ERR', e, s.output()); } finally { s.signal('SIGTERM'); await s.ended; f.remove(); await c.shutdown(); }
