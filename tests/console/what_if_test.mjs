// What if in a real browser, over a made-up network: the sliders say what is asked, progress and outcome are what is told, the
// keyboard moves it, leaving ends it, axe finds nothing.
// Usage: what_if_test.mjs [FOLDER]; with a folder, screenshots are put there.
import { serve_network } from './network_server.mjs';
import { network_world } from './network_world.mjs';
import { start_checks } from './page_checks.mjs';

const [shots] = process.argv.slice(2);
const world = network_world(Date.now());
const { base, close: stop_serving } = await serve_network(world);
const { check, equal, open: open_page, passes_axe, picture: picture_of, finish } = await start_checks(shots);

const open = (path, look) => open_page(new URL(path, base), { permissions: ['clipboard-read', 'clipboard-write'], ...look });
const picture = (page, name) => picture_of(page, name, { whole: true });
const param = (page, name) => new URL(page.url()).searchParams.get(name);
async function until(true_now, what) {
  for (let tries = 0; tries < 100; ++tries) {
    if (true_now()) return;
    await new Promise((later) => setTimeout(later, 50));
  }
  check(false, what);
}

const links = world.assessments.filter((one) => one.kind === 'link');
function decision(i) {
  const difference = ['same', 'earlier', 'later', 'new', 'missing'][i % 5];
  const side = (ago) => ({ at: world.time(-ago * 60_000), reason: 'became-healthy', sentence: `healthy: every criterion is met over 12 h, ${i}`, followed: [{ at: world.time(-(ago - 1) * 60_000), from: 'hard-drained', to: 'activated' }] });
  const { kind, pubkey, code } = links[i % links.length];
  return {
    kind, pubkey, code, from: 'pending', to: 'healthy', difference,
    minutes_later: { same: 0, earlier: -90, later: 30 }[difference] ?? null,
    decided: difference === 'missing' ? null : side(300 + i), recorded: difference === 'new' ? null : side(400 + i),
  };
}
const decisions = Array.from({ length: 300 }, (_, i) => decision(i));
const outcome = {
  from: world.time(-7 * 86_400_000), to: world.time(0), records: world.assessments.length, policy_under_test: { name: 'asked', digest: 'd' },
  policies_in_force: [], notes: ['nothing was recorded for an hour: no monitor was running'],
  summary: { same: 120, earlier: 120, later: 120, new: 120, missing: 120 },
  elsewhere: [{ kind: 'link', pubkey: links[0].pubkey, code: links[0].code, since: world.time(-300 * 60_000), decided: { status: 'activated', health: 'healthy' }, recorded: { status: 'hard-drained', health: 'pending' } }],
  decisions,
};

async function a_policy_is_tried() {
  const page = await open('what-if');
  const bad = page.locator('input[data-key="allowed.bad"]');
  await bad.waitFor();
  equal(await page.locator('input[data-key="window"]').inputValue(), '24', 'a slider stands where the policy in force has it');
  await bad.focus();
  for (let i = 0; i < 3; ++i) await page.keyboard.press('ArrowRight');
  await page.locator('summary', { hasText: 'Criteria' }).click();
  await page.locator('.modes select').selectOption('shadow');
  equal(param(page, 'change'), 'allowed.bad=3;link.a.errors.mode=shadow', 'the address has what differs');
  await page.getByRole('button', { name: 'copy as policy' }).click();
  const changed = world.policy.replace('bad = 0', 'bad = 3').replace('mode = "enforce"', 'mode = "shadow"');
  equal(await page.evaluate(() => navigator.clipboard.readText()), changed, 'the copy is the policy, with what differs');
  await passes_axe(page, 'the policy to try, dark');
  await bad.focus();
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelector('.trial progress')?.value === 50);
  equal(world.asked_backtests, [{ from: '7d', policy: changed }], 'the monitor is asked for what the sliders say');
  await picture(page, 'what-if-asking');
  world.finish_backtest('outcome', outcome);
  await page.waitForSelector('#outcome');
  equal(Object.fromEntries(await page.locator('[data-summary]').evaluateAll((all) => all.map((one) => [one.dataset.summary, Number(one.textContent)]))), outcome.summary, 'the summary');
  const [place] = outcome.elsewhere;
  const told = await page.locator('[data-elsewhere]').evaluateAll((all) => all.map((one) => [one.dataset.elsewhere, one.cells[1].textContent, one.cells[2].textContent, one.querySelector('time').dateTime]));
  equal(told, [[place.code, 'activated, healthy', 'hard-drained, pending', place.since]], 'who would be elsewhere, and since when');
  const expected = decisions.filter((one) => one.difference !== 'same');
  equal(await page.locator('[data-difference]').count(), 200, 'as many as one reads');
  await picture(page, 'what-if');
  await passes_axe(page, 'the outcome, dark');
  await page.getByRole('button', { name: /more of/ }).click();
  equal(await page.locator('[data-difference]').evaluateAll((all) => all.map((one) => one.dataset.difference)), expected.map((one) => one.difference), 'every decision that is not the same');
  equal((await page.locator('[data-difference] td:nth-child(3)').first().textContent()), '1 h 30 m earlier', 'by how much');
  await page.locator('h1').evaluate(() => document.activeElement.blur());
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  equal(await page.locator('tr.chosen a').textContent(), expected[1].code, 'j chooses');
  await page.keyboard.press('Enter');
  equal(decodeURIComponent(new URL(page.url()).pathname), `/r/${expected[1].code}`, 'Enter opens the record');
  equal(param(page, 'minute'), `${expected[1].decided.at.slice(0, 16)}:00Z`, 'at the minute');
  await page.context().close();
}

