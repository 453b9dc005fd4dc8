import assert from 'node:assert/strict';
import { test } from 'node:test';

import { judges_of } from './judges.ts';
import { a_status } from './samples.ts';

const now = Date.parse('2026-12-01T20:41:00Z');
const peer = (judge: string, members: object = {}) => ({ judge, key: `key of ${judge}`, url: `http://${judge}`, answers: true, answered_at: '2026-12-01T20:40:50Z', error: null, opinions: 1, ...members });
const waiting = (code: string) => ({ kind: 'link' as const, code, pubkey: `key of ${code}`, from: 'pending', to: 'healthy', since: '2026-12-01T20:30:00Z', needed: 2, agree: 1, text: 'healthy waits for 1 more of 2 judges: judge fra would write impaired' });
const judges = (members: object) => ({ ...a_status().judges, k: 2, n: 3, peers: [peer('fra'), peer('lon')], ...members });

test('a monitor that decides alone has no judges to show', () => {
  assert.equal(judges_of(a_status().judges, now), undefined);
  assert.equal(judges_of(undefined, now), undefined);
});

test('each judge, and when it last spoke', () => {
  const peers = [peer('fra'), peer('lon', { answers: false, error: 'connection refused' }), peer('ams', { answers: false, answered_at: null, error: 'timed out' }), peer('par', { answers: false, answered_at: null })];
  const shown = judges_of(judges({ k: 2, n: 5, peers }), now);
  assert.equal(shown?.sentence, '2 of 5 judges have to agree');
  assert.deepEqual(shown.judges.map((one) => [one.name, one.level, one.heard]), [
    ['fra', 'good', 'spoke 10 s ago'],
    ['lon', 'watch', 'silent since 20:40: connection refused'],
    ['ams', 'silent', 'never answered: timed out'],
    ['par', 'silent', 'not heard yet'],
  ]);
});

test('where too few are there nothing is raised, and that is said', () => {
  const gone = { answers: false, error: 'connection refused' };
  const shown = judges_of(judges({ peers: [peer('fra', gone), peer('lon', gone)] }), now);
  assert.equal(shown?.too_few, true);
  assert.equal(shown.sentence, 'Only 1 of the 2 judges that have to agree is there: nothing is raised');
  assert.equal(judges_of(judges({ peers: [peer('fra', gone), peer('lon')] }), now)?.too_few, false);
});

test('where they differ, the first few by name and the others by number', () => {
  const all = Array.from({ length: 8 }, (_, i) => waiting(`link-${i}`));
  const shown = judges_of(judges({ waiting: all, waiting_count: 108 }), now);
  assert.deepEqual([shown?.differences.length, shown?.more], [5, 103]);
  assert.deepEqual(shown?.differences[0], { code: 'link-0', text: waiting('').text, since: '20:30' });
});
