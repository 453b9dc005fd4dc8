import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Failure } from './api.ts';
import type { StreamCalls } from './events.ts';
import { a_finding, a_row } from './samples.ts';
import { Store } from './store.ts';
import type { Finding, Row } from './types.ts';

// A monitor that answers from lists, two records a page, and a stream that the test speaks on.
class Monitor {
  rows: Row[] = [];
  findings: Finding[] = [];
  asked: string[] = [];
  stream: StreamCalls | undefined;
  now = 1_000_000;
  readonly store: Store;
  constructor(...codes: string[]) {
    this.rows = codes.map((code) => a_row({ code }));
    this.store = new Store({
      ask: <T>(path: string, query?: Record<string, string | readonly string[]>) => this.answer(path, query) as Promise<T>,
      open_stream: (_url, calls) => {
        this.stream = calls;
        return { close: () => undefined };
      },
      now: () => this.now,
    });
  }
  private answer(path: string, query: Record<string, string | readonly string[]> = {}): Promise<unknown> {
    this.asked.push(path);
    if (path === 'healthz') return Promise.resolve({ status: 'ok' });
    if (path === 'api/v1/incidents') return Promise.resolve({ incidents: [] });
    if (path === 'api/v1/openapi.json') return Promise.resolve({ paths: {} });
    if (path === 'api/v1/assessments') {
      const from = Number(query['cursor'] ?? 0);
      const next = from + 2 < this.rows.length ? String(from + 2) : null;
      return Promise.resolve({ policy: 'p', assessments: this.rows.slice(from, from + 2), next });
    }
    const key = decodeURIComponent(path.split('/').at(-1) ?? '');
    const row = this.rows.find((one) => one.pubkey === key);
    return row ? Promise.resolve({ ...row, findings: this.findings, notes: [] }) : Promise.reject(new Failure(410, 'gone'));
  }
}

const codes = (store: Store) => [...store.rows.values()].map((row) => row.code).sort();
const settle = () => new Promise((done) => setTimeout(done, 20));

test('all pages are read, and what is gone since is dropped at the next reading', async () => {
  const monitor = new Monitor('a', 'b', 'c', 'd', 'e');
  await monitor.store.read_all();
  assert.deepEqual(codes(monitor.store), ['a', 'b', 'c', 'd', 'e']);
  assert.ok(monitor.store.complete);
  monitor.rows.splice(1, 1);
  await monitor.store.read_all();
  assert.deepEqual(codes(monitor.store), ['a', 'c', 'd', 'e']);
  monitor.store.stop();
});

test('a change is shown from the event, then read whole; what is gone is gone', async () => {
  const monitor = new Monitor('a', 'b');
  monitor.store.start();
  await settle();
  const row = a_row({ code: 'a', health: 'healthy', sentence: 'healthy: every criterion is met' });
  monitor.rows[0] = row;
  const { kind, pubkey, code, status, desired_status, health, next_health, reason } = row;
  const event = { change: 'changed', at: '2026-12-01T20:42:00Z', kind, pubkey, code, status, desired_status, health, next_health, reason, healthy_at: null };
  monitor.stream?.on_event('record', event);
  assert.equal(monitor.store.by_name('a')?.health, 'healthy');
  await settle();
  assert.equal(monitor.store.by_name('a')?.sentence, 'healthy: every criterion is met');
  monitor.stream?.on_event('record', { ...event, change: 'gone' });
  assert.deepEqual(codes(monitor.store), ['b']);
  monitor.store.stop();
});

test('who follows is told at once which record the stream speaks of, and nothing once it has left', () => {
  const monitor = new Monitor('a');
  monitor.store.start();
  const told: (string | undefined)[] = [];
  const leave = monitor.store.follow((pubkey) => told.push(pubkey));
  monitor.stream?.on_event('record', { change: 'gone', pubkey: 'key of a' });
  monitor.stream?.on_event('decision', { change: 'added', pubkey: 'key of b' });
  monitor.stream?.on_event('source', { change: 'changed', source: 'counters' });
  monitor.stream?.on_resync();
  assert.deepEqual(told, ['key of a', 'key of b', undefined]);
  leave();
  monitor.stream?.on_resync();
  assert.equal(told.length, 3);
  monitor.store.stop();
});

test('a resync reads everything again', async () => {
  const monitor = new Monitor('a');
  monitor.store.start();
  await settle();
  monitor.rows.push(a_row({ code: 'b' }));
  monitor.stream?.on_resync();
  await settle();
  assert.deepEqual(codes(monitor.store), ['a', 'b']);
  monitor.store.stop();
});

test('what is on the screen is read with its criteria, and again when a minute has passed', async () => {
  const monitor = new Monitor('a', 'b');
  await monitor.store.read_all();
  const key = monitor.rows[0]?.pubkey ?? '';
  const of_a = () => monitor.asked.filter((path) => path.includes(encodeURIComponent(key))).length;
  monitor.store.want(Symbol('list'), [key]);
  await settle();
  assert.deepEqual(monitor.store.detail(key)?.findings, []);
  assert.equal(of_a(), 1);
  monitor.store.want(Symbol('another list'), [key]);
  await settle();
  assert.equal(of_a(), 1);
  monitor.now += 60_000;
  monitor.store.want(Symbol('a third'), [key]);
  await settle();
  assert.equal(of_a(), 2);
  monitor.store.stop();
});

test('the line of a window outlives the criteria that it is made of, but not the time that a cell of it stands for', async () => {
  const codes = Array.from({ length: 420 }, (_, i) => `l${i}`);
  const monitor = new Monitor(...codes);
  monitor.findings = [a_finding({ id: 'a', strip: '..X' }), a_finding({ id: 'b', strip: '.?.' })];
  await monitor.store.read_all();
  const keys = monitor.rows.map((row) => row.pubkey);
  const list = Symbol('list');
  for (const shown of [keys.slice(0, 20), keys.slice(20)]) {
    monitor.store.want(list, shown);
    await settle();
  }
  assert.equal(monitor.store.beat(keys[419] ?? ''), '.?X');
  assert.equal(monitor.store.detail(keys[0] ?? ''), undefined);
  assert.equal(monitor.store.beat(keys[0] ?? ''), '.?X');
  monitor.now += 15 * 60_000;
  assert.equal(monitor.store.beat(keys[0] ?? ''), '');
  monitor.store.stop();
});

test('a record that is gone when it is read is dropped', async () => {
  const monitor = new Monitor('a', 'b');
  await monitor.store.read_all();
  const [gone] = monitor.rows.splice(0, 1);
  monitor.store.want(Symbol('list'), [gone?.pubkey ?? '']);
  await settle();
  assert.deepEqual(codes(monitor.store), ['b']);
  monitor.store.stop();
});
