// What every test of the console's pages does in the same way: opens a page with a watch over it, counts what was checked,
// asks axe, and ends with one line that counts.
import { join } from 'node:path';

import { package_of_console, start_browser } from './browser.mjs';

// shots: the folder for screenshots; none are taken without one.
export async function start_checks(shots) {
  const axe = package_of_console('axe-core');
  const { browser, close } = await start_browser();
  const troubles = [];
  let checks = 0;
  let failures = 0;

  function check(good, what) {
    ++checks;
    if (good) return;
    ++failures;
    console.log(`FAILED: ${what}`);
  }

  function equal(found, expected, what) {
    const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
    check(a === b, `${what}: expected ${b}, found ${a}`);
  }

  // A page in a context of its own. An error of it, a breach of its policy and a question to another server are failures.
  // script: run before its own.
  async function open(url, { scheme = 'dark', width = 1440, height = 900, motion = 'reduce', touch = false, permissions = [], script = '' } = {}) {
    const context = await browser.newContext({ colorScheme: scheme, reducedMotion: motion, viewport: { width, height }, hasTouch: touch, permissions });
    await context.addInitScript(axe.source); // by the protocol: the page's own policy lets no script in
    if (script) await context.addInitScript(script);
    const page = await context.newPage();
    page.on('pageerror', (error) => troubles.push(error.message));
    page.on('console', (message) => /Content Security Policy|violat/i.test(message.text()) && troubles.push(message.text()));
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== new URL(url).origin) troubles.push(`asks ${request.url()}`);
    });
    await page.goto(String(url));
    return page;
  }

  async function passes_axe(page, where) {
    const found = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }));
    for (const one of found.violations) {
      check(false, `axe on ${where}: ${one.id} (${one.help}) at ${one.nodes.map((node) => node.target.join(' ')).slice(0, 4).join(', ')}`);
    }
    check(found.passes.length > 10, `axe looked at ${where}`);
  }

  async function picture(page, name, { whole = false } = {}) {
    if (shots) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: whole });
  }

  // Ends the process. What one look throws is a failure of it, and the others are had nevertheless.
  async function finish(looks, stop = () => {}) {
    for (const look of looks) {
      try {
        await look();
      } catch (error) {
        check(false, `${look.name}: ${error.stack}`);
      }
    }
    for (const trouble of new Set(troubles)) check(false, trouble);
    await close();
    stop();
    console.log(`${checks - failures} passed, ${failures} failed`);
    process.exit(failures > 0 ? 1 : 0);
  }

  return { check, equal, open, passes_axe, picture, finish };
}
