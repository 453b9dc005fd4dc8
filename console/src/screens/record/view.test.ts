import assert from 'node:assert/strict';
import { test } from 'node:test';

import { command_in, commands_of, fault_at, groups_of, held_words, holding, is_failing, lead_of, left_text, met, text_of, type Assessment, type Finding, type RecordMinutes } from './view.ts';

const at = '2026-12-01T12:00:00Z';

function finding(id: string, more: Partial<Finding> = {}): Finding {
  return { id, kind: 'evidence', mode: 'enforce', judgement: 'met', gates: true, detail: '', to_do: '', earliest: null, ...more };
}
function assessment(more: Partial<Assessment> = {}): Assessment {
  return {
    kind: 'link', code: 'ams-lon', pubkey: '1'.repeat(32), status: 'hard-drained', desired_status: 'activated', health: 'pending', next_health: 'pending', reason: '', sentence: 'held by it', to_do: 'nothing', notes: [],
    healthy_at: null, hold_until: null, evidence: 'not met', record: 'met', damped_failure: false, window_minutes: 1440, at, findings: [], cause: null, maintenance: null, contributor: null,
    condition: { state: 'collecting', since: null, returns_at: null, criterion: null, held_by: null, needs: null }, ...more,
  };
}

test('what is left, in seconds', () => {
  assert.equal(left_text(11 * 3_600_000 + 43 * 60_000 + 8_100), '11:43:09');
  assert.equal(left_text(-5), '00:00:00');
  assert.equal(left_text(49 * 3_600_000), '2 d 01:00:00');
});

test('what holds comes worst first, and what is met apart', () => {
  const failing = finding('link.a.errors', { judgement: 'not met', earliest: '2026-12-02T11:00:00Z' });
  const later = finding('link.z.errors', { judgement: 'not met', earliest: '2026-12-02T11:30:00Z' });
  const unknown = finding('link.a.data', { judgement: 'unknown' });
  const shadow = finding('link.az.probes', { judgement: 'not met', mode: 'shadow', gates: false });
  const all = assessment({ findings: [finding('link.z.data'), shadow, unknown, failing, later] });
  assert.deepEqual(holding(all).map((f) => f.id), ['link.z.errors', 'link.a.errors', 'link.a.data', 'link.az.probes']);
  assert.deepEqual(met(all).map((f) => f.id), ['link.z.data']);
});

test('failing is bad in the newest minute', () => {
  const minutes = { from: '2026-11-30T12:00:00Z', to: at, good: 1, bad: 1, unobserved: 0, first_bad: null, last_bad: { at: '2026-12-01T11:59:00Z', counters: '' }, first_unobserved: null, last_unobserved: null, derived: false, parent_port: false, rise: null };
  assert.equal(is_failing(finding('x', { minutes })), true);
  assert.equal(is_failing(finding('x', { minutes: { ...minutes, last_bad: { at: '2026-12-01T11:58:00Z', counters: '' } } })), false);
  assert.equal(is_failing(finding('x')), false);
});

test('somebody is needed, or a time is named', () => {
  const condition = { state: 'held', since: null, returns_at: null, criterion: null, held_by: null, needs: { who: 'contributor', what: 'undrain it' } } as const;
  assert.deepEqual(lead_of(assessment({ condition })), { kind: 'needs', who: 'you, its contributor', text: 'undrain it' });
  assert.equal(lead_of(assessment({ healthy_at: at })).at, Date.parse(at));
  assert.equal(lead_of(assessment()).kind, 'none');
});

test('who drained it is said with the key and since when', () => {
  const held = (held_by: Assessment['condition']['held_by']) => held_words(assessment({ condition: { ...assessment().condition, state: 'held', held_by } }), Date.parse(at));
  assert.equal(held(null), '');
  assert.equal(held({ what: 'drain', role: 'the contributor', signer: 'K', at: '2026-12-01T11:30:00Z' }), 'drained by the contributor (K), 11:30 UTC');
  assert.equal(held({ what: 'drain', role: null, signer: 'K', at: null }), 'drained by K');
  assert.equal(held({ what: 'drain' }), 'drained by somebody');
  assert.equal(held({ what: 'record', criterion: 'link.accepted' }), 'held by what the ledger has of it: link.accepted');
});

test('the command of a text is what can be pasted', () => {
  assert.equal(command_in('ask for it: doublezero link undrain --pubkey ams-lon.'), 'doublezero link undrain --pubkey ams-lon');
  assert.equal(command_in('wait'), undefined);
  const commands = commands_of(assessment({ to_do: 'link.drained: drain it: doublezero link drain --pubkey ams-lon' }), 'http://127.0.0.1:8090/');
  assert.deepEqual(commands[0], { why: 'link.drained: drain it', line: 'doublezero link drain --pubkey ams-lon' });
  assert.equal(commands.at(-1)?.line, 'doublezero link explain --code ams-lon --monitor-url http://127.0.0.1:8090');
  assert.equal(commands_of(assessment({ code: "a b'c" }), 'http://m').at(-1)?.line, String.raw`doublezero link explain --code 'a b'\''c' --monitor-url http://m`);
});

const minutes: RecordMinutes = {
  kind: 'link', code: 'ams-lon', pubkey: '1'.repeat(32), at, from: '2026-12-01T11:56:00Z', to: at, clocks: [], results: [], drains: [], excused: [], recorded_from: null, incomplete: null,
  lines: ['A', 'Z'].map((side) => ({
    criterion: `link.${side.toLowerCase()}.errors`, signal: 'errors', side: side as 'A' | 'Z', where: `${side} (ams) Switch1/1/1`, source: 'counters', from: '2026-12-01T11:56:00Z', to: at,
    states: btoa(String.fromCharCode(0b11_10_10_01)), faults: [{ from: '2026-12-01T11:57:00Z', to: '2026-12-01T11:59:00Z', fault: 'in-errors' }], window_from: '2026-12-01T11:57:00Z', ages_out: '2026-12-01T11:58:00Z',
  })),
};

test('both ends are one group, and a fault belongs to its minutes', () => {
  const groups = groups_of(minutes);
  assert.deepEqual(groups.map((group) => [group.name, group.lines.length]), [['errors', 2]]);
  const line = groups[0]?.lines[0];
  assert.ok(line);
  assert.equal(fault_at(line.line, line.strip.from), undefined);
  assert.equal(fault_at(line.line, line.strip.from + 1), 'in-errors');
  assert.equal(fault_at(line.line, line.strip.from + 3), undefined);
  assert.equal(line.ages_out, line.strip.from + 2);
});

test('of a device a criterion with several signals is a group for each', () => {
  const [line] = minutes.lines;
  assert.ok(line);
  const of = (criterion: string, signal: string, side: '' | 'A' | 'Z') => ({ ...line, criterion, signal, side });
  const device: RecordMinutes = { ...minutes, kind: 'device', lines: [of('device.link_up', 'data', 'A'), of('device.link_up', 'errors', 'A'), of('device.link_up', 'data', 'Z'), of('device.reporting', 'reporting', '')] };
  assert.deepEqual(groups_of(device).map((group) => [group.name, group.lines.length]), [['device.link_up data', 2], ['device.link_up errors', 1], ['device.reporting', 1]]);
});

test('a strip in words has every stretch that was not good', () => {
  const line = groups_of(minutes)[0]?.lines[0];
  assert.ok(line);
  assert.deepEqual(text_of(line, Date.parse(at)), { summary: '1 good, 2 bad, 1 unobserved', stretches: ['11:59: unobserved', '11:57 to 11:58 (2 minutes): bad, in-errors'] });
});
