// The fleet and the sources in a real browser, served by the real monitor: their facts are the API's, nothing is asked
// from elsewhere, the keyboard moves everything, axe finds nothing, and the page says so when the monitor or the ledger is
// gone. What the daemons do is told to who started this (fleet_test.py), a line each way.
// Usage: fleet_test.mjs MONITOR_URL [FOLDER]; with a folder, screenshots are put there.
import { createServer, request as ask } from 'node:http';
import { createInterface } from 'node:readline';

import { start_checks } from './page_checks.mjs';

const [monitor, shots] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function have(what) {
  console.log(`DO ${what}`);
  await lines.next();
}

const { check, equal, open: open_page, passes_axe, picture: picture_of, finish } = await start_checks(shots);

const get = async (path) => (await fetch(new URL(path, monitor))).json();

async function open(url, look) {
  const page = await open_page(url, look);
  await page.waitForSelector('.is-good, .is-watch, .is-old');
  return page;
}

const text_of = (page, selector) => page.locator(selector).allInnerTexts();
const tidy = (texts) => texts.map((text) => text.replace(/\s+/g, ' ').trim());

const picture = (page, name) => picture_of(page, `fleet-${name}`);

// Rows that are handed in for a day are judged some hundreds at a time.
async function the_day_is_judged() {
  for (let tries = 0; tries < 60; ++tries) {
    const { assessments } = await get('api/v1/assessments');
    if (assessments.some((one) => one.healthy_at)) return;
    await new Promise((later) => setTimeout(later, 500));
  }
}

async function facts_are_those_of_the_api() {
  await the_day_is_judged();
  const page = await open(new URL('/', monitor).href);
  await page.waitForSelector('.board-row .check');
  const { assessments } = await get('api/v1/assessments');
  const board = assessments.filter((one) => one.desired_status === 'activated' && one.status !== 'activated');
  const serving = assessments.filter((one) => one.status === 'activated');
  const shown = tidy(await text_of(page, '.board-row .code'));
  equal([...shown].sort(), board.map((one) => one.code).sort(), 'the board has what is on its way');
  const soonest = board.filter((one) => one.healthy_at).sort((a, b) => (a.healthy_at < b.healthy_at ? -1 : 1));
  check(soonest.length > 0, 'a record has a time');
  const order = shown.filter((code) => soonest.some((one) => one.code === code));
  equal(order.map((code) => soonest.find((one) => one.code === code).healthy_at), soonest.map((one) => one.healthy_at), 'the soonest stand first');
  equal(shown.slice(0, order.length), order, 'what has no time stands behind');
  equal(tidy(await text_of(page, '.service-row .code')).sort(), serving.map((one) => one.code).sort(), 'in service');
  for (const one of board) {
    const row = page.locator('.board-row', { has: page.getByText(one.code, { exact: true }) });
    equal(await row.locator('.sentence').getAttribute('title'), one.sentence, `${one.code} says the API's sentence`);
    const asked = one.findings.filter((finding) => finding.judgement !== 'not applicable');
    equal(await row.locator('.check').count(), asked.length, `${one.code} has a cell a criterion`);
    const met = one.findings.filter((finding) => finding.judgement === 'met').length;
    equal(await row.locator('.check.met').count(), met, `${one.code}: as many met as in the API`);
    if (one.healthy_at) equal(await row.locator('time').getAttribute('datetime'), one.healthy_at, `${one.code}: when`);
  }
  const { incidents } = await get('api/v1/incidents');
  equal((await page.locator('.incident').count()) >= incidents.length, true, 'every incident is there');
  await picture(page, 'dark');
  await passes_axe(page, 'the fleet, dark');
  await page.keyboard.press('?');
  await passes_axe(page, 'the help');
  await page.close();
}

