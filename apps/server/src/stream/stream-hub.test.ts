import { afterEach, beforeEach, expect, test } from 'vitest';
import { ServerMessage, type Channel, type ClientMessage } from '@slotdeck/contract/stream';
import { ClusterId, OperationId } from '@slotdeck/model/ids';
import { createHandClock, type HandClock } from '@slotdeck/testkit/hand-clock';
import { createSocketPair, type SocketPair } from '@slotdeck/testkit/socket-pair';
import { waitUntil } from '@slotdeck/testkit/wait-until';
import type { ChannelSource } from './channel-source.ts';
import { makeStreamHub, type StreamHub } from './stream-hub.ts';

const life = 'life-one';
const clusterId = ClusterId.parse('cl-test');
const cluster: Channel = { name: 'cluster', id: clusterId };
const gone: Channel = { name: 'operation', id: OperationId.parse('op-gone') };

/** A cluster of which only the time of observation changes; that is enough to tell one state from another. */
function makeSource() {
  let shown = 0;
  let told = 0;
  const counts = { collected: 0, snapshots: 0, ended: 0 };
  const live = (observedAt: number) => ({ topology: null, findings: [], stats: [], operations: [], observedAt });
  const source: ChannelSource = {
    collect() {
      counts.collected += 1;
      if (shown === told) return null;
      told = shown;
      return { type: 'cluster-delta', observedAt: told };
    },
    snapshot() {
      counts.snapshots += 1;
      return { type: 'cluster-snapshot', live: live(told) };
    },
    end: () => void (counts.ended += 1),
  };
  return { source, counts, show: (value: number) => void (shown = value) };
}

let clock: HandClock;
let hub: StreamHub;
let state: ReturnType<typeof makeSource>;
const faults: unknown[] = [];

beforeEach(() => {
  clock = createHandClock();
  state = makeSource();
  faults.length = 0;
  hub = makeStreamHub(
    (channel) => (channel.name === 'cluster' ? { ok: true, source: state.source } : { ok: false, reason: 'not-found' }),
    { clock, life, onFault: (error) => faults.push(error) },
  );
});
afterEach(() => {
  hub.end();
  expect(faults).toEqual([]);
});

/** A connected page: what it got, and a way to say something. */
function open(isAllowed: () => boolean = () => true) {
  const pair: SocketPair = createSocketPair();
  const got: ServerMessage[] = [];
  let closed: { code: number; reason: string } | null = null;
  pair.client.onMessage((text) => got.push(ServerMessage.parse(JSON.parse(text))));
  pair.client.onClose((code, reason) => (closed = { code, reason }));
  hub.connect(pair.server, isAllowed);
  return {
    pair,
    got,
    closed: () => closed,
    say(message: ClientMessage) {
      pair.client.send(JSON.stringify(message));
      pair.flush();
    },
    sayText(text: string) {
      pair.client.send(text);
      pair.flush();
    },
    /** What came since the last call. */
    next: () => got.splice(0),
  };
}

type LastSeen = { life: string; version: number } | null;
const hello = (lastSeen: LastSeen = null, channel: Channel = cluster): ClientMessage => ({
  type: 'hello',
  protocol: 1,
  watch: [{ channel, lastSeen }],
});

function versionOf(message: ServerMessage | undefined): number {
  if (message === undefined || !('version' in message)) throw new Error('a message of a channel has a version');
  return message.version;
}

function change(value: number): void {
  state.show(value);
  hub.touch(cluster, 'now');
}

test('a new page is welcomed and gets the present state', () => {
  const page = open();
  state.show(5);
  page.say(hello());
  expect(page.got).toMatchObject([
    { type: 'welcome', protocol: 1, life },
    { type: 'cluster-snapshot', channel: cluster, live: { observedAt: 5 } },
  ]);
});

test('a change comes as a delta that names the version it follows', () => {
  const page = open();
  page.say(hello());
  const [, snapshot] = page.next();
  change(6);
  change(7);
  page.pair.flush();
  const [first, second] = page.next();
  expect(first).toMatchObject({ type: 'cluster-delta', observedAt: 6, from: versionOf(snapshot) });
  expect(second).toMatchObject({ type: 'cluster-delta', observedAt: 7, from: versionOf(first) });
});

test('nothing is asked for when nobody watches', () => {
  change(6);
  expect(state.counts).toEqual({ collected: 0, snapshots: 0, ended: 0 });
});

