import assert from 'node:assert/strict';
import { test } from 'node:test';

import { trust_of, type Contact } from './trust.ts';
import type { Healthz } from './types.ts';

const now = Date.parse('2026-12-01T20:41:00Z');

function contact(members: Partial<Healthz> = {}, heard_at = now): Contact {
  const sources = { counters: { watermark: '2026-12-01T20:40:00Z', suspect: false } };
  return { heard_at, failed_since: undefined, health: { status: 'ok', ledger_read_at: '2026-12-01T20:40:50Z', sources, ...members } };
}

test('all as it should be', () => {
  const trust = trust_of(contact(), 0, now);
  assert.equal(trust.level, 'good');
  assert.equal(trust.sentence, 'Current and complete');
  assert.deepEqual(trust.cells.map((cell) => [cell.name, cell.value]), [['ledger', '10 s'], ['counters', '60 s'], ['activator', 'nothing waits']]);
});

test('a monitor that says nothing makes the page one of the past, since it was heard last', () => {
  assert.equal(trust_of(contact({}, now - 30_000), 0, now).level, 'good');
  const gone = trust_of(contact({}, now - 31_000), 0, now);
  assert.equal(gone.level, 'old');
  assert.equal(gone.since, now - 31_000);
  assert.equal(gone.sentence, 'As it was at 20:40');
});

test('a ledger that is not read makes the page one of the past, since it was read last', () => {
  assert.equal(trust_of(contact({ ledger_read_at: '2026-12-01T20:39:00Z' }), 0, now).level, 'good');
  const gone = trust_of(contact({ ledger_read_at: '2026-12-01T20:38:59Z' }), 0, now);
  assert.equal(gone.level, 'old');
  assert.match(gone.reasons.join(), /ledger was last read at 20:38/);
});

test('the earliest of several troubles is since when the page is old', () => {
  const gone = trust_of(contact({ ledger_read_at: '2026-12-01T20:30:00Z' }, now - 60_000), 0, now);
  assert.equal(gone.since, Date.parse('2026-12-01T20:30:00Z'));
});

test('a suspected source is a reservation, with the silent devices by name', () => {
  const sources = { counters: { watermark: '2026-12-01T20:31:00Z', suspect: true } };
  const alarm = { alarm: 'mass-silence', subject: 'counters', text: '3 of 7 devices are silent', silent: ['ams-dz001', 'lon-dz001'] };
  const trust = trust_of(contact({ sources, alarms: [alarm] }), 0, now);
  assert.equal(trust.level, 'watch');
  assert.deepEqual(trust.reasons, ['3 of 7 devices are silent: ams-dz001, lon-dz001']);
});

test('an alarm of a record is no matter of trust', () => {
  const alarm = { alarm: 'impaired-in-service', subject: 'ams:lon', text: 'x' };
  assert.equal(trust_of(contact({ alarms: [alarm] }), 0, now).level, 'good');
});

test('a monitor that says it is failing is believed', () => {
  const trust = trust_of(contact({ status: 'failing', reason: 'the file cannot be written' }), 0, now);
  assert.equal(trust.level, 'watch');
  assert.deepEqual(trust.reasons, ['the file cannot be written']);
});

test('an old source says through when it is complete', () => {
  const sources = { qa: { watermark: '2026-12-01T20:30:59Z', suspect: false } };
  assert.deepEqual(trust_of(contact({ sources }), 0, now).reasons, ['qa: nothing newer than 20:30']);
});

test('healthy records that wait for the activator are counted', () => {
  const cell = trust_of(contact(), 1, now).cells.find((one) => one.name === 'activator');
  assert.equal(cell?.value, '1 waiting');
});

test('before the first answer nothing is claimed', () => {
  assert.equal(trust_of({ heard_at: 0, health: undefined, failed_since: undefined }, 0, now).level, 'watch');
});
