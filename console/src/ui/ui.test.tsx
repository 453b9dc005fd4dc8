import assert from 'node:assert/strict';
import { test } from 'node:test';
import { render } from 'preact-render-to-string';

import { worst_strip } from '../data/beat.ts';
import { a_device, a_finding, in_service } from '../data/samples.ts';
import { Checks } from './checks.tsx';
import { MaintenanceTag, maintenance_words } from './maintenance.tsx';
import { mark_of } from './marks.tsx';
import { range_seen } from './virtual_list.tsx';

test('a cell of the heartbeat is as bad as the worst criterion that gates, and no evidence is never good', () => {
  const findings = [
    a_finding({ id: 'a', strip: '..?X' }),
    a_finding({ id: 'b', strip: '.?..' }),
    a_finding({ id: 'c', strip: 'XXXX', gates: false }),
  ];
  assert.equal(worst_strip(findings), '.??X');
  assert.equal(worst_strip([]), '');
});

test('a criterion is told by its letter and by words, not by colour alone', () => {
  const html = render(<Checks findings={[a_finding({ id: 'link.a.errors', last_bad: '2026-12-01T20:00:00Z' }), a_finding({ id: 'link.z.data' })]} />);
  assert.match(html, /✕.*link\.a\.errors: not met.*✓.*link\.z\.data: met/s);
});

test('a damped failure has a mark of its own', () => {
  assert.equal(mark_of(a_device('ams', { damped_failure: true })), 'damped');
  assert.equal(mark_of(in_service()), 'good');
});

test('what is being worked on says until when and by whom, and its failure has a mark of its own', () => {
  const maintenance = { id: 'm', code: 'ams', from: '2026-12-01T20:00:00Z', to: '2026-12-01T23:00:00Z', why: 'optics', by: '9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusVFin' };
  assert.equal(maintenance_words(maintenance, Date.parse('2026-12-01T21:00:00Z')), 'worked on until 23:00 UTC by 9xQeWv…');
  assert.match(render(<MaintenanceTag of={maintenance} />), /optics; told of ams by 9xQeWvG8/);
  assert.equal(render(<MaintenanceTag of={null} />), '');
  assert.equal(mark_of(a_device('ams', { damped_failure: true, maintenance })), 'maintained');
  assert.equal(mark_of(a_device('ams', { maintenance })), 'good');
});

test('rows are in the page from a little above the screen to a little below', () => {
  assert.deepEqual(range_seen(100, 900, 60, 10_000), { first: 0, end: 20 });
  assert.deepEqual(range_seen(-60_000, 900, 60, 10_000), { first: 994, end: 1021 });
  assert.deepEqual(range_seen(-60_000, 900, 60, 1_000), { first: 994, end: 1000 });
  assert.deepEqual(range_seen(5_000, 900, 60, 10), { first: 0, end: 0 });
  assert.deepEqual(range_seen(-5_000, 900, 60, 10), { first: 10, end: 10 });
});