test('a page that comes back and is current gets nothing but what follows', () => {
  const page = open();
  page.say(hello());
  const version = versionOf(page.got[1]);
  page.pair.cut();
  const again = open();
  again.say(hello({ life, version }));
  expect(again.next().map((each) => each.type)).toEqual(['welcome']);
  change(8);
  again.pair.flush();
  expect(again.next()).toMatchObject([{ type: 'cluster-delta', from: version, observedAt: 8 }]);
});

test('a page that missed some changes gets exactly those', () => {
  const page = open();
  page.say(hello());
  const version = versionOf(page.got[1]);
  page.pair.cut();
  const other = open();
  other.say(hello());
  for (const value of [8, 9, 10]) change(value);
  const again = open();
  again.say(hello({ life, version }));
  expect(again.next()).toMatchObject([
    { type: 'welcome' },
    { type: 'cluster-delta', from: version, observedAt: 8 },
    { type: 'cluster-delta', observedAt: 9 },
    { type: 'cluster-delta', observedAt: 10 },
  ]);
});

test('a page that was away for too many changes gets the present state instead', () => {
  const page = open();
  page.say(hello());
  const version = versionOf(page.got[1]);
  for (let value = 1; value <= 200; value += 1) change(value);
  const again = open();
  again.say(hello({ life, version }));
  expect(again.next()).toMatchObject([{ type: 'welcome' }, { type: 'cluster-snapshot', live: { observedAt: 200 } }]);
});

test('versions of another life of the server, or of the future, mean nothing', () => {
  const page = open();
  page.say(hello());
  const version = versionOf(page.got[1]);
  for (const lastSeen of [
    { life: 'life-zero', version },
    { life, version: version + 100 },
    { life, version: -1 },
  ]) {
    const again = open();
    again.say(hello(lastSeen));
    expect(again.next().map((each) => each.type)).toEqual(['welcome', 'cluster-snapshot']);
  }
});

test('a page that finds a gap asks again and gets the present state', () => {
  const page = open();
  page.say(hello());
  change(3);
  page.pair.flush();
  page.next();
  page.say({ type: 'watch', watch: [{ channel: cluster, lastSeen: null }] });
  expect(page.next()).toMatchObject([{ type: 'cluster-snapshot', live: { observedAt: 3 } }]);
});

test('a channel of which nothing is known is closed with the reason', () => {
  const page = open();
  page.say(hello(null, gone));
  expect(page.got[1]).toEqual({ type: 'channel-closed', channel: gone, reason: 'not-found' });
});

test('a cluster that is removed closes its channel for everybody', () => {
  const page = open();
  page.say(hello());
  page.next();
  hub.closeChannel(cluster, 'removed');
  change(4);
  page.pair.flush();
  expect(page.next()).toEqual([{ type: 'channel-closed', channel: cluster, reason: 'removed' }]);
  expect(state.counts.ended).toBe(1);
});

test('what is no longer watched is no longer sent', () => {
  const page = open();
  page.say(hello());
  page.say({ type: 'unwatch', channels: [cluster] });
  page.next();
  change(4);
  page.pair.flush();
  expect(page.next()).toEqual([]);
});

test('a ping is answered with its number', () => {
  const page = open();
  page.say(hello());
  page.next();
  page.say({ type: 'ping', id: 42 });
  expect(page.next()).toMatchObject([{ type: 'pong', id: 42 }]);
});

test.each([
  ['no JSON', '{"type":'],
  ['an unknown type', '{"type":"shutdown"}'],
  [
    'a channel that does not exist',
    '{"type":"hello","protocol":1,"watch":[{"channel":{"name":"users"},"lastSeen":null}]}',
  ],
  [
    'more channels than allowed',
    JSON.stringify({ ...hello(), watch: Array.from({ length: 51 }, () => ({ channel: cluster, lastSeen: null })) }),
  ],
  ['nothing', ''],
])('a message that is %s ends the connection with a reason', (_, text) => {
  const page = open();
  page.sayText(text);
  expect(page.next()).toMatchObject([{ type: 'goodbye', reason: 'bad-message' }]);
  expect(page.closed()).toEqual({ code: 4000, reason: 'bad-message' });
  expect(hub.viewers).toBe(0);
});

test('another version of the protocol is told to reload', () => {
  const page = open();
  page.say({ type: 'hello', protocol: 2, watch: [] });
  expect(page.next()).toMatchObject([{ type: 'goodbye', reason: 'protocol', detail: expect.stringMatching(/reload/) }]);
  expect(hub.viewers).toBe(0);
});

