// The page of a record in a real browser: its facts are those of the API, in every state that a record can be in; and the
// fleet with the same records. What is served are the answers of a real monitor over a day of virtual time (record_answers.cpp).
// Usage: record_test.mjs RECORD_ANSWERS [FOLDER]; with a folder, screenshots are put there.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { skip, start_browser } from './browser.mjs';

const [binary, shots] = process.argv.slice(2);
const dist = fileURLToPath(new URL('../../build/console/dist', import.meta.url));
if (!existsSync(join(dist, 'index.html'))) skip('the console is not built; ./dev build makes it where Node is');

// ---- what is served

const answers = new Map();
const times = new Map();
for (const line of spawnSync(binary, { encoding: 'utf8', maxBuffer: 1 << 28 }).stdout.trim().split('\n')) {
  const { world, now, path, status, body } = JSON.parse(line);
  answers.set(`/${world}${path}`, { status, body });
  times.set(world, now);
}
const api = (world, path) => {
  const answer = answers.get(`/${world}${path}`);
  if (!answer) fail(`expected an answer of ${path} in ${world}, found none`);
  return answer.body;
};

const types = { '.js': 'text/javascript', '.css': 'text/css' };
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'"; // as the monitor has it
let dead = false;
const streams = new Map(); // world: the streams that are open
// The fleet asks by pubkey, with the strip of the window, which is not recorded.
function record_of(world, rest) {
  const key = /^api\/v1\/assessments\/([^/]+)$/.exec(rest)?.[1];
  const listed = answers.get(`/${world}/api/v1/assessments?findings=0&limit=1000`)?.body.assessments.find((one) => one.pubkey === key);
  return listed && (answers.get(`/${world}/api/v1/assessments/${listed.code}`) ?? { status: 200, body: { ...listed, findings: [], notes: [] } });
}
const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://h');
  const [, world, rest] = /^\/([^/]+)\/(.*)$/.exec(url.pathname) ?? [];
  if (dead) return response.destroy();
  if (rest === 'api/v1/stream') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    streams.set(world, [...(streams.get(world) ?? []), response]);
    return response.write(': open\n\n');
  }
  if (rest?.startsWith('assets/')) {
    response.writeHead(200, { 'content-type': types[extname(rest)] ?? 'application/octet-stream' });
    return response.end(readFileSync(join(dist, rest)));
  }
  if (/^(api|healthz)/.test(rest ?? '')) {
    const answer = answers.get(`/${world}/${rest}${decodeURIComponent(url.search)}`) ?? record_of(world, rest) ?? { status: 404, body: { error: `expected what was recorded, found ${rest}${url.search}` } };
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    return response.end(JSON.stringify(answer.body));
  }
  const up = '../'.repeat((rest ?? '').split('/').length - 1) || './';
  response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': policy });
  response.end(readFileSync(join(dist, 'index.html'), 'utf8').replace('<base href="./" />', `<base href="${up}" />`));
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const base = `http://127.0.0.1:${server.address().port}`;

// ---- how it is looked at

let failures = 0;
let checks = 0;
function fail(what) {
  ++failures;
  console.log(`FAILED: ${what}`);
}
function equal(found, expected, what) {
  ++checks;
  if (JSON.stringify(found) !== JSON.stringify(expected)) fail(`${what}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`);
}

const { browser, close } = await start_browser();
const troubles = [];

async function open(world, code, { query = '', scheme = 'dark', width = 1440, height = 900 } = {}) {
  const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height }, acceptDownloads: true });
  const page = await context.newPage();
  await page.clock.setFixedTime(times.get(world));
  page.on('pageerror', (error) => troubles.push(`${code}: ${error.message}`));
  page.on('console', (message) => /Content Security Policy|violat/.test(message.text()) && troubles.push(`${code}: ${message.text()}`));
  page.on('request', (request) => !/^(data|blob):/.test(request.url()) && !request.url().startsWith(base) && troubles.push(`${code} asks ${request.url()}`));
  await page.goto(`${base}/${world}/r/${code}${query}`);
  await page.waitForSelector('.record-page .strip-canvas', { timeout: 15_000 });
  return page;
}

async function shoot(page, name) {
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}

const fact = async (page, name) => (await page.locator(`[data-fact="${name}"]`).first().textContent()).trim();

// ---- what the minutes say

