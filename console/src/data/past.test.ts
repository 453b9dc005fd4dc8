import assert from 'node:assert/strict';
import { test } from 'node:test';

import { as_it_was, network_of } from '../draw/map_network.ts';
import { joined, whole_since } from './decisions.ts';
import { fleet_at, neighbour, sources_at, span_with, word_at } from './past.ts';
import type { Decision, Metro, Row } from './types.ts';

const start = Date.parse('2026-12-01T00:00:00Z');
const time = (hours: number) => start + hours * 3_600_000;
const text = (hours: number) => new Date(time(hours)).toISOString();
let ids = 100;
const decision = (pubkey: string, hours: number, from: string, to: string) => ({ id: --ids, at: text(hours), pubkey, code: pubkey.toLowerCase(), kind: 'device', from, to }) as Decision;
const row = (pubkey: string, health: string) => ({ pubkey, code: pubkey.toLowerCase(), kind: 'device', health, metro: 'ams', status: 'hard-drained', condition: { state: 'good', since: null } }) as Row;

const rows = [row('A', 'impaired'), row('B', 'healthy'), row('C', 'pending')];
const decisions = [decision('A', 20, 'healthy', 'impaired'), decision('GONE', 15, 'pending', 'healthy'), decision('B', 12, 'impaired', 'healthy'), decision('A', 10, 'pending', 'healthy')];
const health = (hours: number, read_to = -Infinity) =>
  Object.fromEntries([...fleet_at(rows, decisions, read_to, time(hours)).values()].map((one) => [one.pubkey, `${one.health}:${one.known_by}`]));

test('a record was what the last decision before made it, else what the first one after found', () => {
  assert.deepEqual(health(21), { A: 'impaired:decision', B: 'healthy:decision', C: 'pending:unchanged', GONE: 'healthy:decision' });
  assert.deepEqual(health(11), { A: 'healthy:decision', B: 'impaired:undone', C: 'pending:unchanged', GONE: 'pending:undone' });
  assert.deepEqual(health(5), { A: 'pending:undone', B: 'impaired:undone', C: 'pending:unchanged', GONE: 'pending:undone' });
});

test('a decision holds from its own moment on', () => {
  assert.equal(health(20)['A'], 'impaired:decision');
  assert.equal(health(19.999)['A'], 'healthy:decision');
});

test('where decisions were not read as far as that, nothing is said of it', () => {
  const known = health(5, time(9));
  assert.deepEqual(new Set(Object.values(known)), new Set([':nothing']));
  assert.equal(health(11, time(9))['C'], 'pending:unchanged');
});

test('a source was as far as the newest decision before that asked it says', () => {
  const asked = (hours: number, findings: object[]) => ({ ...decision('A', hours, 'healthy', 'impaired'), findings }) as Decision;
  const told = [
    asked(12, [{ source: 'counters', watermark: text(11.9), stale: false }]),
    asked(8, [{ source: 'counters', watermark: text(7), stale: true }, { source: 'probes', watermark: null }, { judgement: 'met' }]),
    asked(6, [{ source: 'probes', watermark: text(5.9), stale: false }]),
  ];
  const at_hour = (hours: number) => sources_at(told, time(hours)).map((one) => [one.source, one.watermark, one.stale, one.by.at]);
  assert.deepEqual(at_hour(13), [['counters', text(11.9), false, text(12)], ['probes', null, false, text(8)]]);
  assert.deepEqual(at_hour(8), [['counters', text(7), true, text(8)], ['probes', null, false, text(8)]]);
  assert.deepEqual(at_hour(7), [['probes', text(5.9), false, text(6)]]);
  assert.deepEqual(at_hour(5), []);
});

const write = (hours: number | null, before: string | null, after: string) => ({ time: hours === null ? null : text(hours), status: { before, after }, desired_status: null, health: null });

test('a word of the ledger at a time: the last write before, else what the first one after replaced', () => {
  const entries = [write(10, 'drained', 'activated'), write(5, null, 'drained')];
  assert.equal(word_at(entries, 'status', 'activated', time(11), true), 'activated');
  assert.equal(word_at(entries, 'status', 'activated', time(7), true), 'drained');
  assert.equal(word_at(entries, 'status', 'activated', time(4), true), undefined, 'before it was written first');
  assert.equal(word_at(entries, 'desired_status', 'activated', time(7), true), 'activated', 'never written: as it is now');
  assert.equal(word_at(entries, 'desired_status', 'activated', time(4), false), undefined, 'the history does not reach that far');
  assert.equal(word_at([write(null, 'a', 'b')], 'status', 'b', time(4), true), undefined, 'no time is known');
});

test('steps go to the decision before and after, and stay where there is none', () => {
  assert.equal(neighbour(decisions, time(13), -1), time(12));
  assert.equal(neighbour(decisions, time(13), 1), time(15));
  assert.equal(neighbour(decisions, time(20), 1), undefined);
});

test('the scrubber spans what is looked at', () => {
  const days = (n: number) => n * 24 * 3_600_000;
  assert.deepEqual([0.5, 3, 20].map((n) => span_with(start - days(n), start) / days(1)), [1, 7, 30]);
  assert.ok(span_with(start - days(90), start) >= days(90));
});

test('pages join without a gap and without a decision twice', () => {
  const [a, b, c, d] = decisions;
  assert.ok(a && b && c && d);
  assert.deepEqual(joined([a, b], [b, c, d]).map((one) => one.id), decisions.map((one) => one.id));
  assert.equal(whole_since([a, b], 'more'), time(15));
  assert.equal(whole_since([a, b], null), -Infinity);
  assert.equal(whole_since([], 'more'), Infinity);
});

test('the map of an earlier time is coloured by what is known of it, and claims no drain', () => {
  const place = { code: 'ams', name: 'Amsterdam', kind: 'exchange', lat: 52, lng: 5, pubkey: 'x' } as Metro;
  const now = network_of(rows, [place], new Map(), time(21));
  assert.deepEqual(now.metros[0]?.devices.map((one) => one.drained), [true, true, true]);
  const then = as_it_was(now, fleet_at(rows, decisions, -Infinity, time(10.5)), time(10.5));
  assert.deepEqual(then.metros[0]?.devices.map((one) => [one.mark, one.drained, one.changed]), [['good', false, true], ['failing', false, false], ['collecting', false, false]]);
  const unknown = as_it_was(now, fleet_at(rows, decisions.slice(0, 3), time(11), time(10.5)), time(10.5));
  assert.deepEqual(new Set(unknown.metros[0]?.devices.map((one) => one.mark)), new Set(['unknown']), 'grey is never green');
});
