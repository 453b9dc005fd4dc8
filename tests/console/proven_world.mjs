// What a monitor that is one of several judges answers about its decisions: the example of docs/formats as the statement of
// every one of them, a log of ten entries around it, and judges that differ. For the tests of the verify button and of the
// judges' banner; what it tells can be changed while the page is open.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const example = JSON.parse(readFileSync(new URL('../../docs/formats/example.bundle', import.meta.url), 'utf8'));
const own_parts = ['statement', 'transaction', 'memo', 'policy', 'instruction', 'account', 'log', 'checkpoint', 'minutes', 'judgement'];
const leaf_of = (base64) => createHash('sha256').update(Buffer.from([0])).update(Buffer.from(base64, 'base64')).digest();

function log_files() {
  const leaves = [...Array.from({ length: 7 }, (_, i) => Buffer.alloc(32, i)), ...example.statements.map(leaf_of)];
  return { checkpoint: Buffer.from(example.checkpoint), [`tile/0/000.p/${leaves.length}`]: Buffer.concat(leaves) };
}

const few = 40; // records: a page that is quickly there

// As it is in truth: every step holds.
function verification_of(signature) {
  const steps = ['ledger', ...own_parts].map((part) => ({ part, holds: true, says: part === 'ledger' ? 'took the transaction in slot 7' : `${part} is as stated` }));
  return { index: example.index, transaction: signature, reading: false, verified: true, steps, bundle: structuredClone(example) };
}

export function prove(world) {
  world.assessments = world.assessments.slice(0, few);
  const there = new Set(world.assessments.map((one) => one.pubkey));
  world.decisions = world.decisions.filter((one) => there.has(one.pubkey));
  const size = Number(example.checkpoint.split('\n')[1]);
  world.decisions = world.decisions.map((one) => ({ ...one, statement: example.index, checkpoint: { origin: 'monitor.example/log', size, witnesses: ['witness.example/w1'] }, opinions: [] }));
  world.log = log_files();
  world.asked_verifications = 0;
  world.verification = () => verification_of(world.decisions[0].signature);
  const peer = (judge, members = {}) => ({ judge, key: judge.padEnd(44, '1'), url: `http://monitor.${judge}.example:8090`, answers: true, answered_at: world.time(-4_000), error: null, opinions: 3, ...members });
  const budget = { writes_a_minute: null, left_in_minute: null, records_an_hour: null, left_in_hour: null, deferred: 0, deferred_since: null, opens_at: null, reason: null };
  const [row] = world.assessments.filter((one) => one.kind === 'link');
  world.status = {
    at: world.time(0), version: '0.0.0 (test)', started_at: world.time(-86_400_000), clock_problem: null,
    ledger: { read_at: world.time(0), age_seconds: 0, slot: 7, block_age_seconds: 0, trouble: null, environment: 'test', genesis: null, profile: 'rfc', links: 1, devices: 1, unreadable_accounts: 0 },
    writing: { mode: 'write', may_write: true, why_not: null, key: null, writer_silent_seconds: null, budget },
    activator: { acted_at: null, due_count: 0, due_since: null, due: [] }, sources: [],
    pushed: { requests: 0, rows: 0, unauthorised: 0, lines_unreadable: 0, devices_unknown: 0, tokens: 0 }, webhooks: [], work: [],
    judges: {
      k: 2, n: 3, key: 'ams'.padEnd(44, '1'), peers: [peer('fra'), peer('lon', { answers: false, answered_at: world.time(-600_000), error: 'connection refused' })], waiting_count: 1,
      waiting: [{ kind: 'link', code: row.code, pubkey: row.pubkey, from: 'pending', to: 'healthy', since: world.time(-300_000), needed: 2, agree: 1, text: 'healthy waits for 1 more of 2 judges that have to hold it: judge fra would write impaired, judge lon does not answer: connection refused' }],
    },
    policy: { digest: 'p', differences: [] }, settings: [],
    store: { path: ':memory:', bytes: null, log_bytes: null, problem: null, damage: [], devices: 1, interfaces: 1, directions: 1 },
  };
  return { world, example, differing: row.code };
}