const minute = (time) => Date.parse(time) / 60_000;
function states_of(line) {
  const bytes = Buffer.from(line.states, 'base64');
  return Array.from({ length: minute(line.to) - minute(line.from) }, (_, i) => (bytes[i >> 2] >> ((i & 3) * 2)) & 3);
}
const count = (line, state) => states_of(line).filter((one) => one === state).length;

// The middle of each minute's cell, of one state: how many are painted with the colour of good.
async function painted_good(page, index, line, from, state) {
  const wanted = states_of(line).flatMap((one, i) => (one === state ? [minute(line.from) + i] : []));
  return page.evaluate(
    ({ index, wanted, from }) => {
      const canvas = document.querySelectorAll('.strip-canvas')[index];
      const first = Math.floor(from / 60) * 60;
      const colour = getComputedStyle(document.documentElement).getPropertyValue('--strip-good').trim();
      const good = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
      const ratio = canvas.width / canvas.clientWidth;
      const cell = Math.floor((canvas.clientWidth - 34) / 60);
      const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      const shows_good = (minute) => {
        const x = Math.round((34 + ((minute - first) % 60) * cell + 1) * ratio);
        const y = Math.round((14 + Math.floor((minute - first) / 60) * (cell + 1) + 2) * ratio);
        return good.every((part, i) => Math.abs(pixels.data[(y * canvas.width + x) * 4 + i] - part) < 3);
      };
      return wanted.filter(shows_good).length;
    },
    { index, wanted, from },
  );
}

async function facts_are_the_apis(page, world, code) {
  const a = api(world, `/api/v1/assessments/${code}`);
  const minutes = api(world, `/api/v1/minutes?record=${code}`);
  const at = `${world} ${code}`;
  equal(await page.locator('h1').textContent(), a.code, `${at}: name`);
  for (const name of ['sentence', 'health', 'status', 'desired_status', 'to_do']) equal(await fact(page, name), a[name].trim(), `${at}: ${name}`);
  if (a.condition.needs) equal(await fact(page, 'needs'), a.condition.needs.what, `${at}: needs`);
  const until = a.condition.needs ? null : (a.condition.returns_at ?? a.healthy_at);
  const shown_until = await page.locator('[data-fact="returns_at"]').first().getAttribute('datetime', { timeout: 100 }).catch(() => null);
  equal(shown_until && minute(shown_until), until && minute(until), `${at}: the time`);
  const shown = await page.locator('[data-criterion]').evaluateAll((all) => all.map((one) => [one.dataset.criterion, one.querySelector('[data-fact="detail"]').textContent]));
  equal(shown.sort(), a.findings.map((finding) => [finding.id, finding.detail]).sort(), `${at}: criteria`);
  const holding = await page.locator('.findings > .finding-list [data-criterion]').evaluateAll((all) => all.map((one) => one.dataset.criterion));
  const held = a.findings.filter((f) => f.gates && ['not met', 'unknown'].includes(f.judgement)).length;
  const asked = a.findings.filter((f) => f.gates).length;
  equal(await page.locator('.findings h2').textContent(), held > 0 ? `Holding: ${held} of ${asked} criteria` : `All ${asked} criteria that hold it are met`, `${at}: how many hold`);
  equal(await page.locator('.record-page .sentence').evaluate((one) => one.scrollHeight <= one.clientHeight + 1), true, `${at}: nothing of the sentence is cut`);
  equal(holding.sort(), a.findings.filter((f) => ['not met', 'unknown'].includes(f.judgement)).map((f) => f.id).sort(), `${at}: what holds`);
  const labels = await page.locator('.strip-canvas').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
  const summaries = minutes.lines.map((line) => `${count(line, 1)} good, ${count(line, 2)} bad, ${count(line, 3)} unobserved`);
  equal(labels.map((label) => label.slice(label.lastIndexOf(': ') + 2)).sort(), summaries.sort(), `${at}: minutes in words`);
}

const words_of = (entry) =>
  ['status', 'desired_status', 'health'].flatMap((field) => (entry[field] ? [`${field} ${entry[field].before === null ? '' : `${entry[field].before} → `}${entry[field].after}`] : [])).join(', ');

async function history_is_the_apis(page, code) {
  const { history } = api('states', `/api/v1/history?record=${code}`);
  const rows = await page.locator('.history tbody tr').evaluateAll((all) => all.map((one) => [one.querySelector('.what').textContent, one.querySelector('code').title]));
  for (const entry of history) {
    const row = rows.find(([what, signature]) => signature === (entry.signature ?? '') && what.endsWith(words_of(entry)));
    equal(row !== undefined, true, `${code}: the history has ${words_of(entry)} of ${entry.time}`);
  }
}

