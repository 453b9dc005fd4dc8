import assert from 'node:assert/strict';
import { test } from 'node:test';

import { EventReader } from '../../data/backtest.ts';
import { changes_in, changes_text, duration_of, minutes_of, values_of, with_values } from './policy_text.ts';

const text = `window = "24h"
recovery_window = "200000 slots"

[allowed]
bad = 0
unobserved = 15

[damping]
short = { bad = 3, of = 5 }

[[criterion]]
id = "link.a.errors"  # no error counter of interface A rose
signal = "errors"
mode = "enforce"

[[criterion]]
id = "device.qa"
types = ["hybrid", "edge"]
mode = "shadow"
window = "6h"  # of its own
`;

test('values are named by their tables, and those of a criterion by its id', () => {
  const values = values_of(text);
  const named = ['window', 'recovery_window', 'allowed.bad', 'damping.short.bad', 'damping.short.of', 'link.a.errors.mode', 'device.qa.mode', 'device.qa.window'];
  assert.deepEqual(named.map((key) => values.get(key)), ['24h', '200000 slots', '0', '3', '5', 'enforce', 'shadow', '6h']);
});

test('a change is the value alone: everything else stays as it is written', () => {
  const changes = new Map([['window', '12h'], ['damping.short.of', '9'], ['link.a.errors.mode', 'shadow'], ['device.qa.window', '2h'], ['nobody', '1']]);
  const changed = with_values(text, changes);
  const expected = text.replace('window = "24h"', 'window = "12h"').replace('of = 5', 'of = 9').replace('mode = "enforce"', 'mode = "shadow"').replace('"6h"', '"2h"');
  assert.equal(changed, expected);
  assert.equal(with_values(text, new Map()), text);
});

test('no value leaves its quotes', () => {
  assert.equal(with_values('window = "24h"\n', new Map([['window', '1h"\nx = "']])).split('"').length, 3);
});

test('durations, and what the address has', () => {
  assert.deepEqual(['24h', '390m', '200000 slots'].map(minutes_of), [1440, 390, undefined]);
  assert.deepEqual([1440, 390].map(duration_of), ['24h', '390m']);
  const changes = changes_in('window=12h;allowed.bad=1;;x');
  assert.deepEqual([...changes], [['window', '12h'], ['allowed.bad', '1']]);
  assert.equal(changes_text(changes), 'window=12h;allowed.bad=1');
  assert.equal(changes_in(null).size, 0);
});

test('events are read from pieces of any length', () => {
  const whole = ':\n\nevent: progress\ndata: {"percent":1}\n\nevent: outcome\ndata: {}\n\n';
  for (const size of [1, 7, 1000]) {
    const reader = new EventReader();
    const told = Array.from({ length: Math.ceil(whole.length / size) }, (_, i) => reader.take(whole.slice(i * size, (i + 1) * size))).flat();
    assert.deepEqual(told, [{ event: 'progress', data: '{"percent":1}' }, { event: 'outcome', data: '{}' }]);
  }
});
