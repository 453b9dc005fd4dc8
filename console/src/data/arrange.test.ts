import assert from 'node:assert/strict';
import { test } from 'node:test';

import { arrange, finds, is_worked_on } from './arrange.ts';
import { a_device, a_link, a_row } from './samples.ts';
import type { Incident } from './types.ts';

const codes = (rows: readonly { code: string }[]) => rows.map((row) => row.code);
const failing = { state: 'failing', since: null, returns_at: null, criterion: null, held_by: null, needs: null } as const;

test('the board has what is wanted and not in service, the soonest first, then what has no time', () => {
  const { board, parked, counts } = arrange([
    a_row({ code: 'c', healthy_at: null }),
    a_row({ code: 'b', healthy_at: '2026-12-02T10:00:00Z' }),
    a_row({ code: 'a', healthy_at: '2026-12-02T11:00:00Z' }),
    a_row({ code: 'z', desired_status: 'hard-drained' }),
    a_device('ams'),
  ]);
  assert.deepEqual(codes(board), ['b', 'a', 'c']);
  assert.deepEqual(codes(parked), ['z']);
  assert.deepEqual([counts.records, counts.in_service, counts.onboarding, counts.parked], [5, 1, 3, 1]);
});

test('a link stands once, below its side A, or below its side Z where that alone is in service', () => {
  const { service } = arrange([a_link('ams', 'lon'), a_device('lon'), a_device('ams'), a_link('nyc', 'lon')]);
  assert.deepEqual(
    service.map(({ row, depth, far }) => [row.code, depth, far]),
    [
      ['ams', 0, undefined],
      ['ams:lon', 1, 'lon'],
      ['lon', 0, undefined],
      ['nyc:lon', 1, 'nyc'],
    ],
  );
});

test('a device whose link fails stands first', () => {
  const { service } = arrange([a_device('ams'), a_device('lon'), a_link('lon', 'fra', { condition: failing, health: 'impaired' })]);
  assert.deepEqual(codes(service.map(({ row }) => row)), ['lon', 'lon:fra', 'ams']);
});

test('the last link in service of a device says so', () => {
  const { service } = arrange([a_device('ams'), a_device('lon'), a_device('sin'), a_link('ams', 'lon'), a_link('ams', 'sin'), a_link('lon', 'ams')]);
  const last = new Map(service.map(({ row, last_of }) => [row.code, last_of]));
  assert.deepEqual(last.get('ams:sin'), ['sin']);
  assert.deepEqual(last.get('ams:lon'), []);
});

test('a damped failure is counted as such, not as one that impaired', () => {
  const damped = { damped_failure: true, condition: failing };
  const counts = (row: ReturnType<typeof a_device>) => arrange([row]).counts;
  assert.deepEqual([counts(a_device('ams', damped)).damped, counts(a_device('ams', damped)).failing], [1, 0]);
  const impaired = a_device('ams', { ...damped, health: 'impaired' });
  assert.deepEqual([counts(impaired).damped, counts(impaired).failing], [0, 1]);
  const outside = a_device('ams', { ...damped, status: 'hard-drained' });
  assert.deepEqual([counts(outside).damped, counts(outside).failing], [0, 1]);
});

const maintenance = { id: 'm', code: 'ams', from: '2026-12-01T20:00:00Z', to: '2026-12-01T23:00:00Z', why: 'optics', by: '9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusVFin' };

test('what fails while it is being worked on is counted as that alone, and does not stand first', () => {
  const impaired = { health: 'impaired', condition: failing };
  const fine = a_device('ams');
  const worked_on = a_device('lon', { ...impaired, maintenance });
  const { counts, service } = arrange([worked_on, fine]);
  assert.deepEqual([counts.failing, counts.damped, counts.maintained], [0, 0, 1]);
  assert.deepEqual(service.map(({ row }) => row.code), ['ams', 'lon']);
  assert.deepEqual(arrange([a_device('lon', impaired), fine]).service.map(({ row }) => row.code), ['lon', 'ams']);
  assert.ok(finds(worked_on, 'lon maintenance') && !finds(fine, 'maintenance'));
});

test('an incident is worked on when every record of it is, and all are named', () => {
  const rows = new Map([a_device('ams', { maintenance }), a_device('lon')].map((row) => [row.pubkey, row]));
  const of = (count: number, ...codes: string[]) => ({ count, records: codes.map((code) => ({ pubkey: `key of ${code}`, code })) }) as unknown as Incident;
  assert.equal(is_worked_on(of(1, 'ams'), rows), true);
  assert.equal(is_worked_on(of(2, 'ams', 'lon'), rows), false);
  assert.equal(is_worked_on(of(200, 'ams'), rows), false);
  assert.equal(is_worked_on(of(0), rows), false);
});

test('what is held is grouped by who holds it', () => {
  const held_by = { what: 'drain', role: 'the contributor of side Z', signer: 'K', criterion: null, at: null } as const;
  const condition = { state: 'held', since: null, returns_at: null, criterion: null, held_by, needs: null } as const;
  const { held } = arrange([a_row({ code: 'a', condition }), a_row({ code: 'b', condition }), a_row({ code: 'c' })]);
  assert.deepEqual(held.map(({ by, rows }) => [by, codes(rows)]), [['drained by the contributor of side Z', ['a', 'b']]]);
});

test('every word that is looked for is somewhere in names and states', () => {
  const row = a_link('ams-dz001', 'lon-dz001');
  for (const query of ['', 'AMS', 'alder lon', 'activated', 'switch1/1', row.pubkey]) assert.ok(finds(row, query), query);
  for (const query of ['fra', 'ams birch']) assert.ok(!finds(row, query), query);
});