async function grey_is_never_green(page, world, code) {
  const minutes = api(world, `/api/v1/minutes?record=${code}`);
  const order = await page.locator('.strip-canvas').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label').split(' ')[0].replace(/:$/, '')));
  for (const [index, criterion] of order.entries()) {
    const line = minutes.lines.find((one) => one.criterion === criterion);
    const judged = states_of(line).map((state, i) => (minute(line.from) + i < minute(line.window_from ?? line.from) ? 0 : state));
    const within = { ...line, states: pack(judged) };
    equal(await painted_good(page, index, within, minute(minutes.from), 3), 0, `${code} ${criterion}: unobserved minutes painted as good`);
    equal(await painted_good(page, index, within, minute(minutes.from), 2), 0, `${code} ${criterion}: bad minutes painted as good`);
    const good = judged.filter((state) => state === 1).length;
    const seen = await painted_good(page, index, within, minute(minutes.from), 1);
    ++checks;
    if (seen < good * 0.9) fail(`${code} ${criterion}: expected ${good} good minutes to be painted so, found ${seen}`);
  }
}
function pack(states) {
  const bytes = Buffer.alloc(Math.ceil(states.length / 4));
  states.forEach((state, i) => (bytes[i >> 2] |= state << ((i & 3) * 2)));
  return bytes.toString('base64');
}

// ---- each state

for (const code of ['good', 'failing', 'recovering', 'unobserved', 'no-data', 'drained', 'held', 'ams']) {
  const page = await open('states', code);
  await facts_are_the_apis(page, 'states', code);
  await page.waitForSelector('.history tbody tr');
  await history_is_the_apis(page, code);
  if (code === 'recovering' || code === 'unobserved' || code === 'failing') await grey_is_never_green(page, 'states', code);
  await page.waitForTimeout(300);
  await shoot(page, `record-${code}`);
  await page.context().close();
}
for (const [scheme, width] of [['light', 1440], ['dark', 390]]) {
  const page = await open('states', 'recovering', { scheme, width });
  await page.waitForTimeout(300);
  equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, `${width} px wide: nothing beyond the edge`);
  await shoot(page, `record-${scheme}-${width}`);
  await page.context().close();
}

// ---- the fleet, with the same records

async function open_fleet(world) {
  const page = await (await browser.newContext({ colorScheme: 'dark', viewport: { width: 1440, height: 3600 } })).newPage(); // all rows are on the screen
  await page.clock.setFixedTime(times.get(world));
  page.on('pageerror', (error) => troubles.push(`fleet of ${world}: ${error.message}`));
  await page.goto(`${base}/${world}/`);
  await page.waitForSelector('.service-row, .board-row', { timeout: 15_000 });
  return page;
}
const row_of = (page, code) => page.locator('.board-row, .service-row', { has: page.getByText(code, { exact: true }) });
const mark_words = { good: 'good', failing: 'failing now', recovering: 'clean, recovering', collecting: 'collecting evidence', held: 'held by a person', 'needs-action': 'needs somebody' };

{
  const page = await open_fleet('states');
  for (const a of api('states', '/api/v1/assessments?findings=0&limit=1000').assessments) {
    const mark = await row_of(page, a.code).locator('svg').first().getAttribute('aria-label');
    equal(mark, a.damped_failure && a.health === 'healthy' && a.status === 'activated' ? 'failing, not impaired yet' : mark_words[a.condition.state], `fleet: the mark of ${a.code}`);
  }
  await shoot(page, 'fleet-states');
  await page.context().close();
}
{
  const page = await open_fleet('suspect');
  await page.waitForSelector('.trust.is-watch, .trust.is-old');
  equal((await page.locator('.trust .why').textContent()).includes('counters'), true, 'fleet: the suspected source is named');
  await shoot(page, 'fleet-suspect');
  await page.context().close();
}

// Another world: the recorded one with something in it that is not recorded. Returns how to change a record in it.
function world_like(world, name) {
  for (const [path, answer] of [...answers]) {
    if (path.startsWith(`/${world}/`)) answers.set(`/${name}/${path.slice(world.length + 2)}`, structuredClone(answer));
  }
  times.set(name, times.get(world));
  return (code, members) => {
    Object.assign(api(name, `/api/v1/assessments/${code}`), members);
    Object.assign(api(name, '/api/v1/assessments?findings=0&limit=1000').assessments.find((one) => one.code === code), members);
  };
}
const tell = (world, event, data) => streams.get(world).forEach((one) => one.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));

