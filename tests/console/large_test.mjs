// The fleet with 60,000 records, 10,000 of them on their way into service, in a real browser: how soon something is seen,
// and how it scrolls. What is served is made here, in the form of the API's lists; figures are printed, and only what no
// load of the machine explains is a failure.
// Usage: large_test.mjs
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { skip, start_browser } from './browser.mjs';

const dist = fileURLToPath(new URL('../../build/console/dist', import.meta.url));
if (!existsSync(join(dist, 'index.html'))) skip('the console is not built; ./dev build makes it where Node is');

const boarding = 10_000;
const all = 60_000;
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
const records = Array.from({ length: all }, (_, i) => record(i));

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

const types = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html' };
const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://h');
  const path = url.pathname.slice(1);
  const file = path === '' ? 'index.html' : path.startsWith('assets/') ? path : undefined;
  if (path === 'api/v1/stream') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    return response.write(': open\n\n');
  }
  response.writeHead(200, { 'content-type': file ? types[extname(file)] : 'application/json' });
  response.end(file ? readFileSync(join(dist, file)) : JSON.stringify(answer(path, url.searchParams)));
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));

let failures = 0;
function check(good, what) {
  console.log(`${good ? 'ok' : 'FAILED'}: ${what}`);
  if (!good) ++failures;
}

const { browser, close } = await start_browser();
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
const begin = Date.now();
await page.goto(`http://127.0.0.1:${server.address().port}/`);
await page.waitForSelector('.board-row');
console.log(`the first row of the board after ${Date.now() - begin} ms`);
await page.waitForFunction((count) => document.querySelector('.figures dd')?.textContent === count, (all - boarding).toLocaleString('en'), { timeout: 120_000 });
console.log(`all ${all} records after ${Date.now() - begin} ms`);
const figures = await page.locator('.figures dd').allInnerTexts();
check(figures[1] === boarding.toLocaleString('en'), `${boarding} are on the way, found ${figures[1]}`);
check((await page.locator('.list > li').count()) < 120, 'only what is on the screen is in the page');

// What the page's thread works for a frame: other programs on this machine do not count.
const cdp = await page.context().newCDPSession(page);
await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
const worked = async () => (await cdp.send('Performance.getMetrics')).metrics.find((one) => one.name === 'TaskDuration').value;
const worked_before = await worked();

// 18,000 pixels a second where there are 60 frames: more than a hand does.
const frames = await page.evaluate(async () => {
  const times = [];
  let before = performance.now();
  for (let i = 0; i < 240; ++i) {
    scrollBy(0, 300);
    const at = await new Promise((frame) => requestAnimationFrame(frame));
    times.push(at - before);
    before = at;
  }
  return times.slice(5).sort((a, b) => a - b);
});
const part = (p) => frames[Math.floor(frames.length * p)].toFixed(1);
console.log(`a frame while it scrolls: median ${part(0.5)} ms, p95 ${part(0.95)} ms, longest ${frames.at(-1).toFixed(1)} ms`);
const work = ((await worked()) - worked_before) * 1000 / frames.length;
check(work < 16.7, `the page works ${work.toFixed(1)} ms a frame`);
await page.waitForTimeout(300);
const first = await page.locator('.board-row .code').first().innerText();
check(first !== 'dz000000', `it has scrolled, to ${first}`);
await close();
server.close();
server.closeAllConnections?.();
console.log(`${failures === 0 ? 'as it should be' : `${failures} failed`}`);
process.exit(failures > 0 ? 1 : 0);
