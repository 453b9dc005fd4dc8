import assert from 'node:assert/strict';
import { test } from 'node:test';

import { href_of, match_screen, place_of } from './router.ts';

test('a place is relative to the prefix that a proxy serves the console below', () => {
  const base = new URL('https://noc.example/dz/');
  assert.equal(place_of(new URL('https://noc.example/dz/r/ams-lon?minute=3'), base)?.path, 'r/ams-lon');
  assert.equal(place_of(new URL('https://noc.example/dz/'), base)?.path, '');
  assert.equal(place_of(new URL('https://noc.example/other'), base), undefined);
  assert.equal(place_of(new URL('https://elsewhere.example/dz/'), base), undefined);
});

test('a code with odd characters comes back as it was', () => {
  const code = 'ams-dz001:lon-dz001 #1?50%';
  const url = new URL(href_of(`r/${code}`), 'http://127.0.0.1:1/');
  assert.equal(place_of(url, new URL('http://127.0.0.1:1/'))?.path, `r/${code}`);
});

test('a broken escape in a URL is text, not an error', () => {
  assert.equal(place_of(new URL('http://h/r/%zz'), new URL('http://h/'))?.path, 'r/%zz');
});

test('a star takes what follows, and not nothing', () => {
  const screens = [{ path: '' }, { path: 'r/*' }, { path: 'map' }];
  assert.deepEqual(match_screen(screens, 'r/a/b'), { screen: screens[1], rest: 'a/b' });
  assert.equal(match_screen(screens, 'r/'), undefined);
  assert.equal(match_screen(screens, 'map/')?.screen, screens[2]);
  assert.equal(match_screen(screens, '')?.screen, screens[0]);
  assert.equal(match_screen(screens, 'nothing'), undefined);
});
