// The verify button and the judges' banner in a real browser: the browser's own WebCrypto checks a bundle that the monitor's
// own program made, finds what a monitor that ticks everything hides, and says what it cannot check; judges that are silent
// or differ are named.
// Usage: verify_test.mjs [FOLDER]; with a folder, screenshots are put there.
import { serve_network } from './network_server.mjs';
import { network_world } from './network_world.mjs';
import { start_checks } from './page_checks.mjs';
import { prove } from './proven_world.mjs';

const [shots] = process.argv.slice(2);
const { world, differing } = prove(network_world(Date.now()));
const { base, close: stop_serving } = await serve_network(world);
const { check, equal, open: open_page, passes_axe, picture, finish } = await start_checks(shots);

const open = (path, { without = '', ...look } = {}) => open_page(new URL(path, base), { script: without, ...look });
const outcome = async (page, level) => {
  await page.waitForSelector(`[data-outcome="${level}"]`, { timeout: 15_000 });
  return page.locator('[data-outcome]').textContent();
};
const ticks = (page, by) => page.locator(`.proof-steps td[data-by="${by}"][data-tick]`).evaluateAll((all) => all.map((one) => [one.parentElement.dataset.step, one.dataset.tick]));
const first = world.decisions[0];
const true_answer = world.verification;
const in_both = ['statement', 'transaction', 'memo', 'policy', 'instruction', 'account', 'log', 'checkpoint'];

async function every_step_is_ticked_twice() {
  const asked = [];
  world.verification = () => (asked.push(1), asked.length < 3 ? { ...true_answer(), reading: true, verified: false, steps: [] } : true_answer());
  const page = await open('decisions');
  await page.getByRole('button', { name: /^details of/ }).first().click();
  await page.getByRole('button', { name: 'verify', exact: true }).click();
  equal(new URL(page.url()).searchParams.get('verify'), '1', 'the address says that it is asked');
  equal(await outcome(page, 'good'), 'Verified: every step holds, in the monitor and in this browser', 'the outcome');
  check(asked.length >= 3, 'a transaction that is being read is asked for again');
  equal(await ticks(page, 'browser'), ['statement', 'opinions', ...in_both.slice(1), 'tiles', 'minutes'].map((part) => [part, 'holds']), 'what the browser ticks');
  equal(await ticks(page, 'monitor'), ['ledger', ...in_both, 'minutes', 'judgement'].map((part) => [part, 'holds']), 'what the monitor ticks');
  check((await page.locator('[data-step="memo"] [data-by="browser"]').textContent()).includes('dzd1:'), 'what was compared is said');
  check((await page.locator('.verify .cli code').textContent()).includes(`decision verify ${first.signature} --record ${first.pubkey}`), 'the command that does the same');
  await page.locator('.decision.open').evaluate((one) => one.scrollIntoView({ block: 'start' }));
  await picture(page, 'verify');
  await passes_axe(page, 'a verified decision, dark');
  const again = await open(`decisions${new URL(page.url()).search}`, { scheme: 'light' });
  await outcome(again, 'good');
  await passes_axe(again, 'a verified decision, light');
  await again.keyboard.press('Escape');
  await again.waitForFunction(() => !document.querySelector('.decision-details'));
  await again.keyboard.press('j');
  await again.waitForSelector('[data-verify]');
  equal(await again.locator('[data-outcome]').count(), 0, 'another decision is not verified by itself');
  await again.keyboard.press('v');
  await outcome(again, 'good');
  await again.context().close();
  await page.context().close();
  world.verification = true_answer;
}

// A monitor that ticks everything: what it says is not what it gives.
async function a_lie_is_found_in_the_browser() {
  const flipped = (text) => text.slice(0, 40) + (text[40] === 'A' ? 'B' : 'A') + text.slice(41);
  const lies = {
    account: (bundle) => ({ ...bundle, account: flipped(bundle.account) }),
    minutes: (bundle) => ({ ...bundle, minutes: [flipped(bundle.minutes[0]), ...bundle.minutes.slice(1)] }),
    memo: (bundle) => ({ ...bundle, statements: [bundle.statements[1], bundle.statements[0]], decision: 1 - bundle.decision }),
    policy: (bundle) => ({ ...bundle, policy: bundle.policy.replace('bad = 0', 'bad = 9') }),
  };
  for (const [part, lie] of Object.entries(lies)) {
    world.verification = () => ({ ...true_answer(), bundle: lie(true_answer().bundle) });
    const page = await open(`decisions?at=${first.id}&verify=1`);
    const said = await outcome(page, 'bad');
    check(said.startsWith(`NOT verified: ${part} differs: expected `), `${part} is named: ${said}`);
    equal((await ticks(page, 'browser')).at(-1), [part, 'differs'], 'the step that fails is the last one');
    if (part === 'account') {
      await passes_axe(page, 'a decision that is not verified');
      await page.locator('.decision.open').evaluate((one) => one.scrollIntoView({ block: 'start' }));
      await picture(page, 'verify-differs');
    }
    await page.context().close();
  }
  world.verification = true_answer;
  const tile = Object.keys(world.log).find((path) => path.startsWith('tile/'));
  const kept = world.log[tile];
  world.log[tile] = Buffer.concat([Buffer.alloc(32, 9), kept.subarray(32)]);
  const page = await open(`decisions?at=${first.id}&verify=1`);
  check((await outcome(page, 'bad')).startsWith('NOT verified: tiles differs: expected tiles that lead to the root'), 'a log that shows other tiles is found');
  await page.context().close();
  world.log[tile] = kept;
}

