import assert from 'node:assert/strict';
import { test } from 'node:test';

import { speeds, told } from './simulation.ts';

test('a line of the story is a time and what happened', () => {
  assert.deepEqual(told('2026-05-10T08:40:03Z The store lies: begins'), { at: '08:40:03', text: 'The store lies: begins' });
});

test('it can be stopped', () => assert.equal(speeds[0]?.speed, 0));
