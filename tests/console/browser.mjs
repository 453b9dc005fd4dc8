// A real browser for the tests: Debian's Chromium with an empty profile, without anything that asks the outside.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const require = createRequire(new URL('../../console/', import.meta.url));

export function skip(why) {
  console.log(`SKIPPED: ${why}`);
  process.exit(77);
}

export function package_of_console(name) {
  try {
    return require(name);
  } catch {
    return skip(`${name} is not here; ./dev test installs the console's packages`);
  }
}

export const chromium_path = process.env.CHROMIUM || '/usr/bin/chromium';

export async function start_browser() {
  const { chromium } = package_of_console('playwright-core');
  if (!existsSync(chromium_path)) skip(`no Chromium at ${chromium_path}; ./dev test installs it`);
  const profile = mkdtempSync(join(tmpdir(), 'doublezero-chromium-'));
  const browser = await chromium.launch({
    executablePath: chromium_path,
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-quic', '--no-first-run',
      `--disk-cache-dir=${profile}`],
  });
  return {
    browser,
    async close() {
      await browser.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