{
  const now = times.get('states');
  const change = world_like('states', 'edited');
  const who = '9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusVFin';
  const from = new Date(now).toISOString();
  const maintenance = { id: 'm', code: 'ams', from, to: from, why: 'optics are changed', by: who };
  const failing = { ...api('states', '/api/v1/assessments/failing').condition, state: 'failing' };
  const serving = { status: 'activated', desired_status: 'activated', health: 'healthy' };
  change('good', { ...serving, condition: failing, damped_failure: true, maintenance: null });
  change('failing', { ...serving, health: 'impaired', condition: failing, damped_failure: false, maintenance });
  const drained = { ...failing, state: 'held', held_by: { what: 'drain', role: 'the contributor', signer: who, at: from } };
  change('held', { desired_status: 'activated', condition: drained });
  const page = await open_fleet('edited');
  equal(await page.locator('.incident', { hasText: 'Held: drained by the contributor' }).locator('.names a').allInnerTexts(), ['held'], 'fleet: what a person holds, by who holds it');
  equal(await row_of(page, 'good').locator('svg').first().getAttribute('aria-label'), 'failing, not impaired yet', 'fleet: a damped failure');
  equal(await page.locator('.service-row.damped .code').allInnerTexts(), ['good'], 'fleet: and it alone is amber');
  equal(await row_of(page, 'failing').locator('svg').first().getAttribute('aria-label'), 'fails while it is being worked on', 'fleet: a failure while it is worked on');
  equal(await row_of(page, 'failing').locator('.tag').first().innerText(), `worked on until ${from.slice(11, 16)} UTC by 9xQeWv…`, 'fleet: by whom and until when');
  equal(await page.locator('.service-row.failing').count(), 0, 'fleet: which alarms nobody');
  await shoot(page, 'fleet-worked-on');
  await page.context().close();

  const record = await open('edited', 'failing');
  equal((await fact(record, 'maintenance')).includes('optics are changed'), true, 'a record says why it is worked on');
  await record.waitForTimeout(3_500); // it has just been asked for
  const { pubkey, kind, code } = api('edited', '/api/v1/assessments/failing');
  change('failing', { health: 'healthy', maintenance: null, condition: drained });
  const begin = Date.now();
  tell('edited', 'record', { change: 'changed', at: from, kind, pubkey, code, ...serving, next_health: 'healthy', reason: '', healthy_at: null, maintenance: null });
  await record.locator('[data-fact="held_by"]').waitFor({ timeout: 5_000 });
  const took = Date.now() - begin;
  equal(await fact(record, 'held_by'), `drained by the contributor (${who}), ${from.slice(11, 16)} UTC`, 'a record says who drained it');
  equal(await record.locator('[data-fact="maintenance"]').count(), 0, 'and no more that it is worked on');
  console.log(`a change of a record is on its page ${took} ms after the event`);
  await record.context().close();
}

// ---- suspected, the ledger gone, the monitor gone

