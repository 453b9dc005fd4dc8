import assert from 'node:assert/strict';
import { test } from 'node:test';

import { clean_by_findings, progress_of, why_no_time } from './progress.ts';
import { a_finding, a_row } from './samples.ts';

const now = Date.parse('2026-12-01T20:41:00Z');

const states = (row: Parameters<typeof progress_of>[0]) => progress_of(row, now).steps.map((step) => step.state);

test('a drained link that collects evidence is at its second step, as far as its window is clean', () => {
  const row = a_row({ healthy_at: '2026-12-02T17:41:00Z' });
  const progress = progress_of(row, now);
  assert.deepEqual(states(row), ['done', 'at-work', 'to-come', 'to-come']);
  assert.equal(progress.clean_minutes, 180);
  assert.equal(progress.steps[1]?.part, 180 / 1440);
});

test('what time alone does not bring is stuck', () => {
  for (const state of ['failing', 'held', 'needs-action'] as const) {
    const row = a_row({ condition: { state, since: null, returns_at: null, criterion: 'link.a.errors', held_by: null, needs: null } });
    assert.deepEqual(states(row), ['done', 'stuck', 'to-come', 'to-come'], state);
    assert.equal(progress_of(row, now).criterion, 'link.a.errors');
  }
});

test('a healthy record waits for the activator, in the words of either network', () => {
  for (const health of ['healthy', 'ready-for-service', 'ready-for-users']) {
    assert.deepEqual(states(a_row({ health, evidence: 'met' })), ['done', 'done', 'done', 'at-work'], health);
  }
  const served = progress_of(a_row({ health: 'healthy', status: 'activated' }), now);
  assert.equal(served.at, served.steps.length);
});

test('a record that is not drained yet is at its first step', () => {
  assert.deepEqual(states(a_row({ status: 'requested' })), ['at-work', 'to-come', 'to-come', 'to-come']);
});

test('the clean part of the window is that of the worst criterion that gates', () => {
  const findings = [
    a_finding({ id: 'link.a.data' }),
    a_finding({ id: 'link.a.errors', last_bad: '2026-12-01T17:40:00Z' }),
    a_finding({ id: 'link.az.probes', last_bad: '2026-12-01T20:40:00Z', gates: false }),
  ];
  assert.equal(clean_by_findings(findings, 1440), 179);
  assert.equal(clean_by_findings([a_finding({ id: 'x' })], 1440), 1440);
  assert.equal(clean_by_findings([a_finding({ id: 'x', last_unobserved: '2026-12-01T20:39:00Z' })], 1440), 0);
  assert.equal(clean_by_findings([], 1440), undefined);
});

test('without a time it says who has to act, by name where only one can be meant', () => {
  const needs = { who: 'contributor' as const, what: 'repair it' };
  const condition = { state: 'needs-action' as const, since: null, returns_at: null, criterion: null, held_by: null, needs };
  assert.equal(why_no_time(a_row({ condition, contributor: 'alder' })), 'needs alder');
  const side = { device: null, interface: null, metro: null, contributor: 'birch' };
  assert.equal(why_no_time(a_row({ condition, contributor: 'alder', side_z: side })), 'needs the contributor');
  assert.equal(why_no_time(a_row({ condition: { ...condition, needs: { who: 'operator', what: 'x' } } })), 'needs the operator');
  assert.equal(why_no_time(a_row({ condition: { ...condition, state: 'failing', needs: null } })), 'failing now');
});
