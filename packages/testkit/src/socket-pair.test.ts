import { expect, test } from 'vitest';
import { createSocketPair } from './socket-pair.ts';

test('nothing arrives before it is flushed, and then in order', () => {
  const { server, client, flush } = createSocketPair();
  const heard: string[] = [];
  client.onMessage((message) => heard.push(message));
  server.send('one');
  server.send('two');
  expect(heard).toEqual([]);
  expect(server.bufferedAmount).toBe(6);
  expect(flush()).toBe(2);
  expect(heard).toEqual(['one', 'two']);
  expect(server.bufferedAmount).toBe(0);
});

test('answers sent while flushing are delivered by the same flush', () => {
  const { server, client, flush } = createSocketPair();
  const heard: string[] = [];
  server.onMessage((message) => server.send(`re: ${message}`));
  client.onMessage((message) => heard.push(message));
  client.send('hello');
  expect(flush()).toBe(2);
  expect(heard).toEqual(['re: hello']);
});

test('a slow reader takes one message at a time', () => {
  const { server, client, flushTo } = createSocketPair();
  const heard: string[] = [];
  client.onMessage((message) => heard.push(message));
  for (const text of ['a', 'b', 'c']) server.send(text);
  expect(flushTo('client', 1)).toBe(1);
  expect(heard).toEqual(['a']);
  expect(server.bufferedAmount).toBe(2);
});

test('a close is told to the other end once, after what was sent before it', () => {
  const { server, client, flush } = createSocketPair();
  const heard: unknown[] = [];
  client.onMessage((message) => heard.push(message));
  client.onClose((code, reason) => heard.push([code, reason]));
  server.send('last');
  server.close(4000, 'enough');
  server.send('too late');
  flush();
  expect(heard).toEqual(['last', [4000, 'enough']]);
  expect(client.isOpen).toBe(false);
});

test('a cut loses what was on the way', () => {
  const { server, client, cut, flush } = createSocketPair();
  const heard: unknown[] = [];
  client.onMessage((message) => heard.push(message));
  client.onClose((code) => heard.push(code));
  server.send('lost');
  cut();
  flush();
  expect(heard).toEqual([1006]);
  expect(server.isOpen).toBe(false);
});
