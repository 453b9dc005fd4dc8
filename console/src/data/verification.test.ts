import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parts, type Step } from '../proof/check.ts';
import { no_tools, outcome_of, rows_of, type Verified } from './verification.ts';

const step = (part: string, holds: Step['holds'] | 'open' = true, says = 'as stated'): Step => ({ part, holds: holds === 'open' ? undefined : holds, says });
const all = parts.map((part) => step(part));
const verified = (members: Partial<Verified>): Verified => ({ running: false, problem: '', monitor: [step('ledger'), step('memo'), step('judgement')], browser: all, ...members });

test('steps stand side by side, in the order in which they rest on each other', () => {
  const rows = rows_of(verified({ browser: [step('memo'), step('tiles')], monitor: [step('ledger'), step('memo'), step('judgement'), step('another')] }));
  assert.deepEqual(rows.map((row) => [row.part, row.browser !== undefined, row.monitor !== undefined]), [
    ['ledger', false, true],
    ['memo', true, true],
    ['tiles', true, false],
    ['judgement', false, true],
    ['another', false, true],
  ]);
});

test('verified is only what both have looked at to the end', () => {
  assert.deepEqual(outcome_of(verified({})), { level: 'good', sentence: 'Verified: every step holds, in the monitor and in this browser' });
  assert.equal(outcome_of(verified({ running: true })).level, 'running');
  assert.deepEqual(outcome_of(verified({ browser: all.map((one) => (one.part === 'tiles' ? step('tiles', 'open') : one)) })), { level: 'watch', sentence: 'Nothing differs; not checked in this browser: tiles' });
  assert.equal(outcome_of(verified({ browser: all.slice(1) })).level, 'watch');
  assert.deepEqual(outcome_of(verified({ browser: [], problem: no_tools })), { level: 'watch', sentence: `Verified by the monitor; ${no_tools}` });
  assert.deepEqual(outcome_of(verified({ monitor: [], browser: [], problem: 'its minutes are not kept' })), { level: 'watch', sentence: 'Not verified: its minutes are not kept' });
});

test('what differs is named at once, whoever finds it', () => {
  const differs = step('memo', false, 'expected the root, found another');
  assert.deepEqual(outcome_of(verified({ monitor: [differs], running: true })), { level: 'bad', sentence: 'NOT verified: memo differs: expected the root, found another' });
  assert.equal(outcome_of(verified({ browser: [differs] })).level, 'bad');
});