async function the_keyboard_moves_everything() {
  const page = await open(new URL('/', monitor).href);
  await page.waitForSelector('.board-row');
  const first = tidy(await text_of(page, '.board-row .code'))[0];
  await page.keyboard.press('j');
  equal(tidy(await text_of(page, 'li.chosen .code')), [first], 'j chooses the first row');
  await page.keyboard.press('Enter');
  equal(new URL(page.url()).pathname, `/r/${encodeURIComponent(first)}`, 'Enter opens it');
  await page.goBack();
  await page.keyboard.press('/');
  await page.keyboard.type('wan1');
  await page.waitForFunction(() => document.querySelectorAll('.board-row, .service-row').length === 1);
  equal(new URL(page.url()).searchParams.get('q'), 'wan1', 'what is looked for is in the URL');
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => document.querySelectorAll('.board-row, .service-row').length > 1);
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await page.waitForSelector('#sources');
  equal(new URL(page.url()).pathname, '/sources', 'g s goes to the sources');
  const health = await get('healthz');
  equal(tidy(await text_of(page, 'table tbody th')).filter((name) => name in health.sources), Object.keys(health.sources), 'the sources are those of healthz');
  const status = await get('api/v1/status');
  equal(tidy(await text_of(page, '[data-fact="Version"], [data-fact="Digest"], [data-fact="Its key"]')).sort(), [status.version, status.policy.digest, status.writing.key].sort(), 'version, policy and key are those of the status');
  await page.locator('details.defaults summary').click();
  equal(tidy(await text_of(page, 'table.settings tbody th')).sort(), status.settings.map((one) => one.key).sort(), 'every setting in force is there');
  const origins = tidy(await text_of(page, '.part > .rows > table.settings td:last-child'));
  equal(origins, status.settings.filter((one) => one.origin !== 'default').map((one) => one.origin), 'those that somebody made say from where');
  await passes_axe(page, 'the sources');
  await picture(page, 'sources');
  await page.keyboard.press('t');
  await page.keyboard.press('t');
  equal(await page.evaluate(() => document.documentElement.dataset.theme), 'light', 't goes to light');
  await passes_axe(page, 'the sources, light');
  await page.close();
}

async function a_policy_is_tried_by_the_monitor() {
  const page = await open(new URL('/what-if?span=1d&change=window%3D12h%3Brecovery_window%3D12h', monitor).href);
  await page.waitForSelector('.run:not(:disabled)');
  await page.keyboard.press('r');
  await page.waitForSelector('#outcome', { timeout: 60_000 });
  const { text } = await get('api/v1/policy');
  const policy = text.replaceAll('window = "24h"', 'window = "12h"');
  const answer = await fetch(new URL('api/v1/backtests', monitor), { method: 'POST', body: JSON.stringify({ from: '1d', policy }) });
  const told = (await answer.text()).split('\n').filter((line) => line.startsWith('data: ')).map((line) => JSON.parse(line.slice(6)));
  const outcome = told.at(-1);
  const shown = await page.locator('[data-summary]').evaluateAll((all) => all.map((one) => [one.dataset.summary, Number(one.textContent)]));
  equal(Object.fromEntries(shown), outcome.summary, 'the summary is what the monitor tells');
  equal(tidy(await text_of(page, '[data-elsewhere] th')), outcome.elsewhere.map((one) => one.code), 'who would be elsewhere is what it tells');
  await passes_axe(page, 'what if');
  await picture(page, 'what-if');
  await page.close();
}

// By the monitor, whose passes read the transaction, and by this browser out of the monitor's own log.
async function a_decision_is_verified() {
  const page = await open(new URL('decisions?span=all', monitor).href);
  await page.getByRole('button', { name: /^details of/ }).last().click();
  await page.locator('[data-verify]').click();
  await page.waitForSelector('[data-outcome]:not([data-outcome="running"])', { timeout: 30_000 });
  equal(await page.locator('[data-outcome]').textContent(), 'Verified: every step holds, in the monitor and in this browser', 'the outcome');
  const ticked = (by) => page.locator(`.proof-steps td[data-by="${by}"][data-tick="holds"]`).evaluateAll((all) => all.map((one) => one.parentElement.dataset.step));
  const both = ['statement', 'transaction', 'memo', 'policy', 'instruction', 'account', 'log', 'checkpoint'];
  equal(await ticked('browser'), ['statement', 'opinions', ...both.slice(1), 'tiles', 'minutes'], 'what the browser ticks');
  equal((await ticked('monitor')).filter((part) => part !== 'opinions'), ['ledger', ...both, 'minutes', 'judgement'], 'what the monitor ticks');
  await page.locator('.decision.open').evaluate((one) => one.scrollIntoView({ block: 'start' }));
  await picture(page, 'verified');
  await passes_axe(page, 'a verified decision');
  const open_id = await page.locator('.decision.open').getAttribute('data-id');
  const { decisions } = await get('api/v1/decisions?limit=1000');
  const told = decisions.find((one) => String(one.id) === open_id);
  check((await page.locator('.decision-details dl').textContent()).includes(`entry ${told.statement} of the log, under a checkpoint of `), 'where it stands in the log');
  await page.close();
}

