import assert from 'node:assert/strict';
import { test } from 'node:test';

import { checks_of, speeds, told } from './simulation.ts';

test('each rule stands with how often it was looked at', () => {
  const checked = { changes: 9, activations: 1, healthy: 2, impaired_in_service: 3, drains: 4, deletions: 5 };
  assert.deepEqual(checks_of({ checked }).map((one) => one.looked_at), [9, 1, 2, 3, 4]);
});

test('a line of the story is a time and what happened', () => {
  assert.deepEqual(told('2026-05-10T08:40:03Z The store lies: begins'), { at: '08:40:03', text: 'The store lies: begins' });
});

test('it can be stopped', () => assert.equal(speeds[0]?.speed, 0));
