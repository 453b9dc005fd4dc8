// The keyboard moves everything. A screen says what it does with a key; the shell knows those that mean the same
// everywhere. Keys that are typed into a field are the field's.
import { useLayoutEffect } from 'preact/hooks';

export type Keys = Record<string, (event: KeyboardEvent) => void>;

const handlers: Keys[] = [];
let leader: { at: number } | undefined;
const leader_lasts = 1_500; // ms between `g` and what follows it

// "g m" is `m` soon after `g`; else the key's own name.
export function key_name(event: Pick<KeyboardEvent, 'key'>, now: number): string {
  const led = leader !== undefined && now - leader.at < leader_lasts;
  leader = undefined;
  if (led) return `g ${event.key}`;
  if (event.key === 'g') leader = { at: now };
  return event.key;
}

function on_key(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target instanceof HTMLElement && event.target.matches('input, textarea, select, [contenteditable]');
  if (typing && event.key !== 'Escape') return;
  // A link or button that has the focus is what Enter and the space bar press.
  const pressable = event.target instanceof HTMLElement && event.target.matches('a[href], button, summary');
  if (pressable && (event.key === 'Enter' || event.key === ' ')) return;
  const name = typing ? event.key : key_name(event, Date.now());
  for (let i = handlers.length - 1; i >= 0; --i) {
    const handler = handlers[i]?.[name];
    if (!handler) continue;
    event.preventDefault();
    handler(event);
    return;
  }
}

// The one that came last is asked first. With the page as it is shown, never a key behind it.
export function use_keys(keys: Keys): void {
  useLayoutEffect(() => {
    if (handlers.length === 0) addEventListener('keydown', on_key);
    handlers.push(keys);
    return () => {
      handlers.splice(handlers.indexOf(keys), 1);
      if (handlers.length === 0) removeEventListener('keydown', on_key);
    };
  });
}