async function leaving_ends_it_and_so_does_a_key() {
  world.asked_backtests = [];
  world.backtests_left = 0;
  const page = await open('what-if?span=1d&change=window%3D12h', { scheme: 'light' });
  await page.waitForSelector('.run:not(:disabled)');
  await page.keyboard.press('r');
  await page.waitForSelector('.trial progress');
  equal(world.asked_backtests[0].from, '1d', 'the span of the address is asked');
  check(world.asked_backtests[0].policy.startsWith('window = "12h"'), 'and its policy');
  await page.keyboard.press('x');
  await until(() => world.backtests_left === 1, 'x ends it');
  await page.keyboard.press('r');
  await until(() => world.asked_backtests.length === 2, 'it is asked again');
  await page.waitForFunction(() => document.querySelector('.trial progress')?.value === 50);
  await page.keyboard.press('g');
  await page.keyboard.press('f');
  await until(() => world.backtests_left === 2, 'leaving ends it');
  await page.goBack();
  await page.waitForSelector('.run:not(:disabled)');
  await page.keyboard.press('r');
  await until(() => world.asked_backtests.length === 3, 'and again');
  world.finish_backtest('failed', { error: 'expected a shorter time' });
  await page.waitForSelector('[role="alert"]');
  equal(await page.locator('[role="alert"]').textContent(), 'expected a shorter time', 'a failure is told in the words of the monitor');
  await passes_axe(page, 'a failure, light');
  await page.context().close();
}

async function an_earlier_time_is_where_it_ends() {
  world.asked_backtests = [];
  const page = await open('what-if?span=3d&t=2026-11-20T10:00:30Z');
  await page.waitForSelector('.run:not(:disabled)');
  await page.keyboard.press('r');
  await until(() => world.asked_backtests.length === 1, 'it is asked');
  const [{ from, to }] = world.asked_backtests;
  equal([from, to], ['2026-11-17T10:00:00Z', '2026-11-20T10:00:00Z'], 'three days, up to the time that is looked at');
  check((await page.locator('.cli').textContent()).includes(`--from ${from} --to ${to}`), 'the command says the same');
  world.finish_backtest('outcome', outcome);
  await page.waitForSelector('#outcome');
  await passes_axe(page, 'what if at an earlier time');
  await page.context().close();
}

async function it_fits_a_phone() {
  const page = await open('what-if', { scheme: 'light', width: 390, height: 844 });
  await page.waitForSelector('.run:not(:disabled)');
  await page.keyboard.press('r');
  await page.waitForFunction(() => document.querySelector('.trial progress')?.value === 50);
  world.finish_backtest('outcome', { ...outcome, decisions: decisions.slice(0, 20) });
  await page.waitForSelector('#outcome');
  check(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the phone');
  await passes_axe(page, 'what if on a phone');
  await picture(page, 'what-if-phone');
  await page.context().close();
}

await finish([a_policy_is_tried, leaving_ends_it_and_so_does_a_key, an_earlier_time_is_where_it_ends, it_fits_a_phone], stop_serving);