test('who does not say hello first is sent away', () => {
  const page = open();
  page.say({ type: 'watch', watch: [{ channel: cluster, lastSeen: null }] });
  expect(page.next()).toMatchObject([{ type: 'goodbye', reason: 'protocol' }]);
});

test('when the session ends the stream ends, and others go on', () => {
  let isSignedIn = true;
  const page = open(() => isSignedIn);
  const other = open();
  for (const each of [page, other]) {
    each.say(hello());
    each.next();
  }
  isSignedIn = false;
  hub.recheck();
  change(5);
  page.pair.flush();
  other.pair.flush();
  expect(page.next()).toMatchObject([{ type: 'goodbye', reason: 'signed-out' }]);
  expect(page.closed()).toEqual({ code: 4000, reason: 'signed-out' });
  expect(other.next()).toMatchObject([{ type: 'cluster-delta', observedAt: 5 }]);
});

test('a session that ran out is noticed without anybody doing anything', async () => {
  let isSignedIn = true;
  const page = open(() => isSignedIn);
  page.say(hello());
  page.next();
  isSignedIn = false;
  await clock.advance(31_000);
  await waitUntil('the connection to be ended', () => page.pair.flush() > 0);
  expect(page.next()).toMatchObject([{ type: 'goodbye', reason: 'signed-out' }]);
});

/** A page that takes nothing until told: more than a megabyte waits for it. */
function openSlow() {
  const page = open();
  page.say(hello());
  page.next();
  page.pair.server.send(JSON.stringify({ type: 'pong', id: 1, now: 1, filler: 'x'.repeat(1_100_000) }));
  return page;
}

test('a slow reader is not sent ever more, and is brought up to date by one snapshot', async () => {
  const slow = openSlow();
  const waiting = slow.pair.server.bufferedAmount;
  for (let value = 1; value <= 500; value += 1) change(value);
  expect(slow.pair.server.bufferedAmount).toBe(waiting);
  slow.pair.flush();
  expect(slow.next().map((each) => each.type)).toEqual(['pong']);
  await waitUntil('the snapshot', () => slow.pair.flush() > 0);
  expect(slow.next()).toMatchObject([{ type: 'cluster-snapshot', live: { observedAt: 500 } }]);
  change(501);
  slow.pair.flush();
  expect(slow.next()).toMatchObject([{ type: 'cluster-delta', observedAt: 501 }]);
});

test('a slow reader holds up nobody else', () => {
  openSlow();
  const other = open();
  other.say(hello());
  other.next();
  for (let value = 1; value <= 5; value += 1) change(value);
  other.pair.flush();
  expect(other.next()).toHaveLength(5);
});

test('a reader that takes nothing for half a minute is sent away', async () => {
  const slow = openSlow();
  change(1);
  await clock.advance(31_000);
  await waitUntil('the hub to give up', () => hub.viewers === 0);
  slow.pair.flush();
  expect(slow.next().at(-1)).toMatchObject({ type: 'goodbye', reason: 'too-slow' });
});

test('a change is turned into text once, however many watch', () => {
  const pages = Array.from({ length: 200 }, () => open());
  for (const page of pages) {
    page.say(hello());
    page.next();
  }
  const { collected, snapshots } = state.counts;
  change(9);
  for (const page of pages) page.pair.flush();
  expect(state.counts.collected - collected).toBe(1);
  expect(state.counts.snapshots).toBe(snapshots);
  expect(snapshots).toBe(1);
  for (const page of pages) expect(page.next()).toMatchObject([{ type: 'cluster-delta', observedAt: 9 }]);
});

test('a channel that was left alone for a minute is let go, and opened anew never repeats a version', async () => {
  const page = open();
  page.say(hello());
  const before = versionOf(page.got[1]);
  page.pair.cut();
  await waitUntil('the channel to be seen abandoned', async () => {
    await clock.advance(61_000);
    return state.counts.ended === 1;
  });
  const again = open();
  again.say(hello({ life, version: before }));
  const [, snapshot] = again.next();
  expect(snapshot).toMatchObject({ type: 'cluster-snapshot' });
  expect(versionOf(snapshot)).toBeGreaterThan(before);
});

test('when the server ends, every page is told', () => {
  const page = open();
  page.say(hello());
  page.next();
  hub.end();
  page.pair.flush();
  expect(page.next()).toMatchObject([{ type: 'goodbye', reason: 'shutting-down' }]);
});