async function what_cannot_be_checked_is_not_ticked() {
  const no_crypto = await open(`decisions?at=${first.id}&verify=1`, { without: "Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined })" });
  check((await outcome(no_crypto, 'watch')).startsWith('Verified by the monitor; this browser gives WebCrypto only'), 'a page without WebCrypto says so');
  equal(await ticks(no_crypto, 'browser'), [], 'and ticks nothing');
  await no_crypto.context().close();
  const old = await open(`decisions?at=${first.id}&verify=1`, { without: "const known = SubtleCrypto.prototype.importKey; SubtleCrypto.prototype.importKey = function (...asked) { return asked[2] === 'Ed25519' ? Promise.reject(new DOMException('unknown', 'NotSupportedError')) : known.apply(this, asked); }" });
  equal(await outcome(old, 'watch'), 'Nothing differs; not checked in this browser: transaction, checkpoint', 'a browser without Ed25519 says what is left');
  await picture(old, 'verify-no-ed25519');
  await passes_axe(old, 'a browser without Ed25519');
  await old.context().close();
  world.verification = () => undefined;
  const gone = await open(`decisions?at=${first.id}&verify=1`);
  check((await outcome(gone, 'watch')).startsWith('Not verified: expected something that is there'), 'the words of the monitor are said');
  await gone.context().close();
  world.verification = true_answer;
  world.decisions[0] = { ...first, statement: null, checkpoint: null, opinions: null };
  const unstated = await open(`decisions?at=${first.id}`);
  await unstated.waitForSelector('.decision-details');
  equal(await unstated.locator('[data-verify]').count(), 0, 'what nothing is stated about has no button');
  await unstated.context().close();
  world.decisions[0] = first;
}

async function the_judges_are_on_every_page() {
  for (const path of ['', 'decisions']) {
    const page = await open(path);
    await page.waitForSelector('.judges');
    const told = await page.locator('[data-judge]').evaluateAll((all) => all.map((one) => one.textContent.replace(/\s+/g, ' ').trim()));
    check(/^fra spoke \d+ (s|min) ago$/.test(told[0]) && /^lon silent since \d\d:\d\d: connection refused$/.test(told[1]), `when each spoke: ${told}`);
    equal(await page.locator('.judges strong').textContent(), '2 of 3 judges have to agree', 'how many');
    check((await page.locator(`[data-differs="${differing}"]`).textContent()).includes('judge fra would write impaired'), 'where they differ');
    await passes_axe(page, `the judges on '${path}'`);
    if (path === '') await picture(page, 'judges');
    await page.context().close();
  }
  const sources = await open('sources', { scheme: 'light' });
  await sources.locator('.judges strong a').click();
  await sources.waitForSelector('section[aria-labelledby="judges"], #judges');
  check((await sources.locator('main').textContent()).includes('http://monitor.fra.example:8090'), 'where each is');
  await passes_axe(sources, 'the judges in full');
  await picture(sources, 'judges-in-full');
  await sources.context().close();
  const peers = world.status.judges.peers;
  world.status.judges.peers = peers.map((one) => ({ ...one, answers: false, error: 'timed out' }));
  const phone = await open('', { scheme: 'light', width: 390, height: 844 });
  await phone.waitForSelector('.judges.is-watch');
  equal(await phone.locator('.judges strong').textContent(), 'Only 1 of the 2 judges that have to agree is there: nothing is raised', 'too few are said');
  check(await phone.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the phone');
  await passes_axe(phone, 'the judges on a phone');
  await picture(phone, 'judges-phone');
  await phone.goto(new URL(`decisions?at=${first.id}&verify=1`, base).href);
  await outcome(phone, 'good');
  check(await phone.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'a verified decision: nothing is wider than the phone');
  await passes_axe(phone, 'a verified decision on a phone');
  await phone.locator('.verify').evaluate((one) => one.scrollIntoView({ block: 'start' }));
  await picture(phone, 'verify-phone');
  await phone.context().close();
  world.status.judges.peers = peers;
  world.status.judges = { ...world.status.judges, k: 1, n: 1, peers: [], waiting: [], waiting_count: 0 };
  const alone = await open('');
  await alone.waitForSelector('.board-row, .serving, [data-record]');
  equal(await alone.locator('.judges').count(), 0, 'one that decides alone has no such banner');
  await alone.context().close();
}

await finish([every_step_is_ticked_twice, a_lie_is_found_in_the_browser, what_cannot_be_checked_is_not_ticked, the_judges_are_on_every_page], stop_serving);
