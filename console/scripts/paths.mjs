// Where things are: the sources in console/, all that is made of them in build/console/.
import { fileURLToPath } from 'node:url';

const from = (path) => fileURLToPath(new URL(path, import.meta.url));

export const console_dir = from('..');
export const src_dir = from('../src');
export const build_dir = from('../../build/console');
export const dist_dir = from('../../build/console/dist');