{
  const page = await open('suspect', 'recovering');
  await facts_are_the_apis(page, 'suspect', 'recovering');
  await page.waitForSelector('.trust.is-watch, .trust.is-old');
  equal((await page.locator('.trust').textContent()).includes('counters'), true, 'the suspected source is named');
  equal(api('suspect', '/api/v1/minutes?record=recovering').excused.length > 0, true, 'silence is excused');
  await shoot(page, 'record-suspect');
  await page.context().close();
}
{
  const page = await open('ledger-gone', 'recovering');
  await facts_are_the_apis(page, 'ledger-gone', 'recovering');
  await page.waitForSelector('.trust.is-old');
  equal((await page.locator('.trust').textContent()).includes('ledger'), true, 'it is said that the ledger is gone');
  await shoot(page, 'record-ledger-gone');
  await page.context().close();
}
{
  const page = await open('states', 'recovering');
  dead = true;
  await page.waitForSelector('.record-page .notice.bad', { timeout: 15_000 });
  equal((await page.locator('.record-page .notice.bad').first().textContent()).includes('what is shown is of'), true, 'it is said of when this is');
  await facts_are_the_apis(page, 'states', 'recovering');
  await shoot(page, 'record-monitor-gone');
  dead = false;
  await page.waitForFunction(() => !document.querySelector('.record-page .notice.bad'), undefined, { timeout: 15_000 });
  await page.context().close();
}
{
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${base}/states/r/nobody`);
  await page.waitForSelector('.record-page .notice.bad');
  equal((await page.locator('.record-page .notice.bad').textContent()).includes('expected'), true, 'a record that is not there is said');
  await page.context().close();
}

// ---- one minute, the keyboard, thirty days, the dossier

{
  const minutes = api('states', '/api/v1/minutes?record=recovering');
  const last = minutes.lines.find((line) => line.criterion === 'link.a.errors').ages_out;
  const page = await open('states', 'recovering');
  await page.waitForSelector('.port-readings');
  equal(await page.locator('.minute-panel h3 time').textContent(), last.slice(11, 16), 'the minute that has to age out is read first');
  const readings = api('states', `/api/v1/readings?record=recovering&minute=${last}`);
  const wanted = readings.ports.map((port) => port.counters.flatMap((c) => c.readings.map((r) => r.value)));
  const shown = await page.locator('.port-readings').evaluateAll((all) => all.map((one) => [...one.querySelectorAll('tbody tr:not(.quiet) td:nth-child(3)')].map((cell) => cell.textContent.replace(/\D/g, ''))));
  equal(shown, wanted, 'the counters of the minute');
  equal(await page.locator('.port-readings .rose').count(), 1, 'what rose is marked');

  const strip = page.locator('.strip-canvas').first();
  await strip.focus();
  const before = Number(await strip.getAttribute('aria-valuenow'));
  await strip.press('ArrowLeft');
  await strip.press('ArrowUp');
  equal(Number(await strip.getAttribute('aria-valuenow')), before - 61, 'arrows move by a minute and by an hour');
  await strip.press('Enter');
  await page.waitForFunction(() => location.search.includes('minute='));
  equal(minute(new URL(page.url()).searchParams.get('minute')), before - 61, 'Enter pins the minute, and the URL has it');
  await strip.press('Escape');
  await page.waitForFunction(() => !location.search.includes('minute='));
  const box = await strip.boundingBox();
  await page.mouse.click(box.x + 34 + 5 * 10 + 2, box.y + 14 + 6 * 3 + 2);
  await page.waitForFunction(() => location.search.includes('minute='));
  const clicked = minute(new URL(page.url()).searchParams.get('minute'));
  equal([clicked % 60, Math.floor(clicked / 60) - Math.floor(minute(minutes.from) / 60)], [10, 3], 'a click pins what is under it');
  await page.context().close();
}
{
  const page = await open('states', 'recovering', { query: '?zoom=30d' });
  await page.waitForFunction(() => document.querySelector('.month')?.textContent.includes('all days read'), undefined, { timeout: 20_000 });
  await shoot(page, 'record-30-days');
  await page.getByRole('button', { name: 'errors' }).click();
  await page.waitForFunction(() => location.search.includes('of=errors'));
  await page.context().close();
}
{
  const page = await open('states', 'recovering');
  await page.waitForSelector('.port-readings');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'save dossier' }).click()]);
  const path = await download.path();
  const a = api('states', '/api/v1/assessments/recovering');
  const saved = await (await browser.newContext()).newPage();
  const asked = [];
  saved.on('request', (request) => asked.push(request.url()));
  await saved.setContent(readFileSync(path, 'utf8'));
  equal(asked.filter((url) => !url.startsWith('about:')), [], 'a dossier asks nobody');
  equal(await saved.locator('.sentence').textContent(), a.sentence, 'the dossier has the sentence');
  equal(await saved.locator('svg').count(), api('states', '/api/v1/minutes?record=recovering').lines.length, 'and every strip');
  await shoot(saved, 'dossier');
  await saved.context().close();
  await page.context().close();
}

// ---- for everybody

const axe_source = readFileSync(fileURLToPath(new URL('../../console/node_modules/axe-core/axe.min.js', import.meta.url)), 'utf8');
for (const [code, scheme, query] of [['recovering', 'dark', ''], ['failing', 'light', ''], ['no-data', 'dark', ''], ['recovering', 'light', '?zoom=30d']]) {
  const page = await open('states', code, { scheme, query });
  await page.evaluate(axe_source);
  const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }));
  equal(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(', ')}`), [], `axe, ${code} ${scheme}${query}`);
  await page.context().close();
}

equal(troubles, [], 'errors of the page');
await close();
server.close();
server.closeAllConnections();
console.log(failures === 0 ? `ok: ${checks} facts of the page are those of the API` : `${failures} of ${checks} checks failed`);
process.exit(failures === 0 ? 0 : 1);
