// The simulated network in a real browser: every fault can be turned on and off, what was checked goes up, nothing unsafe
// happens, what dies is said, axe finds nothing.
// Usage: simulator_test.mjs SIMULATOR [FOLDER]; with a folder, screenshots are put there.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

import { skip } from './browser.mjs';
import { start_checks } from './page_checks.mjs';

const [simulator, shots] = process.argv.slice(2);
const program = spawn(simulator, [], { stdio: ['ignore', 'pipe', 'inherit'] });
const { value: base } = await createInterface({ input: program.stdout })[Symbol.asyncIterator]().next();
if ((await (await fetch(new URL('simulator', base), { headers: { accept: 'text/html' } })).text()).includes('built without its console')) {
  program.kill();
  skip('the simulator was built without the console; ./dev test builds it where Node is');
}
const { check, equal, open: open_page, passes_axe, picture: picture_of, finish } = await start_checks(shots);

async function open(path, look) {
  const page = await open_page(new URL(path, base), look);
  await page.waitForSelector('[data-safe]', { timeout: 30_000 });
  return page;
}
const picture = (page, name) => picture_of(page, name, { whole: true });
const safe = (page) => page.locator('[data-safe]').getAttribute('data-safe');
const state = async () => (await fetch(new URL('simulation/state', base))).json();
const looked_at = (page) => page.locator('[data-looked-at]').first().textContent().then((text) => Number(text.replace(/,/g, '')));

async function a_visitor_hurts_it() {
  const page = await open('');
  equal(new URL(page.url()).pathname, '/simulator', 'it begins there');
  equal(await safe(page), 'true', 'nothing unsafe has happened');
  equal(await page.locator('[data-simulated]').count(), 7, 'every record is there');
  await page.getByRole('button', { name: 'ten minutes a second' }).click();
  const before = await looked_at(page);
  const faults = await page.locator('[data-fault]').evaluateAll((all) => all.map((one) => one.dataset.fault));
  check(faults.length >= 12, `there is much to turn on: ${faults}`);
  for (const fault of faults) {
    await page.locator(`[data-fault="${fault}"]`).click();
    await page.waitForSelector(`[data-fault="${fault}"][aria-pressed="true"]`);
    if (fault === 'monitor-dies') {
      await page.waitForFunction(() => document.querySelector('[data-process="monitor 1"]').textContent.includes('is dead'));
      await picture(page, 'simulator-dead');
    }
    if (fault === 'node-lags') await passes_axe(page, 'a network that is hurt, dark');
    if (fault !== 'link-errors') await page.locator(`[data-fault="${fault}"]`).click();
  }
  await page.waitForFunction(() => document.querySelector('[data-simulated="ams-fra"]').textContent.includes('impaired'), null, { timeout: 30_000 });
  check((await looked_at(page)) > before, 'what was checked goes up');
  equal(await safe(page), 'true', 'and nothing unsafe has happened');
  await picture(page, 'simulator');
  await page.getByRole('button', { name: 'end all of it' }).click();
  await page.waitForFunction(() => !document.querySelector('[aria-pressed="true"][data-fault]'));
  await page.waitForFunction(() => document.querySelector('[data-simulated="ams-fra"] td:nth-child(3)').textContent === 'healthy', null, { timeout: 60_000 });
  equal(await safe(page), 'true', 'it comes back, and all was safe');
  equal((await state()).violations, [], 'the checks say the same');
  await page.context().close();
}

async function it_fits_a_phone() {
  const page = await open('simulator', { scheme: 'light', width: 390, height: 844 });
  await page.getByRole('button', { name: 'stop', exact: true }).click();
  check(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the phone');
  await passes_axe(page, 'the simulator on a phone');
  await picture(page, 'simulator-phone');
  await page.context().close();
}

async function what_is_refused_is_said() {
  const page = await open('simulator');
  const words = 'doublezero-monitor did not say its ports in time';
  await page.route('**/simulation/mend', (route) => route.fulfill({ status: 409, contentType: 'application/json', body: JSON.stringify({ error: words }) }));
  await page.locator('[data-fault="late-rows"]').click();
  await page.getByRole('button', { name: 'end all of it' }).click();
  await page.waitForSelector('[data-refusal]');
  const now = () => page.locator('time.time').getAttribute('datetime');
  const then = await now();
  await page.waitForFunction((seen) => document.querySelector('time.time').dateTime !== seen, then);
  equal(await page.locator('[data-refusal]').textContent(), words, 'in its own words, and still there at the next look');
  await page.locator('[data-fault="late-rows"]').click();
  await page.waitForSelector('[data-refusal]', { state: 'detached' });
  await page.context().close();
}

async function what_is_none_is_refused() {
  const ask = async (path, body) => (await fetch(new URL(path, base), { method: 'POST', body: JSON.stringify(body) })).status;
  equal(await ask('simulation/faults/steal-the-key', { on: true }), 404, 'no such fault');
  equal(await ask('simulation/faults/late-rows', { on: 'yes' }), 400, 'neither on nor off');
  equal(await ask('simulation/speed', { speed: 1e9 }), 400, 'too fast');
}

await finish([a_visitor_hurts_it, what_is_refused_is_said, it_fits_a_phone, what_is_none_is_refused], () => program.kill());
