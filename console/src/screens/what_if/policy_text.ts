// A policy file as the monitor writes it out, seen as values: each key stands on a line of its own, or in the braces of one.
// A key is named by its table: "window", "allowed.bad", "damping.short.of", "link.a.errors.mode".

const table = /^\[([a-z_]+)\]/;
const criterion = /^\[\[criterion\]\]/;
const assignment = /^([a-z_]+) = (.*)$/;

interface Found {
  line: number;
  value: string; // as it is written: quoted, or a number
  begin: number; // of the value, within the line
}

// Every key, with where it stands.
function keys_of(text: string): Map<string, Found> {
  const keys = new Map<string, Found>();
  let prefix = '';
  text.split('\n').forEach((line, index) => {
    const named = table.exec(line)?.[1];
    if (named !== undefined) prefix = `${named}.`;
    if (criterion.test(line)) prefix = '';
    const [, name, written] = assignment.exec(line) ?? [];
    if (name === undefined || written === undefined) return;
    if (name === 'id') prefix = `${/^"([^"]*)"/.exec(written)?.[1] ?? ''}.`;
    const at = line.length - written.length;
    if (!written.startsWith('{')) {
      const value = /^("[^"]*"|[^\s#]+)/.exec(written)?.[0] ?? '';
      keys.set(prefix + name, { line: index, value, begin: at });
      return;
    }
    for (const inner of written.matchAll(/([a-z_]+) = ("[^"]*"|[^\s,}]+)/g)) {
      const value = inner[2] ?? '';
      keys.set(`${prefix}${name}.${inner[1] ?? ''}`, { line: index, value, begin: at + inner.index + inner[0].length - value.length });
    }
  });
  return keys;
}

const bare = (value: string) => value.replace(/^"|"$/g, '');

export function values_of(text: string): Map<string, string> {
  return new Map([...keys_of(text)].map(([key, found]) => [key, bare(found.value)]));
}

// The text with other values; keys that it does not have are left out.
export function with_values(text: string, changes: ReadonlyMap<string, string>): string {
  const lines = text.split('\n');
  for (const [key, value] of changes) {
    const found = keys_of(lines.join('\n')).get(key);
    if (!found) continue;
    const line = lines[found.line] ?? '';
    const written = found.value.startsWith('"') ? `"${value.replaceAll('"', '')}"` : value;
    lines[found.line] = line.slice(0, found.begin) + written + line.slice(found.begin + found.value.length);
  }
  return lines.join('\n');
}

// "24h", "390m", "1h" in minutes; none: it is in slots.
export function minutes_of(duration: string): number | undefined {
  const [, number, unit] = /^(\d+)([mh])$/.exec(duration) ?? [];
  return number === undefined ? undefined : Number(number) * (unit === 'h' ? 60 : 1);
}

export const duration_of = (minutes: number) => (minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`);

// What is changed, in the address: "window=12h;allowed.bad=1".
export function changes_in(text: string | null): Map<string, string> {
  const pairs = (text ?? '').split(';').map((pair) => pair.split('=') as [string, string | undefined]);
  return new Map(pairs.flatMap(([key, value]) => (key && value ? [[key, value] as const] : [])));
}
export const changes_text = (changes: ReadonlyMap<string, string>) => [...changes].map(([key, value]) => `${key}=${value}`).join(';');
