// Test support: the pages of docs/formats, and a log in memory.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { webcrypto } from 'node:crypto';

import { joined } from './bytes.ts';
import type { Bundle, FetchLog } from './check.ts';
import { tree_root } from './merkle.ts';
import { tools_of, type Tools } from './tools.ts';

// Tests are run from the folder of the console.
export const page = (name: string): string => readFileSync(join(process.cwd(), '../docs/formats', name), 'utf8');

export const example = (): Bundle => JSON.parse(page('example.bundle')) as Bundle;

export function tools(): Tools {
  const found = tools_of(webcrypto.subtle as unknown as SubtleCrypto);
  if (!found) throw new Error('expected WebCrypto in Node, found none');
  return found;
}

// The lines of hex under a heading.
export function vector(text: string, heading: string): Uint8Array {
  const block = text.split(`### ${heading}\n`)[1]?.split('```')[1];
  if (block === undefined) throw new Error(`expected a vector '${heading}', found none`);
  return Uint8Array.from(block.replace(/\s/g, '').match(/../g) ?? [], (two) => Number.parseInt(two, 16));
}

// Leaves as the files that a log of them serves.
export function served_log(leaves: readonly Uint8Array[], checkpoint: string): FetchLog {
  return async (path) => {
    if (path === 'checkpoint') return new TextEncoder().encode(checkpoint);
    const found = /^tile\/(\d)\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d+))?$/.exec(path);
    if (!found) throw new Error(`there is no ${path}`);
    const [level, index, width] = [Number(found[1]), Number(found[2]?.replace(/[x/]/g, '')), Number(found[3] ?? 256)];
    const under = 256 ** level;
    const roots = Array.from({ length: width }, (_, i) => tree_root(tools(), leaves.slice((index * 256 + i) * under, (index * 256 + i + 1) * under)));
    return joined(...(await Promise.all(roots)));
  };
}