async function it_fits_a_phone() {
  const page = await open(new URL('/', monitor).href, { scheme: 'light', width: 390, height: 844 });
  await page.waitForSelector('.board-row .check');
  equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, 'nothing is wider than the phone');
  await passes_axe(page, 'the fleet on a phone, light');
  await picture(page, 'phone');
  await page.close();
}

// A proxy that serves the monitor below a path, as docs/operating/reverse-proxy.md has it.
async function it_works_below_a_prefix() {
  const proxy = createServer((request, response) => {
    const url = new URL(request.url, monitor);
    if (!url.pathname.startsWith('/noc/dz/')) return response.writeHead(404).end();
    url.pathname = url.pathname.slice('/noc/dz'.length);
    const headers = { ...request.headers, host: url.host };
    const onward = ask(url, { method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    onward.end();
  });
  await new Promise((ready) => proxy.listen(0, '127.0.0.1', ready));
  const base = `http://127.0.0.1:${proxy.address().port}/noc/dz/`;
  const page = await open(base);
  await page.waitForSelector('.board-row');
  await page.locator('nav a', { hasText: 'Sources' }).click();
  await page.waitForSelector('#sources');
  equal(page.url(), `${base}sources`, 'links stay below the prefix');
  await page.goto(`${base}r/wan1`);
  await page.waitForSelector('.is-good, .is-watch');
  await page.locator('nav a', { hasText: 'Fleet' }).click();
  await page.waitForSelector('.board-row');
  equal(page.url(), base, 'and from a record back to the fleet');
  await page.close();
  proxy.closeAllConnections?.();
  proxy.close();
}

async function a_change_is_seen_at_once() {
  const page = await open(new URL('/', monitor).href);
  await page.waitForSelector('.board-row');
  await page.waitForTimeout(1000);
  const before = tidy(await text_of(page, '.code'));
  check(!before.includes('sin1'), 'sin1 is not there yet');
  await have('add sin1');
  const begin = Date.now();
  await page.locator('.code', { hasText: /^sin1$/ }).waitFor({ timeout: 10_000 });
  console.log(`a new device is on the page ${Date.now() - begin} ms after the command that made it`);
  await page.close();
}

async function what_is_gone_is_said() {
  const script = 'const now = Date.now; globalThis.ahead = 0; Date.now = () => now() + globalThis.ahead;';
  const page = await open(new URL('/', monitor).href, { script });
  await page.waitForSelector('.board-row');
  await have('stop ledger');
  // The page's own clock goes ahead: what it knows is then as old as after that time.
  await page.evaluate(() => (globalThis.ahead = 150_000));
  await page.waitForSelector('.is-old', { timeout: 15_000 });
  await page.waitForFunction(() => !/has not answered/.test(document.querySelector('.trust').textContent), null, { timeout: 30_000 }); // it answers: of its ledger it has nothing new
  const said = tidy(await text_of(page, '.trust')).join(' ');
  check(/As it was at \d\d:\d\d/.test(said), `since when is said, found ${said}`);
  check(/ledger was last read/.test(said), `what is gone is said: the ledger, found ${said}`);
  equal(await page.locator('.old-page').count(), 1, 'the page is greyed');
  await picture(page, 'ledger-gone');
  await passes_axe(page, 'a page of the past');
  await have('stop monitor');
  await page.waitForFunction(() => /monitor has not answered/.test(document.querySelector('.trust').textContent), null, { timeout: 60_000 });
  equal((await page.locator('.board-row').count()) > 0, true, 'what was known last is still shown');
  await picture(page, 'monitor-gone');
  await page.close();
}

await finish([facts_are_those_of_the_api, the_keyboard_moves_everything, a_policy_is_tried_by_the_monitor, a_decision_is_verified, it_fits_a_phone, it_works_below_a_prefix, a_change_is_seen_at_once, what_is_gone_is_said]);
