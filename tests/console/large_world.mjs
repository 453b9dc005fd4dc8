// 60,000 records, 10,000 of them on their way into service, in the form of the monitor's API, with the console's bundle: for
// the test of how the page bears them and for its figures.
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { skip } from './browser.mjs';

export const boarding = 10_000;
export const all = 60_000;

const dist = fileURLToPath(new URL('../../build/console/dist', import.meta.url));
if (!existsSync(join(dist, 'index.html'))) skip('the console is not built; ./dev build makes it where Node is');

const now = Date.now();
const time = (ms) => new Date(now + ms).toISOString().replace(/\.\d+Z/, 'Z');
const condition = { state: 'collecting', since: null, returns_at: null, criterion: null, held_by: null, needs: null };

function record(i) {
  const wanted = i % (all / boarding) === 0;
  const code = `dz${String(i).padStart(6, '0')}`;
  return {
    kind: 'device', code, pubkey: code.padEnd(44, '1'), status: wanted ? 'hard-drained' : 'activated', desired_status: 'activated',
    health: wanted ? 'pending' : 'healthy', next_health: wanted ? 'pending' : 'healthy', reason: 'pending-evidence',
    sentence: 'held by device.link_up: 3 minutes with in-errors, last 17:35; clean since; healthy tomorrow 17:36 if it stays clean',
    to_do: 'nothing but to keep it clean', notes: [], healthy_at: time((i % 1440) * 60_000), hold_until: null, evidence: 'not met',
    record: 'met', damped_failure: false, window_minutes: 1440, at: time(0), condition: wanted ? condition : { ...condition, state: 'good' },
    cause: null, maintenance: null, contributor: 'alder', metro: 'ams',
  };
}
export const records = Array.from({ length: all }, (_, i) => record(i));

function list(query) {
  const status = query.getAll('status');
  const fitting = status.length > 0 ? records.filter((one) => status.includes(one.status)) : records;
  const from = Number(query.get('cursor') ?? 0);
  const next = from + 1000 < fitting.length ? String(from + 1000) : null;
  return { policy: 'p', assessments: fitting.slice(from, from + 1000), next };
}

const budget = { writes_a_minute: 60, left_in_minute: 60, records_an_hour: null, left_in_hour: null, deferred: 0, deferred_since: null, opens_at: null, reason: null };
const status = {
  writing: { mode: 'write', may_write: true, why_not: null, key: 'K', writer_silent_seconds: null, budget },
  activator: { acted_at: time(-60_000), due_count: 0, due_since: null, due: [] },
};

function answer(path, query) {
  if (path === 'healthz') return { status: 'ok', ledger_read_at: time(0), sources: { counters: { watermark: time(-60_000), suspect: false } } };
  if (path === 'api/v1/status') return status; // as far as the banner looks at it
  if (path === 'api/v1/incidents') return { incidents: [] };
  if (path === 'api/v1/assessments') return list(query);
  if (path === 'api/v1/openapi.json') {
    const parameter = { name: 'status', schema: { items: { enum: ['activated', 'hard-drained'] } } };
    return { paths: { '/api/v1/assessments': { get: { parameters: [parameter] } } } };
  }
  return { ...records.find((one) => path.endsWith(one.pubkey)), findings: [] };
}

const types = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html', '.txt': 'text/plain' };

// tell: sends text to every open stream of events, and is done when it is on its way.
export async function serve_large() {
  const streams = new Set();
  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://h');
    const path = url.pathname.slice(1);
    const file = path === '' ? 'index.html' : path.startsWith('assets/') ? path : undefined;
    if (path === 'api/v1/stream') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      streams.add(response);
      response.on('close', () => streams.delete(response));
      return response.write(': open\n\n');
    }
    response.writeHead(200, { 'content-type': file ? types[extname(file)] : 'application/json' });
    response.end(file ? readFileSync(join(dist, file)) : JSON.stringify(answer(path, url.searchParams)));
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    tell: (text) => Promise.all([...streams].map((one) => new Promise((done) => one.write(text, done)))),
    close: () => (server.closeAllConnections?.(), server.close()),
  };
}
