// Dark or light: as the system has it, until a person says otherwise here; the browser remembers that.
export type Theme = 'system' | 'dark' | 'light';

const key = 'doublezero-console-theme';
const order: readonly Theme[] = ['system', 'dark', 'light'];

export function theme(): Theme {
  const kept = read();
  return order.find((one) => one === kept) ?? 'system';
}

export function next_theme(now: Theme): Theme {
  return order[(order.indexOf(now) + 1) % order.length] ?? 'system';
}

export function apply_theme(wanted: Theme): void {
  show(wanted);
  try {
    localStorage.setItem(key, wanted);
  } catch {
    // A browser that keeps nothing shows it until the page is left.
  }
}

// Shows what was kept, and follows the system while that is wanted.
export function begin_theme(): void {
  show(theme());
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => show(theme()));
}

// What draws on a canvas listens to this, and to the system's own change.
export const theme_changed = 'console:theme';

function show(wanted: Theme): void {
  const dark = wanted === 'system' ? matchMedia('(prefers-color-scheme: dark)').matches : wanted === 'dark';
  document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
  dispatchEvent(new Event(theme_changed));
}

function read(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
