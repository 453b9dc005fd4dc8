import assert from 'node:assert/strict';
import { test } from 'node:test';

import { a_status } from './samples.ts';
import { doing_words, is_slow, slowest_words, times_of, took, within, type Work } from './work.ts';

const now = Date.parse('2026-12-01T20:41:00Z');
const none = { count: 0, mean_seconds: null, half_within_seconds: null, p99_within_seconds: null };
const quick = { count: 200, mean_seconds: 0.0012, half_within_seconds: 0.001, p99_within_seconds: 0.05 };
const slow = { count: 7, mean_seconds: 3.21, half_within_seconds: 2.5, p99_within_seconds: 30 };
const pass: Work = { what: 'pass', of: null, since_start: slow, lately: quick };
const call: Work = { what: 'ledger call', of: null, since_start: quick, lately: none };
const store: Work = { what: 'answer of a store', of: 'influxdb: counters', since_start: { ...slow, p99_within_seconds: null }, lately: null };

test('what was long ago is not held against now', () => {
  assert.deepEqual(times_of(pass), { times: quick, lately: true });
  assert.deepEqual(times_of(call), { times: quick, lately: false });
  assert.equal(is_slow(pass), false);
  assert.equal(is_slow({ ...pass, lately: slow }), true);
  assert.equal(is_slow({ ...pass, lately: { ...quick, p99_within_seconds: 1 } }), false);
  assert.equal(is_slow(store), true);
  assert.equal(is_slow({ ...store, since_start: none }), false);
});

test('the slowest is named, and whether that is slow', () => {
  assert.equal(slowest_words([]), '');
  assert.equal(slowest_words([{ ...pass, since_start: none, lately: none }]), '');
  assert.equal(slowest_words([pass, { ...call, since_start: { ...quick, mean_seconds: 0.002 } }]), 'Nothing is slow; what takes longest is a call of the ledger (99 of 100 within 50 ms)');
  assert.equal(slowest_words([pass, call, store]), 'Slow: an answer of a store, influxdb: counters (99 of 100 over 1 min)');
});

test('times have as many digits as help', () => {
  assert.deepEqual([0.00042, 0.0012, 0.05, 0.5, 2.5, 30].map(took), ['0.4 ms', '1.2 ms', '50 ms', '500 ms', '2.5 s', '30 s']);
  assert.deepEqual([within(null, 0), within(null, 3), within(0.005, 3)], ['', 'over 1 min', 'within 5 ms']);
});

test('what is under way is said, a line each', () => {
  const idle = a_status();
  assert.deepEqual(doing_words(idle, now), []);
  const hook = { name: 'pager', kind: 'json', to: '', state: 'failing', events_waiting: 1 };
  const budget = { ...idle.writing.budget, deferred: 3 };
  assert.deepEqual(doing_words({ ...idle, webhooks: [hook, { ...hook, name: 'chat', events_waiting: 0 }], writing: { ...idle.writing, budget } }, now), [
    '3 changes are deferred',
    '1 event waits for pager',
  ]);
});
