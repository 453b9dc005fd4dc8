// The one store of the page, and the one clock: what is drawn again when they move.
import { useEffect, useState } from 'preact/hooks';

import { Store } from './store.ts';

let store: Store | undefined;

export function the_store(): Store {
  if (!store) {
    store = new Store();
    store.start();
  }
  return store;
}

export function use_store(): Store {
  const one = the_store();
  const [, set_version] = useState(one.version);
  useEffect(() => one.subscribe(() => set_version(one.version)), [one]);
  return one;
}

const tickers = new Set<(now: number) => void>();
let ticking: ReturnType<typeof setInterval> | undefined;

// Drawn again every second; a page that nobody sees stands still.
export function use_now(): number {
  const [now, set_now] = useState(Date.now);
  useEffect(() => {
    tickers.add(set_now);
    ticking ??= setInterval(() => {
      if (!document.hidden) for (const tick of tickers) tick(Date.now());
    }, 1_000);
    return () => {
      tickers.delete(set_now);
    };
  }, []);
  return now;
}
