import assert from 'node:assert/strict';
import { test } from 'node:test';

import { a_status } from './samples.ts';
import { acted_words, budget_left, budget_words, deferred_words, due_words, settings_by_origin } from './status.ts';

const now = Date.parse('2026-12-01T20:41:00Z');
const no_limit = a_status().writing.budget;
const limited = { ...no_limit, writes_a_minute: 60, left_in_minute: 12, records_an_hour: 100, left_in_hour: 90 };

test('a budget says what is left of each limit, and the nearer one where there is room for one', () => {
  assert.equal(budget_words(no_limit), 'no limit');
  assert.equal(budget_words(limited), '12 of 60 writes left in this minute, 90 of 100 records left in this hour');
  assert.equal(budget_left(no_limit), 'no limit');
  assert.equal(budget_left(limited), '12 of 60 left');
  assert.equal(budget_left({ ...limited, left_in_hour: 1 }), '1 of 100 left');
  assert.equal(budget_left({ ...limited, left_in_minute: 0, writes_a_minute: 0 }), '0 of 0 left');
});

test('what is deferred says since when and until when', () => {
  assert.equal(deferred_words(limited, now), '');
  const deferred = { ...limited, deferred: 3, deferred_since: '2026-12-01T20:31:00Z', opens_at: '2026-12-01T21:10:00Z' };
  assert.equal(deferred_words(deferred, now), '3 changes are deferred since 20:31, until 21:10');
  assert.equal(deferred_words({ ...deferred, deferred: 1, opens_at: null }, now), '1 change is deferred since 20:31');
});

test('who waits for the activator is named, and how long', () => {
  const idle = a_status().activator;
  assert.equal(due_words(idle, now), '');
  assert.equal(due_words({ ...idle, due_count: 1, due: ['ams-lon'], due_since: '2026-12-01T20:40:00Z' }, now), 'ams-lon waits to be moved, for 1 m 00 s');
  assert.equal(due_words({ ...idle, due_count: 200, due: ['a', 'b', 'c', 'd', 'e', 'f'], due_since: null }, now), 'a, b, c, d, e and 195 more wait to be moved');
  assert.equal(acted_words(idle, now), 'not seen to act since this monitor started');
  assert.equal(acted_words({ ...idle, acted_at: '2026-12-01T20:15:00Z' }, now), 'last seen to act at 20:15');
});

test('settings that somebody made stand apart', () => {
  const settings = [
    { key: 'listen.port', value: '1234', origin: 'file' },
    { key: 'listen.address', value: '127.0.0.1', origin: 'default' },
  ] as const;
  const { made, left } = settings_by_origin([...settings]);
  assert.deepEqual([made.map((one) => one.key), left.map((one) => one.key)], [['listen.port'], ['listen.address']]);
});
