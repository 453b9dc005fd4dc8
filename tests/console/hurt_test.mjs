// The demo's page where a visitor hurts it: it stands while the monitor is dead, and while the ledger's node is; what is
// killed comes back; every change is looked at, from the creation of a record on; what is refused says what was expected.
// Usage: hurt_test.mjs HURT_URL CONSOLE_URL COMMANDS [FOLDER]; COMMANDS: {"link": CODE, "drain": [PROGRAM, ARGUMENT ...]};
// with a folder, screenshots are put there.
import { execFileSync } from 'node:child_process';

import { start_checks } from './page_checks.mjs';

const [hurt, console_url, commands, shots] = process.argv.slice(2);
const { link, drain } = JSON.parse(commands);
const { check, equal, open: open_page, passes_axe, picture: picture_of, finish } = await start_checks(shots);

// Nothing is on.
async function open(look) {
  equal((await fetch(new URL('simulation/mend', hurt), { method: 'POST', body: '{}' })).status, 200, 'all is ended');
  const page = await open_page(hurt, look);
  await page.waitForSelector('[data-safe]', { timeout: 30_000 });
  return page;
}
const picture = (page, name) => picture_of(page, name, { whole: true });
const state = async () => (await fetch(new URL('simulation/state', hurt))).json();
const row = (page, code) => page.locator(`[data-simulated="${code}"]`);
const story_has = (page, text) => page.locator('.story li', { hasText: text }).first().waitFor({ timeout: 30_000 });
const process_says = (page, name, words) => page.locator(`[data-process="${name}"]`, { hasText: words }).waitFor({ timeout: 30_000 });

async function turn(page, fault, on) {
  await page.locator(`[data-fault="${fault}"]`).click();
  await page.waitForSelector(`[data-fault="${fault}"][aria-pressed="${on}"]`, { timeout: 30_000 });
}

async function every_change_is_looked_at() {
  const page = await open();
  equal(new URL(page.url()).pathname, '/simulator', 'it begins there');
  equal(await page.locator('[data-simulated]').count(), 18, 'every record is there');
  equal(await page.locator('[aria-label="speed"]').count(), 0, 'time is as everywhere');
  equal(await page.getByRole('link', { name: 'The console shows the same.' }).getAttribute('href'), console_url, 'where the same is seen');
  // Each record has been created at least.
  await page.waitForFunction(() => Number(document.querySelector('[data-looked-at]').textContent) >= 18, null, { timeout: 60_000 });
  const { checks, violations } = await state();
  equal([checks.length, violations], [4, []], 'nothing unsafe was found');
  await page.context().close();
}

async function without_a_monitor_it_shows_the_ledger() {
  const page = await open();
  await row(page, link).filter({ hasText: 'hard-drained, wanted activated' }).waitFor();
  await turn(page, 'monitor-dies', true);
  await process_says(page, 'monitor', 'is dead');
  await row(page, link).filter({ hasText: 'nothing: it is dead' }).waitFor();
  check(await fetch(console_url).then(() => false, () => true), 'the monitor is dead indeed');
  const [before] = (await state()).checks;
  execFileSync(drain[0], drain.slice(1));
  await page.waitForFunction((code) => !document.querySelector(`[data-simulated="${code}"]`).textContent.includes('wanted activated'), link, { timeout: 30_000 });
  await story_has(page, `${link}: hard-drained`);
  const [after] = (await state()).checks;
  check(after.looked_at > before.looked_at, `${after.rule}: that change was looked at`);
  await picture(page, 'hurt-without-monitor');
  await turn(page, 'monitor-dies', false);
  await process_says(page, 'monitor', 'writes health');
  await page.waitForFunction(() => !document.body.textContent.includes('nothing: it is dead'), null, { timeout: 30_000 });
  check((await fetch(console_url)).ok, 'it is back at its address');
  await page.context().close();
}

async function all_that_runs_dies_and_comes_back() {
  const page = await open();
  const dies = await page.locator('[data-fault$="-dies"]').evaluateAll((all) => all.map((one) => one.dataset.fault));
  equal(dies, ['monitor-dies', 'judge-dies', 'activator-dies', 'witness-dies', 'node-dies'], 'what may die');
  for (const one of dies) await turn(page, one, true);
  await page.waitForFunction((count) => [...document.querySelectorAll('[data-process]')].filter((one) => one.textContent.includes('is dead')).length === count, dies.length);
  equal(await page.locator('[data-simulated]').count(), 18, 'what was known of the records stays');
  await passes_axe(page, 'a demo that is dead');
  await picture(page, 'hurt-all-dead');
  await page.getByRole('button', { name: 'end all of it' }).click();
  await page.waitForFunction(() => !document.querySelector('[aria-pressed="true"][data-fault]'), null, { timeout: 60_000 });
  equal((await state()).processes.filter((one) => !one.runs), [], 'all of it runs again');
  equal(await page.locator('[data-refusal]').count(), 0, 'nothing was refused');
  await page.context().close();
}

async function devices_fail_and_are_mended() {
  const page = await open();
  const faults = await page.locator('[data-fault]:not([data-fault$="-dies"])').evaluateAll((all) => all.map((one) => one.dataset.fault));
  check(faults.length >= 7, `there is much to turn on: ${faults}`);
  for (const one of faults) await turn(page, one, true);
  await turn(page, faults[0], false);
  const title = (await state()).faults.find((one) => one.name === faults[0]).title;
  await story_has(page, `${title}: ends`);
  await page.getByRole('button', { name: 'end all of it' }).click();
  await page.waitForFunction(() => !document.querySelector('[aria-pressed="true"][data-fault]'), null, { timeout: 30_000 });
  equal(await page.locator('[data-refusal]').count(), 0, 'nothing was refused');
  equal((await state()).violations, [], 'and nothing unsafe happened');
  await picture(page, 'hurt-mended');
  await page.context().close();
}

async function it_fits_a_phone() {
  const page = await open({ scheme: 'light', width: 390, height: 844 });
  check(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the phone');
  await passes_axe(page, 'the demo on a phone');
  await picture(page, 'hurt-phone');
  await page.context().close();
}

async function what_makes_no_sense_is_refused() {
  const ask = async (path, body) => {
    const answer = await fetch(new URL(path, hurt), { method: 'POST', body: JSON.stringify(body) });
    return [answer.status, (await answer.json()).error];
  };
  equal(await ask('simulation/faults/steal-the-key', { on: true }), [404, "expected a fault of the list, found 'steal-the-key'"], 'no such fault');
  equal(await ask('simulation/faults/monitor-dies', { on: 'yes' }), [400, 'expected {"on":true} or {"on":false}'], 'neither on nor off');
  equal(await ask('simulation/speed', { speed: 60 }), [409, 'the demo runs in real time: its speed cannot be set'], 'time');
}

await finish([every_change_is_looked_at, without_a_monitor_it_shows_the_ledger, all_that_runs_dies_and_comes_back, devices_fail_and_are_mended, it_fits_a_phone, what_makes_no_sense_is_refused]);
