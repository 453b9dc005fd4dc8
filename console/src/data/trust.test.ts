import assert from 'node:assert/strict';
import { test } from 'node:test';

import { a_status } from './samples.ts';
import { trust_of, type Contact } from './trust.ts';
import type { Healthz, Status } from './types.ts';

const now = Date.parse('2026-12-01T20:41:00Z');

function contact(members: Partial<Healthz> = {}, heard_at = now, status: Partial<Status> = {}): Contact {
  const sources = { counters: { watermark: '2026-12-01T20:40:00Z', suspect: false } };
  return { heard_at, status: a_status(status), health: { status: 'ok', ledger_read_at: '2026-12-01T20:40:50Z', sources, ...members } };
}

test('all as it should be', () => {
  const trust = trust_of(contact(), now);
  assert.equal(trust.level, 'good');
  assert.equal(trust.sentence, 'Current and complete');
  assert.deepEqual(trust.cells.map((cell) => [cell.name, cell.value]), [['ledger', '10 s'], ['counters', '60 s'], ['activator', 'nothing waits'], ['changes', 'no limit']]);
});

test('a monitor that says nothing makes the page one of the past, since it was heard last', () => {
  assert.equal(trust_of(contact({}, now - 30_000), now).level, 'good');
  const gone = trust_of(contact({}, now - 31_000), now);
  assert.equal(gone.level, 'old');
  assert.equal(gone.since, now - 31_000);
  assert.equal(gone.sentence, 'As it was at 20:40');
});

test('a ledger that is not read makes the page one of the past, since it was read last', () => {
  assert.equal(trust_of(contact({ ledger_read_at: '2026-12-01T20:39:00Z' }), now).level, 'good');
  const gone = trust_of(contact({ ledger_read_at: '2026-12-01T20:38:59Z' }), now);
  assert.equal(gone.level, 'old');
  assert.match(gone.reasons.join(), /ledger was last read at 20:38/);
});

test('the earliest of several troubles is since when the page is old', () => {
  const gone = trust_of(contact({ ledger_read_at: '2026-12-01T20:30:00Z' }, now - 60_000), now);
  assert.equal(gone.since, Date.parse('2026-12-01T20:30:00Z'));
});

test('a suspected source is a reservation, with the silent devices by name', () => {
  const sources = { counters: { watermark: '2026-12-01T20:31:00Z', suspect: true } };
  const alarm = { alarm: 'mass-silence', subject: 'counters', text: '3 of 7 devices are silent', silent: ['ams-dz001', 'lon-dz001'] };
  const trust = trust_of(contact({ sources, alarms: [alarm] }), now);
  assert.equal(trust.level, 'watch');
  assert.deepEqual(trust.reasons, ['3 of 7 devices are silent: ams-dz001, lon-dz001']);
});

test('an alarm of a record is no matter of trust', () => {
  const alarm = { alarm: 'impaired-in-service', subject: 'ams:lon', text: 'x' };
  assert.equal(trust_of(contact({ alarms: [alarm] }), now).level, 'good');
});

test('a monitor that says it is failing is believed', () => {
  const trust = trust_of(contact({ status: 'failing', reason: 'the file cannot be written' }), now);
  assert.equal(trust.level, 'watch');
  assert.deepEqual(trust.reasons, ['the file cannot be written']);
});

test('an old source says through when it is complete', () => {
  const sources = { qa: { watermark: '2026-12-01T20:30:59Z', suspect: false } };
  assert.deepEqual(trust_of(contact({ sources }), now).reasons, ['qa: nothing newer than 20:30']);
});

test('records that wait for the activator are counted, and after some minutes named', () => {
  const waiting = (due_since: string) => ({ activator: { acted_at: '2026-12-01T20:00:00Z', due_count: 1, due_since, due: ['ams-lon'] } });
  const soon = trust_of(contact({}, now, waiting('2026-12-01T20:36:00Z')), now);
  assert.equal(soon.cells.find((one) => one.name === 'activator')?.value, '1 waiting');
  assert.equal(soon.level, 'good');
  const late = trust_of(contact({}, now, waiting('2026-12-01T20:35:59Z')), now);
  assert.equal(late.level, 'watch');
  assert.deepEqual(late.reasons, ['activator: ams-lon waits to be moved, for 5 m 01 s; last seen to act at 20:00']);
});

test('a change budget says what is left; that it defers changes is a reservation, told once', () => {
  const budget = { ...a_status().writing.budget, writes_a_minute: 60, left_in_minute: 0, deferred: 3, deferred_since: '2026-12-01T20:31:00Z' };
  const status = { writing: { ...a_status().writing, budget } };
  const trust = trust_of(contact({}, now, status), now);
  assert.deepEqual(trust.reasons, ['changes: 3 changes are deferred since 20:31']);
  assert.equal(trust.cells.find((one) => one.name === 'changes')?.value, '0 of 60 left');
  const alarm = { alarm: 'change-budget', subject: 'policy', text: 'many want to change' };
  assert.deepEqual(trust_of(contact({ alarms: [alarm] }, now, status), now).reasons, ['many want to change']);
});

test('a monitor that should write and may not says why; one that observes is as it should be', () => {
  const writing = { ...a_status().writing, may_write: false, why_not: 'the file is full' };
  assert.deepEqual(trust_of(contact({ writes: 'health' }, now, { writing }), now).reasons, ['writes: the file is full']);
  assert.deepEqual(trust_of(contact({ writes: 'health', status: 'failing', reason: 'no: the file is full' }, now, { writing }), now).reasons, ['no: the file is full']);
  assert.equal(trust_of(contact({ writes: 'nothing' }, now, { writing: { ...writing, mode: 'observe' } }), now).level, 'good');
});

test('it says whether the monitor writes', () => {
  const cell = trust_of(contact({ writes: 'nothing: it observes' }), now).cells.at(-1);
  assert.deepEqual([cell?.name, cell?.value], ['writes', 'nothing: it observes']);
});

test('before the first answer nothing is claimed', () => {
  assert.equal(trust_of({ heard_at: 0, health: undefined, status: undefined }, now).level, 'watch');
});
