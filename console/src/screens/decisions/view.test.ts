import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Decision, Finding } from '../../data/types.ts';
import { buckets_of } from '../../draw/buckets.ts';
import { asked_of, by_day, deciding_minute, filters_of, fitting, strip_params } from './view.ts';

const now = Date.parse('2026-12-01T12:00:00Z');
const finding = (id: string, judgement: string, more: object = {}) => ({ id, judgement, gates: true, mode: 'enforce', kind: 'evidence', detail: '', ...more }) as unknown as Finding;
const minutes = (to: string, last_bad: string | null) => ({ minutes: { to, last_bad: last_bad && { at: last_bad }, last_unobserved: null } });
const decision = (at: string, more: Partial<Decision> = {}) => ({ at, id: 1, code: 'ams-lon', pubkey: 'P', kind: 'link', from: 'healthy', to: 'impaired', reason: 'damped', sentence: 'in-errors', signature: 'S', findings: [], ...more }) as Decision;

test('the address says which decisions: what the monitor sorts, the span and the words', () => {
  const filters = filters_of(new URLSearchParams('kind=link&health=impaired&span=1 h&q=errors&at=3&minute=x'), now);
  assert.deepEqual(filters.query, { kind: 'link', health: 'impaired' });
  assert.deepEqual([filters.since, filters.until, filters.words], [now - 3_600_000, Infinity, 'errors']);
  assert.equal(filters_of(new URLSearchParams('span=nonsense'), now).since, now - 24 * 3_600_000);
  assert.equal(filters_of(new URLSearchParams('span=1 h&until=2026-12-01T08:00:00Z'), now).since, now - 5 * 3_600_000);
});

test('an earlier time that is looked at ends the list, and so does a filter before it', () => {
  const looked_at = now - 2 * 3_600_000;
  const ends = (query: string) => filters_of(new URLSearchParams(query), now, looked_at);
  assert.deepEqual([ends('span=1 h').until, ends('span=1 h').since], [looked_at, looked_at - 3_600_000]);
  assert.equal(ends('until=2026-12-01T08:00:00Z').until, now - 4 * 3_600_000);
  assert.equal(ends('until=2026-12-01T11:00:00Z').until, looked_at);
});

test('a decision is there within its time and with every word', () => {
  const all = [decision('2026-12-01T11:59:00Z'), decision('2026-12-01T10:00:00Z'), decision('2026-12-01T11:30:00Z', { code: 'par-fra' })];
  const found = (query: string) => fitting(all, filters_of(new URLSearchParams(query), now)).map((one) => one.at.slice(11, 16));
  assert.deepEqual(found('span=1 h'), ['11:59', '11:30']);
  assert.deepEqual(found('span=1 h&q=AMS errors'), ['11:59']);
  assert.deepEqual(found('span=24 h&until=2026-12-01T11:00:00Z'), ['10:00']);
});

test('days of UTC', () => {
  const days = by_day([decision('2026-12-01T00:00:00Z'), decision('2026-11-30T23:59:59Z'), decision('2026-11-30T01:00:00Z')]);
  assert.deepEqual(days.map((one) => [one.day, one.decisions.length]), [['2026-12-01', 1], ['2026-11-30', 2]]);
});

test('the minute that decided: the last bad one of what gated, of a record that is healthy the last that was judged', () => {
  const bad = finding('b', 'not met', minutes('2026-12-01T11:00:00Z', '2026-12-01T10:58:00Z'));
  const aside = finding('c', 'not met', { ...minutes('2026-12-01T11:00:00Z', '2026-12-01T10:59:00Z'), gates: false });
  const met = finding('a', 'met', minutes('2026-12-01T11:00:00Z', null));
  assert.equal(deciding_minute(decision('2026-12-01T11:00:10Z', { findings: [met, aside, bad] })), '2026-12-01T10:58:00Z');
  assert.equal(deciding_minute(decision('2026-12-01T11:00:10Z', { findings: [met] })), '2026-12-01T10:59:00Z');
  assert.equal(deciding_minute(decision('2026-12-01T11:00:10Z')), undefined);
});

test('what stood against it first; what was not asked is left out', () => {
  const findings = [finding('met', 'met'), finding('not-asked', 'not applicable'), finding('aside', 'not met', { gates: false }), finding('against', 'not met'), finding('unknown', 'unknown')];
  assert.deepEqual(asked_of(decision('', { findings })).map((one) => one.id), ['against', 'unknown', 'met', 'aside']);
});

test('an old minute is looked for in the thirty days', () => {
  assert.deepEqual(strip_params('2026-12-01T10:58:00Z', now), { minute: '2026-12-01T10:58:00Z' });
  assert.deepEqual(strip_params('2026-11-28T10:58:00Z', now), { minute: '2026-11-28T10:58:00Z', zoom: '30d' });
  assert.deepEqual(strip_params(undefined, now), {});
});

test('bars have every decision of their span once, the last moment too', () => {
  const at = (ms: number) => ({ at: new Date(now + ms).toISOString(), to: ms % 2 ? 'healthy' : 'impaired' });
  const buckets = buckets_of([at(0), at(1), at(500), at(1000), at(1001), at(-1)], now, now + 1000, 10);
  assert.deepEqual(buckets.map((one) => one.count), [2, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
  assert.deepEqual(buckets[0]?.parts, [{ colour: 'bad', count: 1 }, { colour: 'good', count: 1 }]);
});
