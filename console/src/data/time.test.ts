import assert from 'node:assert/strict';
import { test } from 'node:test';

import { age, clock, hours, moment, span } from './time.ts';

const now = Date.parse('2026-12-01T20:41:07Z');

test('a moment says as much of the day as it has to', () => {
  assert.equal(moment(Date.parse('2026-12-01T23:59:59Z'), now), '23:59');
  assert.equal(moment(Date.parse('2026-12-02T00:00:00Z'), now), 'tomorrow 00:00');
  assert.equal(moment(Date.parse('2026-11-30T23:59:00Z'), now), 'yesterday 23:59');
  assert.equal(moment(Date.parse('2026-12-04T17:36:00Z'), now), 'Fri 17:36');
  assert.equal(moment(Date.parse('2026-12-24T17:36:00Z'), now), '24 Dec 17:36');
  assert.equal(moment(Number.NaN, now), '');
});

test('a span has two units at most and is never negative', () => {
  assert.equal(span(-5), '0 s');
  assert.equal(span(59_999), '59 s');
  assert.equal(span(60_000), '1 m 00 s');
  assert.equal(span(20 * 3_600_000 + 41 * 60_000), '20 h 41 m');
  assert.equal(span(50 * 3_600_000), '2 d 2 h');
});

test('an age has one unit', () => {
  assert.equal(age(42_900), '42 s');
  assert.equal(age(100_000), '1 min');
  assert.equal(age(26 * 3_600_000), '26 h');
  assert.equal(age(72 * 3_600_000), '3 d');
});

test('clock and hours', () => {
  assert.equal(clock(now), '20:41');
  assert.equal(clock(now, true), '20:41:07');
  assert.equal(hours(1421), '23:41');
  assert.equal(hours(1440), '24:00');
});
